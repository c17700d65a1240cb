#include "core/expr/bound_expr.hpp"

#include "core/expr/literals.hpp"
#include "core/expr/scalar_function.hpp"

#include <algorithm>
#include <cstring>
#include <functional>

namespace millrace::expr {
namespace {

void mix(std::size_t& seed, std::size_t value) {
  seed ^= value + 0x9e3779b97f4a7c15ULL + (seed << 6) + (seed >> 2);
}

bool equal_values(const data::column& a, const data::column& b);

bool equal_ranges(const data::column& a, const data::column& b, std::uint32_t from_a,
                  std::uint32_t to_a, std::uint32_t from_b, std::uint32_t to_b) {
  if (to_a - from_a != to_b - from_b) return false;
  const std::uint32_t count = to_a - from_a;
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto x = data::constant_of(a, from_a + i, 1);
    const auto y = data::constant_of(b, from_b + i, 1);
    if (!equal_values(*x, *y)) return false;
  }
  return true;
}

// Bitwise equality of the one value in each: 0.0 is not -0.0 here, or folding would mix them up.
bool equal_values(const data::column& a, const data::column& b) {
  if (a.is_null(0) || b.is_null(0)) return a.is_null(0) && b.is_null(0);
  if (data::is_variable_length(a.type.id())) return a.text(0) == b.text(0);
  if (const auto width = data::fixed_width(a.type.id()); width != 0)
    return std::memcmp(a.values->data(), b.values->data(), width) == 0;
  const bool listed = a.type.id() != data::type_id::row;
  for (std::size_t i = 0; i < a.children.size(); ++i) {
    const auto begin = listed ? a.offset_data()[0] : 0;
    const auto end = listed ? a.offset_data()[1] : 1;
    const auto other_begin = listed ? b.offset_data()[0] : 0;
    const auto other_end = listed ? b.offset_data()[1] : 1;
    if (!equal_ranges(*a.children[i], *b.children[i], begin, end, other_begin, other_end))
      return false;
  }
  return true;
}

std::size_t hash_of_literal(const data::column& c) {
  if (c.is_null(0)) return 0;
  if (data::is_variable_length(c.type.id())) return std::hash<std::string_view>()(c.text(0));
  if (const auto width = data::fixed_width(c.type.id()); width != 0)
    return std::hash<std::string_view>()({c.values->as<char>(), width});
  return c.children.size();
}

template <class F>
expr_ptr rewrite(const expr_ptr& e, F&& leaf) {
  if (e->kind == expr_kind::column) return leaf(e);
  if (e->kind == expr_kind::literal) return e;
  std::vector<expr_ptr> arguments;
  arguments.reserve(e->arguments.size());
  bool changed = false;
  for (const auto& a : e->arguments) {
    arguments.push_back(rewrite(a, leaf));
    changed |= arguments.back() != a;
  }
  if (!changed) return e;
  auto copy = std::make_shared<bound_expr>(*e);
  copy->arguments = std::move(arguments);
  return copy;
}

template <class F>
bool any_call(const bound_expr& e, F&& f) {
  if (e.kind != expr_kind::call) return false;
  if (f(e)) return true;
  return std::any_of(e.arguments.begin(), e.arguments.end(),
                     [&](const expr_ptr& a) { return any_call(*a, f); });
}

bool is_infix(const std::string& name) {
  static constexpr std::string_view signs[] = {"+",
                                               "-",
                                               "*",
                                               "/",
                                               "%",
                                               "=",
                                               "<>",
                                               "<",
                                               "<=",
                                               ">",
                                               ">=",
                                               "||",
                                               "OR",
                                               "LIKE",
                                               "IN",
                                               "NOT IN",
                                               "SIMILAR TO",
                                               "IS DISTINCT FROM",
                                               "IS NOT DISTINCT FROM"};
  return std::find(std::begin(signs), std::end(signs), name) != std::end(signs);
}

std::string call_text(const bound_expr& e, const std::vector<std::string>& names) {
  std::vector<std::string> parts;
  for (const auto& a : e.arguments) parts.push_back(to_text(*a, names));
  if (e.function == "CAST" || e.function == "TRY_CAST")
    return e.function + "(" + parts[0] + " AS " + data::to_text(e.type.as_nullable()) + ")";
  if (e.function == "FIELD") {
    const auto& fields = e.arguments[0]->type.fields();
    const auto index = e.arguments[1]->literal->value<std::int32_t>(0);
    return parts[0] + "." + fields[static_cast<std::size_t>(index)].name;
  }
  if (e.function.starts_with("IS ") && parts.size() == 1) return parts[0] + " " + e.function;
  const bool chained = e.function == "AND" || e.function == "OR";
  if (parts.size() == 2 && (chained || (is_infix(e.function) && !e.function.ends_with("IN"))))
    return "(" + parts[0] + " " + e.function + " " + parts[1] + ")";
  const bool listed = e.function == "IN" || e.function == "NOT IN";
  std::string text = listed ? parts[0] + " " + e.function + " (" : e.function + "(";
  for (std::size_t i = listed ? 1 : 0; i < parts.size(); ++i)
    text += (i > (listed ? 1U : 0U) ? ", " : "") + parts[i];
  return text + ")";
}

}  // namespace

expr_ptr make_column(std::uint32_t index, data::data_type type) {
  auto e = std::make_shared<bound_expr>();
  e->kind = expr_kind::column;
  e->type = std::move(type);
  e->column = index;
  return e;
}

expr_ptr make_literal(data::column_ptr one_value) {
  auto e = std::make_shared<bound_expr>();
  e->kind = expr_kind::literal;
  e->type = one_value->type.as_nullable(one_value->is_null(0));
  e->literal = std::move(one_value);
  return e;
}

bool equal(const bound_expr& a, const bound_expr& b) {
  if (&a == &b) return true;
  if (a.kind != b.kind || a.type != b.type) return false;
  if (a.kind == expr_kind::column) return a.column == b.column;
  if (a.kind == expr_kind::literal) return equal_values(*a.literal, *b.literal);
  return a.function == b.function &&
         std::equal(a.arguments.begin(), a.arguments.end(), b.arguments.begin(), b.arguments.end(),
                    [](const expr_ptr& x, const expr_ptr& y) { return equal(*x, *y); });
}

std::size_t hash_of(const bound_expr& e) {
  std::size_t seed = static_cast<std::size_t>(e.kind) * 31 + static_cast<std::size_t>(e.type.id());
  if (e.kind == expr_kind::column) {
    mix(seed, e.column);
  } else if (e.kind == expr_kind::literal) {
    mix(seed, hash_of_literal(*e.literal));
  } else {
    mix(seed, std::hash<std::string>()(e.function));
    for (const auto& a : e.arguments) mix(seed, hash_of(*a));
  }
  return seed;
}

std::string to_text(const bound_expr& e, const std::vector<std::string>& names) {
  if (e.kind == expr_kind::column)
    return e.column < names.size() ? names[e.column] : "$" + std::to_string(e.column);
  return e.kind == expr_kind::literal ? literal_text(*e.literal) : call_text(e, names);
}

expr_ptr remap_columns(const expr_ptr& e, const std::vector<std::uint32_t>& mapping) {
  return rewrite(e, [&](const expr_ptr& c) {
    return mapping[c->column] == c->column ? c : make_column(mapping[c->column], c->type);
  });
}

expr_ptr substitute(const expr_ptr& e, const std::vector<expr_ptr>& by) {
  return rewrite(e, [&](const expr_ptr& c) { return by[c->column]; });
}

void collect_columns(const bound_expr& e, std::vector<std::uint32_t>& into) {
  if (e.kind == expr_kind::column) {
    const auto at = std::lower_bound(into.begin(), into.end(), e.column);
    if (at == into.end() || *at != e.column) into.insert(at, e.column);
  }
  for (const auto& a : e.arguments) collect_columns(*a, into);
}

bool is_deterministic(const bound_expr& e) {
  return !any_call(e, [](const bound_expr& c) { return !c.overload->deterministic; });
}

bool can_fail(const bound_expr& e) {
  return any_call(e, [](const bound_expr& c) { return c.overload->can_fail; });
}

void split_conjunction(const expr_ptr& e, std::vector<expr_ptr>& into) {
  if (e->kind == expr_kind::call && e->function == "AND") {
    for (const auto& a : e->arguments) split_conjunction(a, into);
  } else {
    into.push_back(e);
  }
}

}  // namespace millrace::expr
