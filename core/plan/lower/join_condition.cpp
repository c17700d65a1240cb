#include "core/plan/lower/join_condition.hpp"

#include <algorithm>
#include <limits>

namespace millrace::plan {
namespace {

using expr::expr_kind;
using expr::expr_ptr;

enum class side : std::uint8_t { none, left, right, both };

side side_of(const expr::bound_expr& e, std::size_t left_width) {
  std::vector<std::uint32_t> columns;
  expr::collect_columns(e, columns);
  if (columns.empty()) return side::none;
  if (columns.back() < left_width) return side::left;
  return columns.front() >= left_width ? side::right : side::both;
}

expr_ptr to_right(const expr_ptr& e, std::size_t left_width, std::size_t width) {
  std::vector<std::uint32_t> mapping(width, 0);
  for (auto i = left_width; i < width; ++i) mapping[i] = static_cast<std::uint32_t>(i - left_width);
  return expr::remap_columns(e, mapping);
}

// column + milliseconds
struct shifted_time {
  std::uint32_t column;
  std::int64_t shift_ms;
};

std::optional<std::int64_t> interval_ms(const expr::bound_expr& e) {
  if (e.kind != expr_kind::literal || e.literal->is_null(0)) return std::nullopt;
  if (e.type.id() != data::type_id::interval_day_time) return std::nullopt;
  return e.literal->value<std::int64_t>(0);
}

std::optional<shifted_time> shifted_time_of(const expr::bound_expr& e) {
  if (e.kind == expr_kind::column) return shifted_time{e.column, 0};
  if (e.kind == expr_kind::call && e.function == "CAST") {
    const auto& inner = *e.arguments[0];
    const bool time = inner.type.id() == data::type_id::timestamp ||
                      inner.type.id() == data::type_id::timestamp_ltz;
    return time && inner.type.id() == e.type.id() ? shifted_time_of(inner) : std::nullopt;
  }
  if (e.kind != expr_kind::call || e.arguments.size() != 2 ||
      (e.function != "+" && e.function != "-"))
    return std::nullopt;
  auto time = shifted_time_of(*e.arguments[0]);
  auto shift = interval_ms(*e.arguments[1]);
  if (!time && e.function == "+") {
    time = shifted_time_of(*e.arguments[1]);
    shift = interval_ms(*e.arguments[0]);
  }
  if (!time || !shift) return std::nullopt;
  time->shift_ms += e.function == "+" ? *shift : -*shift;
  return time;
}

constexpr std::int64_t open = std::numeric_limits<std::int64_t>::max();

// What one conjunct says of left.time - right.time.
struct half_bound {
  std::uint32_t left_time;
  std::uint32_t right_time;
  std::int64_t lower = -open;
  std::int64_t upper = open;
};

std::optional<half_bound> half_bound_of(const expr::bound_expr& e,
                                        const std::vector<logical_column>& left,
                                        const std::vector<logical_column>& right) {
  if (e.kind != expr_kind::call || e.arguments.size() != 2) return std::nullopt;
  auto op = e.function;
  if (op != "<" && op != "<=" && op != ">" && op != ">=" && op != "=") return std::nullopt;
  auto a = shifted_time_of(*e.arguments[0]);
  auto b = shifted_time_of(*e.arguments[1]);
  if (!a || !b) return std::nullopt;
  if (a->column >= left.size()) {
    std::swap(a, b);
    if (op != "=") op[0] = op[0] == '<' ? '>' : '<';
  }
  if (a->column >= left.size() || b->column < left.size()) return std::nullopt;
  const auto right_column = b->column - static_cast<std::uint32_t>(left.size());
  const auto kind = left[a->column].time;
  if (kind == time_attribute::none || right[right_column].time != kind) return std::nullopt;
  // left + sa OP right + sb  =>  left - right OP sb - sa
  const auto bound = b->shift_ms - a->shift_ms;
  half_bound out{a->column, right_column};
  if (op == "=" || op == "<=") out.upper = bound;
  if (op == "=" || op == ">=") out.lower = bound;
  if (op == "<") out.upper = bound - 1;
  if (op == ">") out.lower = bound + 1;
  return out;
}

}  // namespace

join_condition split_join_condition(const expr_ptr& condition, std::size_t left_width,
                                    std::size_t width) {
  join_condition out;
  if (!condition) return out;
  std::vector<expr_ptr> conjuncts;
  expr::split_conjunction(condition, conjuncts);
  for (const auto& c : conjuncts) {
    const bool null_safe = c->function == "IS NOT DISTINCT FROM";
    if (c->kind == expr_kind::call && (c->function == "=" || null_safe) &&
        expr::is_deterministic(*c)) {
      auto a = c->arguments[0];
      auto b = c->arguments[1];
      if (side_of(*a, left_width) == side::right) std::swap(a, b);
      if (side_of(*a, left_width) == side::left && side_of(*b, left_width) == side::right) {
        out.left_keys.push_back(a);
        out.right_keys.push_back(to_right(b, left_width, width));
        out.null_matches.push_back(null_safe);
        continue;
      }
    }
    out.rest.push_back(c);
  }
  return out;
}

std::optional<time_bounds> take_time_bounds(std::vector<expr_ptr>& rest,
                                            const std::vector<logical_column>& left,
                                            const std::vector<logical_column>& right) {
  std::optional<half_bound> all;
  std::vector<expr_ptr> others;
  for (const auto& c : rest) {
    const auto half = half_bound_of(*c, left, right);
    const bool fits =
        half &&
        (!all || (all->left_time == half->left_time && all->right_time == half->right_time));
    if (!fits) {
      others.push_back(c);
      continue;
    }
    if (!all) all = half_bound{half->left_time, half->right_time};
    all->lower = std::max(all->lower, half->lower);
    all->upper = std::min(all->upper, half->upper);
  }
  if (!all || all->lower == -open || all->upper == open) return std::nullopt;
  rest = std::move(others);
  return time_bounds{all->left_time, all->right_time, all->lower, all->upper};
}

std::string_view name_of(join_kind kind) {
  constexpr std::string_view names[] = {"InnerJoin",     "LeftOuterJoin", "RightOuterJoin",
                                        "FullOuterJoin", "LeftSemiJoin",  "LeftAntiJoin"};
  return names[static_cast<std::size_t>(kind)];
}

expr::expr_ptr widened(const expr::expr_ptr& e, std::size_t left_old, std::size_t left_new,
                       std::size_t width) {
  std::vector<std::uint32_t> mapping(width);
  for (std::uint32_t i = 0; i < width; ++i)
    mapping[i] = i < left_old ? i : static_cast<std::uint32_t>(i - left_old + left_new);
  return expr::remap_columns(e, mapping);
}

}  // namespace millrace::plan
