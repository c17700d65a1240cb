#include "core/connectors/projection.hpp"

namespace millrace::connectors {
namespace {

// A ROW column with just the fields of `type`, whatever lies in between.
data::column_ptr pruned(const data::column_ptr& column, const data::data_type& type) {
  if (type.id() != data::type_id::row || column->layout == data::encoding::dictionary ||
      column->type.same_kind(type))
    return column;
  data::column out = *column;
  out.type = type;
  out.children.clear();
  for (const auto& field : type.fields())
    for (std::size_t i = 0; i < column->type.fields().size(); ++i)
      if (column->type.fields()[i].name == field.name)
        out.children.push_back(pruned(column->children[i], field.type));
  return std::make_shared<const data::column>(std::move(out));
}

}  // namespace

projection::projection(const plan::source_spec& spec) {
  for (const auto& read : spec.reads) {
    std::uint32_t physical = 0;
    for (std::uint32_t i = 0; i < read.column; ++i)
      physical += spec.table->columns[i].kind == plan::column_kind::physical ? 1 : 0;
    parts_.push_back({physical, read.type});
  }
}

data::batch_ptr projection::apply(const data::record_batch& whole) const {
  std::vector<data::column_ptr> columns;
  for (const auto& p : parts_) columns.push_back(pruned(whole.column_at(p.physical), p.type));
  return whole.with_columns(std::move(columns));
}

data::schema physical_schema(const plan::table_definition& table) {
  data::schema out;
  for (const auto& column : table.columns)
    if (column.kind == plan::column_kind::physical)
      out.fields.push_back({column.name, column.type});
  return out;
}

}  // namespace millrace::connectors
