#include "core/operators/stateless/expand.hpp"

namespace millrace::operators {
namespace {

data::column_ptr constant_bigint(std::int64_t value, std::uint32_t rows) {
  data::column_builder one(data::data_type(data::type_id::bigint, false), 1);
  one.append(value);
  return data::constant_of(*one.finish(), 0, rows);
}

}  // namespace

result<progress> expand_operator::process(input_id, const data::batch_ptr& batch, output& out) {
  const std::uint32_t rows = batch->stored_rows();
  for (std::size_t s = 0; s < spec_.keep.size(); ++s) {
    auto columns = batch->columns();
    for (std::size_t c = 0; c < columns.size(); ++c)
      if (!spec_.keep[s][c]) columns[c] = data::null_column(columns[c]->type.as_nullable(), rows);
    columns.push_back(constant_bigint(spec_.grouping_ids[s], rows));
    outbox_.put(batch->with_columns(std::move(columns))->with_hashes(nullptr));
  }
  return outbox_.drain(out);
}

}  // namespace millrace::operators
