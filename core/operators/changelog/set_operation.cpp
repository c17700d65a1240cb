#include "core/operators/changelog/set_operation.hpp"

#include "core/operators/column_types.hpp"
#include "core/operators/state_spec.hpp"

#include <algorithm>
#include <cstring>
#include <numeric>

namespace millrace::operators {
namespace {

std::int64_t* counts_of(char* payload) { return reinterpret_cast<std::int64_t*>(payload); }

std::vector<std::uint32_t> all_columns(std::size_t count) {
  std::vector<std::uint32_t> out(count);
  std::iota(out.begin(), out.end(), 0U);
  return out;
}

}  // namespace

set_operation::set_operation(plan::set_operation_spec spec, const operator_inputs& inputs)
    : spec_(spec), decoder_(types_of(inputs.inputs[0])) {
  for (std::uint32_t side = 0; side < inputs.inputs.size(); ++side)
    sides_.emplace_back(inputs, side, all_columns(inputs.inputs[side].size()));
}

result<void> set_operation::open(operator_context& context) {
  context_ = &context;
  auto spec = state_spec("rows", sides_[0].types());
  spec.slots.assign(2, tables::slot_spec::bytes(8));
  table_ = &context.tables->open_hash(std::move(spec));
  return {};
}

result<progress> set_operation::process(input_id input, const data::batch_ptr& batch, output& out) {
  pending_ = batch;
  side_ = input.value;
  return resume(out);
}

result<progress> set_operation::resume(output& out) {
  if (pending_) {
    if (sides_[side_].load(*pending_, *context_->tables) == tables::readiness::loading)
      return progress::need_state;
    count_rows(*pending_);
    erase_unused();
    pending_.reset();
  }
  if (!spec_.at_end || ended_sides_ < sides_.size()) return outbox_.drain(out);
  return work_through(outbox_, out, [this] { return give_rows(); });
}

result<progress> set_operation::finish(input_id, output& out) {
  ++ended_sides_;
  return resume(out);
}

result<piece> set_operation::give_rows() {
  MILLRACE_TRY(const piece step, drain_.next(*table_, *context_->tables, context_->batch_rows));
  if (step != piece::done) return step;
  outbox_.put_split(rows_of_drain(), context_->batch_rows);
  for (char* payload : drain_.keys()) table_->erase(payload);
  return step;
}

// Each row as often as the result has it.
data::batch_ptr set_operation::rows_of_drain() {
  std::vector<tables::key_view> rows;
  for (char* payload : drain_.keys())
    rows.insert(rows.end(), static_cast<std::size_t>(copies(counts_of(payload))),
                table_->key_of(payload));
  const auto count = static_cast<std::uint32_t>(rows.size());
  std::vector<data::column_ptr> columns;
  for (std::uint32_t c = 0; c < sides_[0].types().size(); ++c) {
    data::column_builder out(sides_[0].types()[c], count);
    decoder_.decode_column(rows, c, out);
    columns.push_back(out.finish());
  }
  return std::make_shared<const data::record_batch>(std::move(columns), count);
}

std::int64_t set_operation::copies(const std::int64_t* counts) const {
  const std::int64_t left = std::max<std::int64_t>(counts[0], 0);
  const std::int64_t right = std::max<std::int64_t>(counts[1], 0);
  if (spec_.kind == plan::set_kind::intersect)
    return spec_.all ? std::min(left, right) : (left > 0 && right > 0 ? 1 : 0);
  return spec_.all ? std::max<std::int64_t>(left - right, 0) : (left > 0 && right == 0 ? 1 : 0);
}

void set_operation::count_rows(const data::record_batch& batch) {
  payloads_.resize(batch.row_count());
  inserted_.resize(batch.row_count());
  table_->find_or_insert(sides_[side_].keys(), payloads_, inserted_);
  std::vector<std::uint32_t> picked;
  std::vector<data::change_kind> kinds;
  for (std::uint32_t i = 0; i < batch.row_count(); ++i) {
    const std::uint32_t row = batch.row_at(i);
    std::int64_t* counts = counts_of(payloads_[i]);
    const std::int64_t before = copies(counts);
    counts[side_] += data::adds(batch.kind_at(row)) ? 1 : -1;
    const std::int64_t after = copies(counts);
    if (before == after || spec_.at_end) continue;
    picked.push_back(row);
    kinds.push_back(after > before ? data::change_kind::insert : data::change_kind::remove);
  }
  if (picked.empty()) return;
  auto marks = data::buffer::allocate(kinds.size());
  std::memcpy(marks->mutable_data(), kinds.data(), kinds.size());
  const auto made = data::take(batch, picked);
  outbox_.put_split(made->with_kinds(std::move(marks))->with_hashes(nullptr), context_->batch_rows);
}

void set_operation::erase_unused() {
  std::vector<char*> gone;
  std::ranges::copy_if(payloads_, std::back_inserter(gone), [](char* payload) {
    return counts_of(payload)[0] == 0 && counts_of(payload)[1] == 0;
  });
  std::ranges::sort(gone);
  const auto twins = std::ranges::unique(gone);
  gone.erase(twins.begin(), twins.end());
  for (char* payload : gone) table_->erase(payload);
}

}  // namespace millrace::operators
