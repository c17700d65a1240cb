#include "core/operators/window/session_index.hpp"

#include "core/operators/state_spec.hpp"
#include "core/operators/time_column.hpp"

#include <algorithm>
#include <numeric>

namespace millrace::operators {

// An open session as it lies in the blob of its key, sorted by start.
struct session_index::session {
  std::int64_t id;
  timestamp_ms start;
  timestamp_ms end;
};

namespace {

data::data_type bigint() { return data::data_type(data::type_id::bigint, false); }

std::vector<data::data_type> with_id(const std::vector<data::data_type>& keys) {
  std::vector<data::data_type> types = {bigint()};
  types.insert(types.end(), keys.begin(), keys.end());
  return types;
}

template <class Session>
std::span<Session> sessions_in(char* payload) {
  const auto& blob = *reinterpret_cast<const data::blob_slot*>(payload);
  return {reinterpret_cast<Session*>(blob.bytes), blob.size / sizeof(Session)};
}

}  // namespace

session_index::session_index(const operator_inputs& inputs, const plan::window_spec& window,
                             std::vector<std::uint32_t> keys)
    : window_(window),
      input_(inputs, 0, std::move(keys)),
      key_encoder_(input_.types()),
      encoder_(with_id(input_.types())),
      due_(input_.types()) {}

std::vector<data::data_type> session_index::session_key_types() const {
  return with_id(input_.types());
}

result<void> session_index::open(operator_context& context) {
  context_ = &context;
  hasher_ = sub_key_hasher(context.max_parallelism);
  if (window_.local_zone) {
    MILLRACE_TRY(axis_, window_axis::local(context.eval.time_zone));
  }
  auto spec = state_spec("keys", input_.types());
  spec.slots = {tables::slot_spec::blob()};
  table_ = &context.tables->open_hash(std::move(spec));
  timers_ = &context.tables->open_timers(state_spec("timers", input_.types()));
  watermark_.open(context);
  return {};
}

// Rows with their times; a row without one is in no session.
void session_index::collect_rows(const data::record_batch& batch) {
  candidates_.clear();
  times_.clear();
  if (window_.processing_time) {
    for (std::uint32_t i = 0; i < batch.row_count(); ++i) candidates_.push_back(batch.row_at(i));
    times_.assign(batch.row_count(), axis_.of_utc(context_->time->now()));
    return;
  }
  const time_column times(*batch.column_at(window_.time_column));
  for (std::uint32_t i = 0; i < batch.row_count(); ++i) {
    const std::uint32_t row = batch.row_at(i);
    if (times.is_null(row)) continue;
    candidates_.push_back(row);
    times_.push_back(axis_.of_utc(times[row]));
  }
}

tables::readiness session_index::assign(const data::record_batch& batch) {
  if (!placed_ && place_rows(batch) == tables::readiness::loading)
    return tables::readiness::loading;
  placed_ = load_placed() == tables::readiness::loading;
  return placed_ ? tables::readiness::loading : tables::readiness::ready;
}

tables::readiness session_index::place_rows(const data::record_batch& batch) {
  collect_rows(batch);
  input_.hash(batch);
  input_.encode(batch, candidates_, keys_);
  if (context_->tables->prefetch(keys_.hash_span()) == tables::readiness::loading)
    return tables::readiness::loading;
  payloads_.resize(candidates_.size());
  inserted_.resize(candidates_.size());
  table_->find_or_insert(keys_, payloads_, inserted_);
  rows_.clear();
  ids_.clear();
  merges_.clear();
  for (std::uint32_t i = 0; i < candidates_.size(); ++i)
    if (!place(payloads_[i], candidates_[i], times_[i], keys_.view(i)))
      context_->metrics->late_rows.fetch_add(1, std::memory_order_relaxed);
  for (std::size_t i = 0; i < candidates_.size(); ++i)
    if (inserted_[i] != 0 && sessions_in<session>(payloads_[i]).empty())
      table_->erase(payloads_[i]);
  return tables::readiness::ready;
}

// What the owner holds of the sessions, under hashes of its own.
tables::readiness session_index::load_placed() {
  if (context_->tables->cold_groups() == 0) return tables::readiness::ready;
  std::vector<std::uint64_t> wanted;
  const auto want = [&](std::uint32_t row, std::int64_t id) {
    wanted.push_back(hasher_(input_.hashes()[row], static_cast<std::uint64_t>(id)));
  };
  for (std::size_t i = 0; i < rows_.size(); ++i) want(rows_[i], ids_[i]);
  for (const merge& m : merges_) {
    want(m.row, m.from);
    want(m.row, m.into);
  }
  return context_->tables->prefetch(wanted);
}

// Puts one row into its session; false when it is late.
bool session_index::place(char* payload, std::uint32_t row, timestamp_ms time,
                          const tables::key_view& key) {
  const timestamp_ms end = time + window_.size;
  auto open = sessions_in<session>(payload);
  const auto touches = [&](const session& s) { return time <= s.end && s.start <= end; };
  auto first = std::ranges::find_if(open, touches);
  if (first == open.end()) {
    if (!window_.processing_time && axis_.closed(end, watermark_.get())) return false;
    std::vector<session> all(open.begin(), open.end());
    const session made{time, time, end};
    all.insert(std::ranges::upper_bound(all, time, {}, &session::start), made);
    auto& blob = *reinterpret_cast<data::blob_slot*>(payload);
    table_->heap_of(payload).assign(
        blob, {reinterpret_cast<const char*>(all.data()), all.size() * sizeof(session)});
    timers_->add(end, key);
    rows_.push_back(row);
    ids_.push_back(made.id);
    return true;
  }
  first->start = std::min(first->start, time);
  first->end = std::max(first->end, end);
  auto last = std::find_if_not(first + 1, open.end(), touches);
  for (auto s = first + 1; s != last; ++s) {
    merges_.push_back({row, s->id, first->id});
    first->end = std::max(first->end, s->end);
  }
  rows_.push_back(row);
  ids_.push_back(first->id);
  if (last != first + 1) {
    std::move(last, open.end(), first + 1);
    auto& blob = *reinterpret_cast<data::blob_slot*>(payload);
    blob.size -= static_cast<std::uint32_t>((last - first - 1) * sizeof(session));
  }
  return true;
}

void session_index::encode_with_ids(std::span<const data::column_ptr> keys,
                                    const std::uint64_t* hashes,
                                    std::span<const std::uint32_t> rows,
                                    std::span<const std::int64_t> ids, tables::key_batch& out) {
  // Several ids may belong to one stored row, so the columns are gathered first.
  data::column_builder id_column(bigint(), static_cast<std::uint32_t>(ids.size()));
  for (const std::int64_t id : ids) id_column.append(id);
  std::vector<data::column_ptr> columns = {id_column.finish()};
  for (const auto& k : keys) columns.push_back(data::take(*k, rows));
  std::vector<std::uint64_t> mixed(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i)
    mixed[i] = hasher_(hashes[rows[i]], static_cast<std::uint64_t>(ids[i]));
  std::vector<std::uint32_t> all(rows.size());
  std::iota(all.begin(), all.end(), 0U);
  encoder_.encode_columns(columns, all, mixed.data(), out);
}

void session_index::encode(const data::record_batch& batch, tables::key_batch& out) {
  std::vector<data::column_ptr> keys;
  for (const std::uint32_t k : input_.columns()) keys.push_back(batch.column_at(k));
  encode_with_ids(keys, input_.hashes(), rows_, ids_, out);
}

void session_index::encode_merges(const data::record_batch& batch, bool into,
                                  tables::key_batch& out) {
  std::vector<data::column_ptr> keys;
  for (const std::uint32_t k : input_.columns()) keys.push_back(batch.column_at(k));
  std::vector<std::uint32_t> rows;
  std::vector<std::int64_t> ids;
  for (const auto& m : merges_) {
    rows.push_back(m.row);
    ids.push_back(into ? m.into : m.from);
  }
  encode_with_ids(keys, input_.hashes(), rows, ids, out);
}

void session_index::advance(timestamp_ms watermark) {
  if (window_.processing_time && watermark != max_watermark) {
    until_ = std::max(until_, watermark);
    return;
  }
  watermark_.advance(watermark);
  until_ = watermark_.get();
}

timestamp_ms session_index::next_processing_time() const {
  if (!window_.processing_time) return max_watermark;
  const timestamp_ms next = timers_->next_time();
  return next == max_watermark ? next : axis_.to_utc(next - 1);
}

bool session_index::more_due() const {
  if (taken_ || due_.count() != 0) return true;
  const timestamp_ms next = timers_->next_time();
  return next != max_watermark && axis_.closed(next, until_);
}

// Takes the session that ends now out of the key's list; the others get timers at their ends.
void session_index::close_key(std::uint32_t due, char* payload,
                              std::vector<std::uint32_t>& picked) {
  auto open = sessions_in<session>(payload);
  std::size_t kept = 0;
  for (const session s : open) {
    if (s.end == due_.time()) {
      picked.push_back(due);
      closed_.starts.push_back(s.start);
      closed_.ids.push_back(s.id);
      closed_.hashes.push_back(due_.hashes()[due]);
      continue;
    }
    timers_->add(s.end, due_[due]);
    open[kept++] = s;
  }
  if (kept == 0)
    table_->erase(payload);
  else
    reinterpret_cast<data::blob_slot*>(payload)->size =
        static_cast<std::uint32_t>(kept * sizeof(session));
}

tables::readiness session_index::close_due(std::uint32_t limit) {
  if (!taken_ && take_due(limit) == tables::readiness::loading) return tables::readiness::loading;
  taken_ = load_closed() == tables::readiness::loading;
  return taken_ ? tables::readiness::loading : tables::readiness::ready;
}

tables::readiness session_index::load_closed() {
  if (context_->tables->cold_groups() == 0) return tables::readiness::ready;
  std::vector<std::uint64_t> wanted;
  for (std::size_t i = 0; i < closed_.ids.size(); ++i)
    wanted.push_back(hasher_(closed_.hashes[i], static_cast<std::uint64_t>(closed_.ids[i])));
  return context_->tables->prefetch(wanted);
}

tables::readiness session_index::take_due(std::uint32_t limit) {
  closed_ = {};
  if (due_.count() == 0) due_.pop(*timers_, limit);
  if (context_->tables->prefetch(due_.hashes()) == tables::readiness::loading)
    return tables::readiness::loading;
  const auto columns = due_.columns();
  closed_.end = due_.time();
  std::vector<std::uint32_t> picked;
  std::vector<std::uint32_t> all(due_.count());
  std::iota(all.begin(), all.end(), 0U);
  key_encoder_.encode_columns(columns, all, due_.hashes().data(), keys_);
  payloads_.resize(due_.count());
  table_->find_mutable(keys_, payloads_);
  for (std::uint32_t i = 0; i < due_.count(); ++i)
    if (payloads_[i] != nullptr) close_key(i, payloads_[i], picked);
  for (const auto& c : columns) closed_.keys.push_back(data::take(*c, picked));
  due_.clear();
  return tables::readiness::ready;
}

void session_index::encode_closed(tables::key_batch& out) {
  std::vector<std::uint32_t> rows(closed_.ids.size());
  std::iota(rows.begin(), rows.end(), 0U);
  encode_with_ids(closed_.keys, closed_.hashes.data(), rows, closed_.ids, out);
}

}  // namespace millrace::operators
