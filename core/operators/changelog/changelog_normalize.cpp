#include "core/operators/changelog/changelog_normalize.hpp"

#include "core/operators/column_types.hpp"
#include "core/operators/live_rows.hpp"
#include "core/operators/state_spec.hpp"

#include <algorithm>

namespace millrace::operators {
namespace {

// An encoded row is never empty, so an empty blob is no row.
data::blob_slot& row_of(char* payload) { return *reinterpret_cast<data::blob_slot*>(payload); }

}  // namespace

changelog_normalize::changelog_normalize(plan::changelog_normalize_spec spec,
                                         const operator_inputs& inputs)
    : spec_(std::move(spec)), input_(inputs, 0, spec_.keys), codec_(types_of(inputs.inputs[0])) {}

result<void> changelog_normalize::open(operator_context& context) {
  context_ = &context;
  auto spec = state_spec("rows", input_.types(), spec_.ttl_ms);
  spec.slots = {tables::slot_spec::blob()};
  spec.value_types = codec_.types();
  table_ = &context.tables->open_hash(std::move(spec));
  return {};
}

result<progress> changelog_normalize::process(input_id, const data::batch_ptr& batch, output& out) {
  pending_ = batch;
  return resume(out);
}

result<progress> changelog_normalize::resume(output& out) {
  if (pending_) {
    const data::record_batch& batch = *pending_;
    if (input_.load(batch, *context_->tables) == tables::readiness::loading)
      return progress::need_state;
    payloads_.resize(batch.row_count());
    inserted_.resize(batch.row_count());
    table_->find_or_insert(input_.keys(), payloads_, inserted_);
    rows_.clear();
    codec_.encode(batch, live_rows(batch), rows_);
    for (std::uint32_t i = 0; i < batch.row_count(); ++i) {
      const auto kind = batch.kind_at(batch.row_at(i));
      spec_.at_end ? store(kind, payloads_[i], rows_[i]) : apply(kind, payloads_[i], rows_[i]);
    }
    outbox_.put_split(made_.finish(codec_), context_->batch_rows);
    erase_removed();
    pending_.reset();
  }
  if (!ended_) return outbox_.drain(out);
  return work_through(outbox_, out, [this] { return give_rows(); });
}

result<progress> changelog_normalize::finish(input_id, output& out) {
  ended_ = spec_.at_end;
  return resume(out);
}

// Only what a key has in the end matters.
void changelog_normalize::store(data::change_kind kind, char* payload, std::string_view row) {
  if (kind == data::change_kind::update_before) return;
  if (kind == data::change_kind::remove)
    row_of(payload).size = 0;
  else
    table_->heap_of(payload).assign(row_of(payload), row);
}

result<piece> changelog_normalize::give_rows() {
  MILLRACE_TRY(const piece step, drain_.next(*table_, *context_->tables, context_->batch_rows));
  if (step != piece::done) return step;
  for (char* payload : drain_.keys()) made_.add(data::change_kind::insert, row_of(payload).view());
  outbox_.put(made_.finish(codec_));
  for (char* payload : drain_.keys()) table_->erase(payload);
  return step;
}

void changelog_normalize::apply(data::change_kind kind, char* payload, std::string_view row) {
  data::blob_slot& old = row_of(payload);
  if (kind == data::change_kind::update_before) return;
  if (kind == data::change_kind::remove) {
    if (old.size != 0) made_.add_copy(data::change_kind::remove, old.view());
    old.size = 0;
    return;
  }
  if (old.size == 0) {
    made_.add(data::change_kind::insert, row);
  } else {
    if (spec_.ttl_ms == 0 && old.view() == row) return;
    if (spec_.emit_update_before) made_.add_copy(data::change_kind::update_before, old.view());
    made_.add(data::change_kind::update_after, row);
  }
  table_->heap_of(payload).assign(old, row);
}

void changelog_normalize::erase_removed() {
  std::vector<char*> gone;
  std::ranges::copy_if(payloads_, std::back_inserter(gone),
                       [](char* payload) { return row_of(payload).size == 0; });
  std::ranges::sort(gone);
  const auto twins = std::ranges::unique(gone);
  gone.erase(twins.begin(), twins.end());
  for (char* payload : gone) table_->erase(payload);
}

}  // namespace millrace::operators
