#include "core/sql/bind/block_state.hpp"

namespace millrace::sql {

using expr::expr_ptr;

std::uint32_t column_list::add(const expr_ptr& e) {
  for (std::size_t i = 0; i < expressions_.size(); ++i)
    if (expressions_[i] == e || expr::equal(*expressions_[i], *e))
      return static_cast<std::uint32_t>(i);
  expressions_.push_back(e);
  return static_cast<std::uint32_t>(expressions_.size() - 1);
}

plan::logical_ptr column_list::project(plan::logical_ptr input) const {
  if (expressions_.empty()) return input;
  std::vector<std::string> names;
  for (std::size_t i = 0; i < expressions_.size(); ++i) {
    const auto& e = *expressions_[i];
    const bool column = e.kind == expr::expr_kind::column && e.column < input->columns.size();
    names.push_back(column ? input->columns[e.column].name : "$f" + std::to_string(i));
  }
  return make_project(expressions_, names, std::move(input));
}

result<expr_ptr> resolved(const expr_ptr& e, pending_kind kind,
                          const std::vector<expr_ptr>& values) {
  return rewrite(e, [&](const expr_ptr& part) -> result<expr_ptr> {
    if (part->kind != expr::expr_kind::column) return expr_ptr();
    const auto number = pending_number(kind, part->column);
    return number < 0 ? expr_ptr() : values[static_cast<std::size_t>(number)];
  });
}

}  // namespace millrace::sql
