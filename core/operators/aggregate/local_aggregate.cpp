#include "core/operators/aggregate/local_aggregate.hpp"

#include "core/operators/column_types.hpp"
#include "core/operators/state_spec.hpp"

namespace millrace::operators {
namespace {

constexpr std::int64_t default_bundle_rows = 5000;  // of Flink's examples

// A bundle of long values ends when it holds that much.
constexpr std::size_t most_bytes = 64 << 20;

// A payload begins with rows added minus rows taken back.
std::int64_t& count_of(char* payload) { return *reinterpret_cast<std::int64_t*>(payload); }

}  // namespace

local_aggregate::local_aggregate(plan::group_aggregate_spec spec, const operator_inputs& inputs)
    : spec_(std::move(spec)),
      input_(inputs, 0, spec_.groups),
      calls_(spec_.calls),
      output_types_(types_of(inputs.node.columns)) {
  if (spec_.mini_batch_rows <= 0) spec_.mini_batch_rows = default_bundle_rows;
}

result<void> local_aggregate::open(operator_context& context) {
  context_ = &context;
  for (std::size_t i = 0; i < calls_.size(); ++i)
    if (!calls_.is_plain(i) || calls_.call(i).overload.merge == nullptr)
      return make_error(errc::internal,
                        "the aggregate " + calls_.call(i).function + " cannot run in two phases");
  tables::table_context tables;
  tables.budget = context.budget;
  tables.time = context.time;
  tables.range.count = tables.range.max_parallelism = context.max_parallelism;
  scratch_ = std::make_unique<tables::table_set>(tables);
  auto spec = state_spec("bundle", input_.types());
  spec.slots = {tables::slot_spec::bytes(8)};
  calls_.append_slots(spec.slots);
  table_ = &scratch_->open_hash(std::move(spec));
  for (const auto& type : output_types_) columns_.emplace_back(type);
  return {};
}

result<progress> local_aggregate::process(input_id, const data::batch_ptr& batch, output& out) {
  if (rows_ == 0) since_ = context_->time->now();
  (void)input_.load(*batch, *scratch_);
  payloads_.resize(batch->row_count());
  inserted_.resize(batch->row_count());
  table_->find_or_insert(input_.keys(), payloads_, inserted_);
  touch(*batch);
  const expr::row_set all{batch->stored_rows(),
                          batch->selected() ? batch->selection().data() : nullptr,
                          batch->row_count()};
  MILLRACE_CHECK(calls_.update(*batch, {all, payloads_}, *table_));
  rows_ += batch->row_count();
  const bool more = spec_.mini_batch && rows_ < spec_.mini_batch_rows;
  if (more && scratch_->memory_bytes() < most_bytes) return progress::need_input;
  return flush(out);
}

void local_aggregate::touch(const data::record_batch& batch) {
  std::vector<std::uint32_t> first_rows;
  for (std::uint32_t i = 0; i < batch.row_count(); ++i) {
    const std::uint32_t row = batch.row_at(i);
    count_of(payloads_[i]) += data::adds(batch.kind_at(row)) ? 1 : -1;
    if (inserted_[i] == 0) continue;
    groups_.push_back(payloads_[i]);
    first_rows.push_back(row);
  }
  for (std::size_t k = 0; k < spec_.groups.size(); ++k)
    columns_[k].append_rows(*batch.column_at(spec_.groups[k]), first_rows);
}

timestamp_ms local_aggregate::next_processing_time() const {
  if (rows_ == 0 || spec_.mini_batch_ms <= 0) return max_watermark;
  return since_ + spec_.mini_batch_ms;
}

result<progress> local_aggregate::flush(output& out) {
  if (rows_ == 0) return outbox_.drain(out);
  const std::size_t keys = spec_.groups.size();
  for (std::size_t c = 0; c < calls_.size(); ++c)
    calls_.write_states(c, groups_, columns_[keys + c]);
  if (spec_.retracting_input)
    for (char* group : groups_) columns_.back().append(count_of(group));
  std::vector<data::column_ptr> made;
  for (auto& column : columns_) made.push_back(column.finish());
  outbox_.put_split(std::make_shared<const data::record_batch>(
                        std::move(made), static_cast<std::uint32_t>(groups_.size())),
                    context_->batch_rows);
  table_->clear();
  groups_.clear();
  rows_ = 0;
  return outbox_.drain(out);
}

}  // namespace millrace::operators
