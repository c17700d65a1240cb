#include "core/operators/match/match.hpp"

#include "core/operators/column_types.hpp"
#include "core/operators/live_rows.hpp"
#include "core/operators/sort_order.hpp"
#include "core/operators/state_spec.hpp"
#include "core/operators/time_column.hpp"

#include <cstring>
#include <unordered_set>

namespace millrace::operators {
namespace {

constexpr std::uint32_t timers_at_once = 4096;
constexpr std::size_t time_size = 9;  // as `order_key_of` writes it

// A partition's payload.
struct partition_state {
  std::uint64_t rows_seen;      // kept rows that were looked at
  data::blob_slot open_starts;  // u32 per start: which of them
};

partition_state& state_in(char* payload) { return *reinterpret_cast<partition_state*>(payload); }

timestamp_ms time_of(std::string_view order) {
  return tables::order_encoder::get_bigint(order.data() + time_size -
                                           tables::order_encoder::bigint_size);
}

std::vector<plan::sort_key> further_keys(const plan::match_spec& spec) {
  std::vector<plan::sort_key> keys;
  for (const auto& k : spec.further_order) keys.push_back({k.column, k.descending, !k.descending});
  return keys;
}

}  // namespace

match_operator::match_operator(const plan::match_operator_spec& spec, const operator_inputs& inputs)
    : spec_(spec.match),
      types_(types_of(inputs.inputs[0])),
      input_(inputs, 0, spec_->partition),
      further_order_(sort_order(further_keys(*spec_), types_)),
      codec_(types_),
      values_(*spec_) {}

result<void> match_operator::open(operator_context& context) {
  context_ = &context;
  MILLRACE_TRY(pattern_, match_pattern::make(spec_->pattern));
  MILLRACE_CHECK(values_.open(context.eval));
  auto rows = state_spec("rows", input_.types());
  rows.value_types = types_;
  rows.sequenced = true;
  rows_ = &context.tables->open_sorted(std::move(rows));
  auto partitions = state_spec("partitions", input_.types());
  partitions.slots = {tables::slot_spec::bytes(8), tables::slot_spec::blob()};
  partitions_ = &context.tables->open_hash(std::move(partitions));
  timers_ = &context.tables->open_timers(state_spec("timers", input_.types()));
  watermark_.open(context);
  return {};
}

result<progress> match_operator::process(input_id, const data::batch_ptr& batch, output& out) {
  batch_ = batch;
  return resume(out);
}

result<progress> match_operator::on_watermark(timestamp_ms time, output& out) {
  watermark_.advance(time);
  if (spec_->processing_time) return progress::need_input;
  until_ = time;
  return resume(out);
}

result<progress> match_operator::resume(output& out) {
  if (batch_) {
    if (input_.load(*batch_, *context_->tables) != tables::readiness::ready)
      return progress::need_state;
    MILLRACE_CHECK(take_rows());
    batch_.reset();
    if (!spec_->processing_time) return progress::need_input;
    until_ = context_->time->now();
  }
  return work_through(outbox_, out, [&]() -> result<piece> {
    const piece next = due_.next(*timers_, until_, timers_at_once, *context_->tables);
    if (next == piece::done) MILLRACE_CHECK(fire());
    return next;
  });
}

result<void> match_operator::take_rows() {
  const auto stored = live_rows(*batch_);
  const time_column times(*batch_->column_at(spec_->order_column));
  const timestamp_ms now = context_->time->now();
  handles_.resize(stored.size());
  rows_->locate_or_insert(input_.keys(), handles_);
  encoded_.clear();
  codec_.encode(*batch_, stored, encoded_);
  orders_.clear();
  further_order_.encode(*batch_, stored, orders_);
  for (std::uint32_t i = 0; i < stored.size(); ++i) {
    const bool row_time = !spec_->processing_time;
    if (row_time && times.is_null(stored[i]))
      return make_error(errc::runtime_null_row_time, "a row of MATCH_RECOGNIZE has no row time",
                        "filter rows whose time is NULL in front of it");
    const timestamp_ms time = row_time ? times[stored[i]] : now;
    if (row_time && time <= watermark_.get()) {
      ++context_->metrics->late_rows;
      continue;
    }
    std::string order = tables::order_key_of(time);
    order += orders_[i];
    (void)rows_->insert(handles_[i], order, encoded_[i]);
    (void)timers_->add(time, input_.keys().view(i));
  }
  return {};
}

// Matches the partitions whose timers were popped.
result<void> match_operator::fire() {
  MILLRACE_CHECK(load_lanes());
  turns_.clear();
  for (std::uint32_t l = 0; l < lanes_.size(); ++l)
    if (lanes_[l].at < lanes_[l].count) turns_.push_back(l);
  while (!turns_.empty()) MILLRACE_CHECK(step());
  for (auto& lane : lanes_) {
    if (!spec_->processing_time) lane.time_out(until_, spec_->within_ms);
    MILLRACE_CHECK(lane.release(*spec_));
  }
  MILLRACE_CHECK(emit());
  for (auto& lane : lanes_) store(lane);
  lanes_.clear();
  return {};
}

result<void> match_operator::load_lanes() {
  lanes_.clear();
  std::vector<std::string_view> views;
  std::unordered_set<const char*> known;
  for (std::uint32_t i = 0; i < due_.count(); ++i) {
    const auto rows = rows_->locate(due_.key(i));
    if (rows && known.insert(rows.payload).second) add_lane(due_.key(i), views);
  }
  const auto count = static_cast<std::uint32_t>(views.size());
  data::batch_builder all(types_, count + 1);
  codec_.decode(views, all);
  all.end_rows(count);
  return values_.begin(all.finish());
}

void match_operator::add_lane(const tables::key_view& key, std::vector<std::string_view>& views) {
  match_lane lane;
  lane.rows = rows_->locate(key);
  lane.payload = partitions_->find_or_insert(key);
  const partition_state& state = state_in(lane.payload);
  lane.base = static_cast<std::uint32_t>(views.size());
  lane.old_rows = static_cast<std::uint32_t>(state.rows_seen);
  lane.open_starts.resize(state.open_starts.size / sizeof(std::uint32_t));
  if (!lane.open_starts.empty())
    std::memcpy(lane.open_starts.data(), state.open_starts.bytes, state.open_starts.size);
  const std::string bound = tables::order_key_of(until_);
  for (auto at = rows_->first(lane.rows); at.valid(); at.next()) {
    if (at.order().substr(0, bound.size()) > bound) break;
    views.push_back(at.row());
    lane.times.push_back(time_of(at.order()));
  }
  lane.count = static_cast<std::uint32_t>(lane.times.size());
  lane.at = lane.open_starts.empty() ? std::min(lane.old_rows, lane.count) : lane.open_starts[0];
  lanes_.push_back(std::move(lane));
}

// Every lane that has one looks at its next row. Most partitions have few rows, some have many: a
// step costs what is left.
result<void> match_operator::step() {
  questions_.clear();
  std::vector<std::vector<match_run>> asking(turns_.size());
  for (std::uint32_t t = 0; t < turns_.size(); ++t) {
    match_lane& lane = lanes_[turns_[t]];
    lane.time_out(lane.times[lane.at], spec_->within_ms);
    MILLRACE_CHECK(lane.release(*spec_));
    asking[t] = std::move(lane.runs);
    lane.runs.clear();
    if (lane.may_start()) {
      match_run fresh{lane.at, lane.at, 0, {}};
      fresh.taken.resize(spec_->variables.size());
      asking[t].push_back(std::move(fresh));
    }
    ask(t, asking[t]);
  }
  MILLRACE_CHECK(answer(asking));
  for (const std::uint32_t l : turns_) {
    ++lanes_[l].at;
    MILLRACE_CHECK(lanes_[l].release(*spec_));
  }
  std::erase_if(turns_, [this](std::uint32_t l) { return lanes_[l].at == lanes_[l].count; });
  return {};
}

// The elements that may take the next row of a run: its own, and those behind it as long as nothing
// is missing in between.
void match_operator::ask(std::uint32_t turn, std::vector<match_run>& asking) {
  for (std::uint32_t r = 0; r < asking.size(); ++r) {
    std::uint32_t taken = asking[r].taken[pattern_[asking[r].element].variable].size();
    for (std::uint32_t e = asking[r].element; e < pattern_.size(); ++e, taken = 0) {
      if (taken < pattern_[e].at_most) questions_.push_back({turn, r, e});
      if (taken < pattern_[e].at_least) break;
    }
  }
}

result<void> match_operator::answer(std::vector<std::vector<match_run>>& asking) {
  answers_.assign(questions_.size(), 0);
  std::vector<match_values::subject> subjects;
  std::vector<std::uint32_t> asked;
  std::vector<std::uint8_t> passed;
  for (std::uint32_t e = 0; e < pattern_.size(); ++e) {
    const std::uint32_t variable = pattern_[e].variable;
    subjects.clear();
    asked.clear();
    for (std::uint32_t q = 0; q < questions_.size(); ++q) {
      if (questions_[q].element != e) continue;
      answers_[q] = 1;
      if (values_.takes_all(variable)) continue;
      const match_lane& lane = lanes_[turns_[questions_[q].turn]];
      subjects.push_back({asking[questions_[q].turn][questions_[q].run].with(e, variable),
                          lane.base,
                          {lane.base, lane.base + lane.count}});
      asked.push_back(q);
    }
    MILLRACE_CHECK(values_.define(variable, subjects, passed));
    for (std::size_t i = 0; i < asked.size(); ++i) answers_[asked[i]] = passed[i];
  }
  for (std::size_t begin = 0; begin < questions_.size();) {
    std::size_t end = begin + 1;
    const question& first = questions_[begin];
    while (end < questions_.size() && questions_[end].turn == first.turn &&
           questions_[end].run == first.run)
      ++end;
    std::vector<std::uint8_t> takes(pattern_.size(), 0);
    for (std::size_t q = begin; q < end; ++q) takes[questions_[q].element] = answers_[q];
    advance(lanes_[turns_[first.turn]], asking[first.turn][first.run], takes);
    begin = end;
  }
  return {};
}

// The runs that come of a run by the row: a greedy element that takes it leaves it to no other.
void match_operator::advance(match_lane& lane, const match_run& run,
                             std::span<const std::uint8_t> takes) {
  std::uint32_t taken = run.taken[pattern_[run.element].variable].size();
  for (std::uint32_t e = run.element; e < pattern_.size(); ++e, taken = 0) {
    const auto& element = pattern_[e];
    if (takes[e] != 0) {
      match_run next = run.with(e, element.variable);
      (pattern_.complete(e, taken + 1) ? lane.completed : lane.runs).push_back(std::move(next));
      if (!element.reluctant) return;
    }
    if (taken < element.at_least) return;
  }
}

result<void> match_operator::emit() {
  std::vector<match_values::subject> matches;
  for (const auto& lane : lanes_)
    for (const auto& run : lane.matches)
      matches.push_back({run, lane.base, {lane.base, lane.base + lane.count}});
  if (matches.empty()) return {};
  MILLRACE_TRY(auto columns, values_.measure(matches));
  outbox_.put_split(std::make_shared<const data::record_batch>(
                        std::move(columns), static_cast<std::uint32_t>(matches.size())),
                    context_->batch_rows);
  return {};
}

// Forgets rows in front of the earliest undecided start.
void match_operator::store(match_lane& lane) {
  auto open = lane.undecided();
  const auto key = partitions_->key_of(lane.payload);
  if (!open.empty() && spec_->within_ms > 0 && !spec_->processing_time)
    (void)timers_->add(lane.times[open[0]] + spec_->within_ms, key);
  const std::uint32_t needed = open.empty() ? lane.count : open[0];
  const std::uint32_t dropped = needed - std::min(needed, values_.rows_before());
  auto at = rows_->first(lane.rows);
  for (std::uint32_t i = 0; i < dropped; ++i) rows_->erase(at);
  if (rows_->count(lane.rows) == 0) {
    partitions_->erase(lane.payload);
    return;
  }
  for (auto& start : open) start -= dropped;
  partition_state& state = state_in(lane.payload);
  state.rows_seen = lane.count - dropped;
  partitions_->heap_of(lane.payload)
      .assign(state.open_starts,
              {reinterpret_cast<const char*>(open.data()), open.size() * sizeof(std::uint32_t)});
}

}  // namespace millrace::operators
