#include "core/plan/lower/scan_reads.hpp"

namespace millrace::plan {
namespace {

// What a value of type `pruned` still has of the declared one: ROWs lose fields, by their names.
column_need need_of(const data::data_type& whole, const data::data_type& pruned) {
  column_need need;
  need.whole = whole.id() != data::type_id::row || pruned.same_kind(whole);
  if (need.whole) return need;
  for (const auto& f : pruned.fields())
    for (std::uint32_t i = 0; i < whole.fields().size(); ++i)
      if (whole.fields()[i].name == f.name)
        need.fields.emplace(i, need_of(whole.fields()[i].type, f.type));
  return need;
}

node_need needs_of(const table_definition& table, const std::vector<std::uint32_t>& given,
                   const std::vector<logical_column>& columns) {
  node_need readers;
  readers.columns.resize(table.columns.size());
  for (std::size_t i = 0; i < given.size(); ++i) {
    const auto& column = table.columns[given[i]];
    readers.columns[given[i]] = column.kind == column_kind::computed
                                    ? column_need{true, {}}
                                    : need_of(column.type, columns[i].type);
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
    const auto type = narrowed(c.type, need);
    place_[i] = static_cast<std::uint32_t>(reads_.size());
    reads_.push_back({i, type});
    columns_.push_back({c.name, type, time_attribute::none});
  }
}

result<expr::expr_ptr> scan_reads::read_path(const row_field_path& path,
                                             const data::data_type& type) const {
  const auto at = place_[path.column];
  return narrowed_path(expr::make_column(at, reads_[at].type), needs_.columns[path.column],
                       path.fields, type);
}

result<expr::expr_ptr> scan_reads::rewritten(const expr::expr_ptr& e) const {
  if (e->kind == expr::expr_kind::literal) return e;
  if (const auto path = field_path(*e)) {
    const auto& column = table_.columns[path->column];
    if (column.kind != column_kind::computed) return read_path(*path, e->type);
    if (path->fields.empty()) return rewritten(column.computed);
  }
  auto copy = std::make_shared<expr::bound_expr>(*e);
  for (auto& a : copy->arguments) {
    MILLRACE_TRY(a, rewritten(a));
  }
  return expr::expr_ptr(copy);
}

}  // namespace millrace::plan
