#include "core/operators/changelog/single_row.hpp"

#include "core/expr/key_hash.hpp"
#include "core/operators/column_types.hpp"
#include "core/operators/live_rows.hpp"
#include "core/operators/operator_context.hpp"
#include "core/operators/state_spec.hpp"
#include "core/tables/table_set.hpp"

namespace millrace::operators {
namespace {

struct row_state {
  std::int64_t count;
  std::int64_t unused;
  data::blob_slot row;
  data::blob_slot given;
};

row_state& state_of(char* payload) { return *reinterpret_cast<row_state*>(payload); }

// A row of NULLs, encoded.
std::string all_null(const tables::row_codec& codec) {
  std::vector<data::column_ptr> columns;
  for (const auto& type : codec.types()) columns.push_back(data::null_column(type, 1));
  tables::encoded_rows rows;
  const std::uint32_t first = 0;
  codec.encode_columns(columns, std::span(&first, 1), rows);
  return std::string(rows[0]);
}

}  // namespace

single_row::single_row(plan::single_row_spec spec, const operator_inputs& inputs)
    : spec_(spec), codec_(types_of(inputs.inputs[0])), null_row_(all_null(codec_)) {}

result<void> single_row::open(operator_context& context) {
  context_ = &context;
  auto spec = state_spec("row");
  spec.slots = {tables::slot_spec::bytes(16), tables::slot_spec::blob(), tables::slot_spec::blob()};
  spec.resident = true;
  table_ = &context.tables->open_hash(std::move(spec));
  return {};
}

char* single_row::payload() {
  return table_->find_or_insert(tables::key_view{expr::empty_key_hash, "", 0, 0});
}

result<progress> single_row::process(input_id, const data::batch_ptr& batch, output& out) {
  char* at = payload();
  row_state& state = state_of(at);
  rows_.clear();
  codec_.encode(*batch, live_rows(*batch), rows_);
  for (std::uint32_t i = 0; i < batch->row_count(); ++i) {
    const bool comes = data::adds(batch->kind_at(batch->row_at(i)));
    state.count += comes ? 1 : -1;
    if (state.count > 1)
      return make_error(errc::runtime_scalar_subquery_rows,
                        "a scalar subquery has more than one row",
                        "aggregate it (MAX, COUNT), or add LIMIT 1");
    if (comes) table_->heap_of(at).assign(state.row, rows_[i]);
  }
  if (!spec_.at_end) give(at);
  return outbox_.drain(out);
}

// From what was given to what stands now.
void single_row::give(char* at) {
  row_state& state = state_of(at);
  const std::string_view now = state.count > 0 ? state.row.view() : std::string_view(null_row_);
  if (state.given.view() == now) return;
  if (state.given.size == 0) {
    made_.add_copy(data::change_kind::insert, now);
  } else {
    made_.add_copy(data::change_kind::update_before, state.given.view());
    made_.add_copy(data::change_kind::update_after, now);
  }
  outbox_.put_split(made_.finish(codec_), context_->batch_rows);
  table_->heap_of(at).assign(state.given, now);
}

result<progress> single_row::finish(input_id, output& out) {
  give(payload());
  return outbox_.drain(out);
}

}  // namespace millrace::operators
