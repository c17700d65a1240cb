#include "core/operators/column_types.hpp"
#include "core/operators/live_rows.hpp"
#include "core/operators/over/over.hpp"
#include "core/operators/over/partition_rows.hpp"
#include "core/operators/state_spec.hpp"
#include "core/operators/time_column.hpp"

namespace millrace::operators {
namespace {

constexpr std::uint32_t timers_at_once = 1024;
constexpr std::size_t time_size = 9;  // NULL byte and BIGINT, as `order_key_of` writes them

std::uint64_t& context_of(char* payload) { return *reinterpret_cast<std::uint64_t*>(payload); }

timestamp_ms time_of(std::string_view order) {
  return tables::order_encoder::get_bigint(order.data() + time_size -
                                           tables::order_encoder::bigint_size);
}

}  // namespace

over_time::over_time(plan::over_spec spec, const operator_inputs& inputs)
    : spec_(std::move(spec)),
      row_time_(spec_.order == plan::over_spec::order_kind::row_time),
      types_(types_of(inputs.inputs[0])),
      input_(inputs, 0, spec_.over.partition),
      codec_(types_),
      calls_(spec_.over) {}

result<void> over_time::open(operator_context& context) {
  context_ = &context;
  MILLRACE_CHECK(calls_.open(context.eval));
  auto rows = state_spec("rows", input_.types(), spec_.ttl_ms);
  rows.value_types = types_;
  rows.sequenced = true;
  rows_ = &context.tables->open_sorted(std::move(rows));
  auto keys = state_spec("keys", input_.types(), spec_.ttl_ms);
  keys.slots = {tables::slot_spec::bytes(8)};
  calls_.append_slots(keys.slots);
  keys_ = &context.tables->open_hash(std::move(keys));
  timers_ = &context.tables->open_timers(state_spec("timers", input_.types()));
  watermark_.open(context);
  for (const auto& type : calls_.types()) results_.emplace_back(type);
  return {};
}

result<progress> over_time::process(input_id, const data::batch_ptr& batch, output& out) {
  batch_ = batch;
  return resume(out);
}

result<progress> over_time::on_watermark(timestamp_ms time, output& out) {
  watermark_.advance(time);
  if (!row_time_) return progress::need_input;
  until_ = time;
  return resume(out);
}

result<progress> over_time::resume(output& out) {
  if (batch_) {
    if (input_.load(*batch_, *context_->tables) != tables::readiness::ready)
      return progress::need_state;
    MILLRACE_CHECK(take_rows());
    batch_.reset();
    if (row_time_) return progress::need_input;
    until_ = context_->time->now();
  }
  return work_through(outbox_, out, [&]() -> result<piece> {
    const piece next = due_.next(*timers_, until_, timers_at_once, *context_->tables);
    if (next == piece::done) MILLRACE_CHECK(fire());
    return next;
  });
}

result<void> over_time::take_rows() {
  const auto stored = live_rows(*batch_);
  const time_column times(*batch_->column_at(spec_.over.order[0].column));
  const timestamp_ms now = context_->time->now();
  handles_.resize(stored.size());
  rows_->locate_or_insert(input_.keys(), handles_);
  encoded_.clear();
  codec_.encode(*batch_, stored, encoded_);
  for (std::uint32_t i = 0; i < stored.size(); ++i) {
    if (row_time_ && times.is_null(stored[i]))
      return make_error(errc::runtime_null_row_time, "a row of an OVER window has no row time",
                        "filter rows whose time is NULL in front of it");
    const timestamp_ms time = row_time_ ? times[stored[i]] : now;
    if (row_time_ && time <= watermark_.get()) {
      ++context_->metrics->late_rows;
      continue;
    }
    (void)rows_->insert(handles_[i], tables::order_key_of(time), encoded_[i]);
    (void)timers_->add(time, input_.keys().view(i));
  }
  return {};
}

// Runs the keys whose timers were popped.
result<void> over_time::fire() {
  for (std::uint32_t i = 0; i < due_.count(); ++i) {
    MILLRACE_CHECK(run_key(due_.key(i), until_));
    if (events_.size() >= context_->batch_rows) emit();
  }
  emit();
  return {};
}

result<void> over_time::run_key(const tables::key_view& key, timestamp_ms until) {
  const auto rows = rows_->locate(key);
  if (!rows) return {};
  char* payload = keys_->find_or_insert(key);
  const auto context = static_cast<std::uint32_t>(context_of(payload));
  const std::string bound = tables::order_key_of(until);
  views_.clear();
  times_.clear();
  peers_.clear();
  std::string_view before;
  for (auto at = rows_->first(rows); at.valid(); at.next()) {
    const std::string_view time = at.order().substr(0, bound.size());
    if (time > bound) break;
    views_.push_back(at.row());
    times_.push_back(time_of(time));
    // In processing time no two rows are peers: each is told before the next one comes.
    const bool peer = row_time_ && !peers_.empty() && time == before;
    peers_.push_back(peers_.empty() ? 0 : peers_.back() + (peer ? 0 : 1));
    before = time;
  }
  const auto count = static_cast<std::uint32_t>(views_.size());
  if (count <= context) return {};
  const ordered_rows in{decode_columns(codec_, views_, calls_.columns()), context, times_, peers_};
  MILLRACE_CHECK(calls_.run(in, payload, keys_->heap_of(payload), results_));
  for (std::uint32_t i = context; i < count; ++i)
    events_.add(bytes_.keep(views_[i]), data::change_kind::insert);
  prune(rows, payload, count);
  return {};
}

// Forgets rows that lie in no later frame.
void over_time::prune(tables::key_handle rows, char* payload, std::uint32_t count) {
  const std::uint32_t by_place =
      count - std::min(count, calls_.context_rows() == UINT32_MAX ? count : calls_.context_rows());
  const timestamp_ms oldest = times_.back() - calls_.context_ms();
  std::uint32_t dropped = 0;
  auto at = rows_->first(rows);
  while (dropped < by_place && (calls_.context_ms() == 0 || times_[dropped] < oldest)) {
    rows_->erase(at);
    ++dropped;
  }
  context_of(payload) = count - dropped;
}

void over_time::emit() {
  if (events_.empty()) return;
  std::vector<data::column_ptr> appended;
  for (auto& r : results_) appended.push_back(r.finish());
  outbox_.put_split(events_.finish(codec_, std::move(appended)), context_->batch_rows);
  bytes_.clear();
}

}  // namespace millrace::operators
