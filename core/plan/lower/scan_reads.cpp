#include "core/plan/lower/scan_reads.hpp"

#include "core/expr/registry.hpp"

#include <algorithm>
#include <iterator>

namespace millrace::plan {
namespace {

// The fields that a ROW of type `pruned` still has, by their names.
void need_fields(const data::data_type& whole, const data::data_type& pruned, column_need& need) {
  for (const auto& f : pruned.fields())
    for (std::uint32_t i = 0; i < whole.fields().size(); ++i)
      if (whole.fields()[i].name == f.name) need.fields.insert(i);
}

node_need needs_of(const table_definition& table, const std::vector<std::uint32_t>& given,
                   const std::vector<logical_column>& columns) {
  node_need readers;
  readers.columns.resize(table.columns.size());
  for (std::size_t i = 0; i < given.size(); ++i) {
    const auto& column = table.columns[given[i]];
    const auto& type = columns[i].type;
    auto& need = readers.columns[given[i]];
    if (column.kind == column_kind::computed || type.id() != data::type_id::row ||
        type.same_kind(column.type))
      need.whole = true;
    else
      need_fields(column.type, type, need);
  }
  return reads_of_scan(table, readers);
}

}  // namespace

scan_reads::scan_reads(const table_definition& table, const std::vector<std::uint32_t>& given,
                       const std::vector<logical_column>& columns)
    : table_(table), needs_(needs_of(table, given, columns)), place_(table.columns.size(), 0) {
  make_reads();
}

void scan_reads::make_reads() {
  for (std::uint32_t i = 0; i < table_.columns.size(); ++i) {
    const auto& c = table_.columns[i];
    const auto& need = needs_.columns[i];
    if (c.kind == column_kind::computed || !need.used()) continue;
    auto type = c.type;
    if (!need.whole) {
      std::vector<data::field> fields;
      for (const auto f : need.fields) fields.push_back(c.type.fields()[f]);
      type = data::data_type::row(std::move(fields), c.type.nullable());
    }
    place_[i] = static_cast<std::uint32_t>(reads_.size());
    reads_.push_back({i, type});
    columns_.push_back({c.name, type, time_attribute::none});
  }
}

bool scan_reads::is_narrowed(std::uint32_t column) const {
  return table_.columns[column].kind != column_kind::computed && !needs_.columns[column].whole;
}

expr::expr_ptr scan_reads::read_column(std::uint32_t column) const {
  return expr::make_column(place_[column], reads_[place_[column]].type);
}

result<expr::expr_ptr> scan_reads::narrowed_field(const row_field_path& path,
                                                  const data::data_type& type) const {
  const auto& fields = needs_.columns[path.column].fields;
  const auto index = std::distance(fields.begin(), fields.find(path.field));
  return make_field(read_column(path.column), static_cast<std::int32_t>(index), type);
}

result<expr::expr_ptr> scan_reads::rewritten(const expr::expr_ptr& e) const {
  if (e->kind == expr::expr_kind::literal) return e;
  if (e->kind == expr::expr_kind::column) {
    const auto& column = table_.columns[e->column];
    if (column.kind == column_kind::computed) return rewritten(column.computed);
    return read_column(e->column);
  }
  if (const auto path = field_path(*e); path && is_narrowed(path->column))
    return narrowed_field(*path, e->type);
  auto copy = std::make_shared<expr::bound_expr>(*e);
  for (auto& a : copy->arguments) {
    MILLRACE_TRY(a, rewritten(a));
  }
  return expr::expr_ptr(copy);
}

}  // namespace millrace::plan
