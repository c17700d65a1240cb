#include "core/operators/rank/first_row.hpp"

#include "core/operators/column_types.hpp"
#include "core/operators/live_rows.hpp"
#include "core/operators/state_spec.hpp"
#include "core/operators/time_column.hpp"

namespace millrace::operators {
namespace {

// A payload. A key whose row has left stays, so that later rows are known to be doubles.
enum row_stage : std::uint64_t { unseen = 0, waiting = 1, gone = 2 };
struct waiting_row {
  timestamp_ms time;
  std::uint64_t stage;
  data::blob_slot row;
};

waiting_row& row_in(char* payload) { return *reinterpret_cast<waiting_row*>(payload); }

}  // namespace

first_row::first_row(plan::deduplicate_spec spec, const operator_inputs& inputs)
    : spec_(std::move(spec)),
      types_(types_of(inputs.inputs[0])),
      input_(inputs, 0, spec_.keys),
      codec_(types_) {}

result<void> first_row::open(operator_context& context) {
  context_ = &context;
  auto spec = state_spec("rows", input_.types(), spec_.ttl_ms);
  spec.slots = {tables::slot_spec::bytes(8), tables::slot_spec::bytes(8),
                tables::slot_spec::blob()};
  spec.value_types = types_;
  table_ = &context.tables->open_hash(std::move(spec));
  timers_ = &context.tables->open_timers(state_spec("timers", input_.types()));
  watermark_.open(context);
  return {};
}

result<progress> first_row::process(input_id, const data::batch_ptr& batch, output& out) {
  batch_ = batch;
  return resume(out);
}

result<progress> first_row::on_watermark(timestamp_ms time, output& out) {
  watermark_.advance(time);
  return resume(out);
}

result<progress> first_row::resume(output& out) {
  if (batch_) {
    if (input_.load(*batch_, *context_->tables) != tables::readiness::ready)
      return progress::need_state;
    take_rows();
    batch_.reset();
    return progress::need_input;
  }
  return work_through(outbox_, out, [&]() -> result<piece> {
    const piece next =
        due_.next(*timers_, watermark_.get(), context_->batch_rows, *context_->tables);
    if (next == piece::done) fire();
    return next;
  });
}

void first_row::take_rows() {
  const time_column times(*batch_->column_at(spec_.order_column));
  const timestamp_ms passed = watermark_.get();
  stored_rows_ = live_rows(*batch_);
  payloads_.resize(stored_rows_.size());
  inserted_.resize(stored_rows_.size());
  table_->find_or_insert(input_.keys(), payloads_, inserted_);
  rows_.clear();
  codec_.encode(*batch_, stored_rows_, rows_);
  for (std::uint32_t i = 0; i < stored_rows_.size(); ++i) {
    const timestamp_ms time = times[stored_rows_[i]];
    if (time <= passed) {
      ++context_->metrics->late_rows;
      continue;
    }
    keep(payloads_[i], i, time);
  }
}

void first_row::keep(char* payload, std::uint32_t row, timestamp_ms time) {
  waiting_row& kept = row_in(payload);
  if (kept.stage == gone || (kept.stage == waiting && time >= kept.time)) return;
  const auto key = table_->key_of(payload);
  if (kept.stage == waiting) (void)timers_->erase(kept.time, key);
  kept.time = time;
  kept.stage = waiting;
  table_->heap_of(payload).assign(kept.row, rows_[row]);
  (void)timers_->add(time, key);
}

// Emits the rows of the timers that were popped.
void first_row::fire() {
  std::vector<char*> done;
  for (std::uint32_t i = 0; i < due_.count(); ++i) {
    char* payload = table_->find_mutable(due_.key(i));
    if (payload == nullptr || row_in(payload).stage != waiting) continue;
    events_.add(row_in(payload).row.view(), data::change_kind::insert);
    done.push_back(payload);
  }
  if (!events_.empty()) outbox_.put(events_.finish(codec_));
  for (char* payload : done) {
    row_in(payload).stage = gone;
    table_->heap_of(payload).release(row_in(payload).row);
  }
}

}  // namespace millrace::operators
