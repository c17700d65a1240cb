#include "core/operators/aggregate/final_groups.hpp"

#include "core/expr/key_hash.hpp"

namespace millrace::operators {

final_groups::final_groups(std::vector<data::data_type> output, std::size_t groups)
    : output_types_(std::move(output)),
      key_columns_(groups),
      decoder_({output_types_.begin(), output_types_.begin() + static_cast<long>(groups)}) {}

tables::readiness final_groups::add_total(group_calls& calls, tables::table_set& tables) {
  if (tables.prefetch(expr::empty_key_hash) == tables::readiness::loading)
    return tables::readiness::loading;
  (void)calls.groups().find_or_insert(tables::key_view{expr::empty_key_hash, "", 0, 0});
  return tables::readiness::ready;
}

result<piece> final_groups::next(group_calls& calls, tables::table_set& tables, std::uint32_t rows,
                                 outbox& to) {
  MILLRACE_TRY(const piece step, drain_.next(calls.groups(), tables, rows));
  if (step != piece::done) return step;
  MILLRACE_TRY(auto batch, rows_of(calls));
  to.put(std::move(batch));
  for (char* payload : drain_.keys()) calls.erase(payload);
  return step;
}

result<data::batch_ptr> final_groups::rows_of(group_calls& calls) const {
  std::vector<tables::key_view> keys;
  for (const char* payload : drain_.keys()) keys.push_back(calls.groups().key_of(payload));
  const auto count = static_cast<std::uint32_t>(keys.size());
  std::vector<data::column_ptr> columns;
  for (std::uint32_t c = 0; c < output_types_.size(); ++c) {
    data::column_builder out(output_types_[c], count);
    if (c < key_columns_)
      decoder_.decode_column(keys, c, out);
    else
      MILLRACE_CHECK(calls.emit(c - key_columns_, drain_.keys(), out));
    columns.push_back(out.finish());
  }
  return data::batch_ptr(std::make_shared<const data::record_batch>(std::move(columns), count));
}

}  // namespace millrace::operators
