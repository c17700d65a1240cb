#include "core/expr/program.hpp"

#include "core/expr/branch_blend.hpp"
#include "core/expr/kernel.hpp"

#include <algorithm>

namespace millrace::expr {

program::batch_guard::batch_guard(program& code, std::span<const data::column_ptr> columns)
    : code_(code) {
  code_.columns_ = columns;
  code_.scopes_.clear();
  code_.open_scope();
}

program::batch_guard::~batch_guard() {
  for (auto& n : code_.nodes_) n.value.reset();
  code_.kept_.clear();
  code_.columns_ = {};
}

result<std::uint32_t> program::add(const expr_ptr& e) {
  const std::size_t hash = hash_of(*e);
  const bool once = e->kind != expr_kind::call || e->overload->deterministic;
  if (once) {
    const auto [begin, end] = by_hash_.equal_range(hash);
    for (auto at = begin; at != end; ++at)
      if (equal(*nodes_[at->second].e, *e) && is_deterministic(*e)) return at->second;
  }
  MILLRACE_TRY(const auto index, make_node(e));
  by_hash_.emplace(hash, index);
  return index;
}

namespace {

bool is_case(const bound_expr& e) {
  return e.kind == expr_kind::call && (e.overload->special == special_form::case_when ||
                                       e.overload->special == special_form::if_then);
}

}  // namespace

result<std::uint32_t> program::make_node(const expr_ptr& e) {
  node n;
  n.e = e;
  bool simple_arguments = true;
  n.cheap = e->kind != expr_kind::call || e->overload->cheap;
  n.can_fail = e->kind == expr_kind::call && e->overload->can_fail;
  std::vector<data::column_ptr> literals;
  for (const auto& a : e->arguments) {
    MILLRACE_TRY(const auto child, add(a));
    n.arguments.push_back(child);
    n.cheap &= nodes_[child].cheap;
    simple_arguments &= is_simple(child);
    n.can_fail |= nodes_[child].can_fail;
    literals.push_back(a->kind == expr_kind::literal ? a->literal : nullptr);
  }
  if (e->kind == expr_kind::call && e->overload->prepare != nullptr) {
    MILLRACE_TRY(n.prepared, e->overload->prepare(*e->overload, literals, *context));
  }
  n.blends = simple_arguments && is_case(*e) && data::is_fixed_width(e->type.id());
  nodes_.push_back(std::move(n));
  return static_cast<std::uint32_t>(nodes_.size() - 1);
}

result<data::column_ptr> program::run(std::uint32_t at, const row_set& rows) {
  node& n = nodes_[at];
  if (n.value && n.depth < scopes_.size() && scopes_[n.depth] == n.scope) return n.value;
  MILLRACE_TRY(auto value, compute(n, rows));
  n.value = value;
  n.depth = scopes_.size() - 1;
  n.scope = scopes_.back();
  return value;
}

result<data::column_ptr> program::compute(node& n, const row_set& rows) {
  switch (n.e->kind) {
    case expr_kind::column: return run_column(n);
    case expr_kind::literal: return literal(n, rows.stored);
    case expr_kind::call: return run_call(n, rows);
  }
  return make_error(errc::internal, "unknown kind of expression");
}

data::column_ptr program::literal(node& n, std::uint32_t stored) {
  if (!n.repeated || n.repeated->length != stored)
    n.repeated = data::constant_of(*n.e->literal, 0, stored);
  return n.repeated;
}

result<data::column_ptr> program::run_column(const node& n) const {
  if (n.e->column >= columns_.size())
    return make_error(errc::internal, "expression reads column " + std::to_string(n.e->column) +
                                          " of a batch of " + std::to_string(columns_.size()) +
                                          " columns");
  return data::decoded(columns_[n.e->column]);
}

result<data::column_ptr> program::run_call(node& n, const row_set& rows) {
  switch (n.e->overload->special) {
    case special_form::logical_and: return run_junction(n, rows, true);
    case special_form::logical_or: return run_junction(n, rows, false);
    case special_form::case_when:
    case special_form::if_then: return run_case(n, rows);
    case special_form::coalesce: return run_coalesce(n, rows);
    case special_form::none: break;
  }
  std::vector<data::column_ptr> arguments;
  arguments.reserve(n.arguments.size());
  for (const auto a : n.arguments) {
    MILLRACE_TRY(auto column, run(a, rows));
    arguments.push_back(std::move(column));
  }
  return run_kernel(n, rows, arguments);
}

namespace {

data::column_ptr as_constant(const data::column_ptr& one_row, std::uint32_t stored) {
  return data::constant_of(*one_row, 0, stored);
}

// Validity of all arguments together; `all_null` when one of them is NULL in every row.
data::buffer_ref valid_of_all(std::span<const data::column_ptr> arguments, std::uint32_t rows,
                              bool& all_null) {
  data::buffer_ref valid;
  for (const auto& a : arguments) {
    if (a->type.id() == data::type_id::null || (a->is_constant() && a->is_null(0))) all_null = true;
    if (!a->is_constant()) valid = both_valid(valid, a->validity, rows);
  }
  return valid;
}

}  // namespace

result<data::column_ptr> program::run_kernel(const node& n, const row_set& rows,
                                             std::span<const data::column_ptr> arguments) {
  const scalar_overload& overload = *n.e->overload;
  const bool constant = overload.deterministic && !arguments.empty() && rows.stored > 0 &&
                        std::all_of(arguments.begin(), arguments.end(),
                                    [](const auto& a) { return a->is_constant(); });
  const row_set used = constant ? row_set::all(1) : rows;
  data::buffer_ref valid;
  if (overload.null_in_null_out) {
    bool all_null = false;
    valid = valid_of_all(arguments, rows.stored, all_null);
    if (all_null) return data::null_column(n.e->type, rows.stored);
  }
  if (constant && rows.count == 0) return data::null_column(n.e->type, rows.stored);
  const auto* bits = valid ? valid->as<std::uint64_t>() : nullptr;
  MILLRACE_TRY(auto out,
               overload.kernel({n.e->type, arguments, used, *context, n.prepared.get(), bits}));
  if (constant) return as_constant(out, rows.stored);
  if (valid) {
    if (out->is_constant()) out = data::flattened(out);
    out = with_validity(out, both_valid(out->validity, valid, rows.stored));
  }
  return out;
}

result<data::column_ptr> program::run_narrowed(std::uint32_t at, const row_set& rows,
                                               const chosen_rows& chosen) {
  open_scope();
  auto out = run(at, {rows.stored, chosen.rows->as<std::uint32_t>(), chosen.count});
  close_scope();
  return out;
}

void program::flatten_junction(std::uint32_t at, const std::string& function,
                               std::vector<std::uint32_t>& into) const {
  for (const auto a : nodes_[at].arguments) {
    const bound_expr& e = *nodes_[a].e;
    if (e.kind == expr_kind::call && e.function == function && e.overload->deterministic) {
      flatten_junction(a, function, into);
    } else {
      into.push_back(a);
    }
  }
}

// Three-valued AND (OR) of all parts. A part that is dear or may fail sees only the rows that the
// parts before have not decided.
result<data::column_ptr> program::run_junction(const node& n, const row_set& rows,
                                               bool conjunction) {
  std::vector<std::uint32_t> parts;
  flatten_junction(static_cast<std::uint32_t>(&n - nodes_.data()), n.e->function, parts);
  truth_bits all(conjunction, rows.stored);
  auto& open = conjunction ? all.is_true : all.is_false;
  auto& decided = conjunction ? all.is_false : all.is_true;
  bool first = true;
  for (const auto part : parts) {
    const bool everywhere = first || is_simple(part);
    data::column_ptr value;
    if (everywhere) {
      MILLRACE_TRY(value, run(part, rows));
    } else {
      const auto left = select_clear_bits(decided, rows);
      if (left.count == 0) break;
      if (left.count == rows.count) {
        MILLRACE_TRY(value, run(part, rows));
      } else {
        MILLRACE_TRY(value, run_narrowed(part, rows, left));
      }
    }
    first = false;
    const truth_bits more(*value, rows.stored);
    const auto& more_open = conjunction ? more.is_true : more.is_false;
    const auto& more_decided = conjunction ? more.is_false : more.is_true;
    // Rows already decided may hold anything in `more`; they are not open any more and stay
    // decided.
    for (std::size_t w = 0; w < open.size(); ++w) {
      open[w] &= more_open[w];
      decided[w] |= more_decided[w];
    }
  }
  return truth_column(all, n.e->type, rows.stored);
}

// Branches that cost little and cannot fail: all for whole columns, put together by words of bits.
result<data::column_ptr> program::run_blend(const node& n, const row_set& rows) {
  std::vector<whole_branch> branches;
  const std::size_t words = data::bitmap_words(rows.stored);
  std::vector<std::uint64_t> left(words, ~std::uint64_t{0});
  const std::size_t pairs = n.arguments.size() / 2;
  for (std::size_t i = 0; i < pairs; ++i) {
    MILLRACE_TRY(const auto condition, run(n.arguments[2 * i], rows));
    truth_bits truth(*condition, rows.stored);
    for (std::size_t w = 0; w < words; ++w) {
      truth.is_true[w] &= left[w];
      left[w] &= ~truth.is_true[w];
    }
    MILLRACE_TRY(auto value, run(n.arguments[2 * i + 1], rows));
    branches.push_back({std::move(value), std::move(truth.is_true)});
  }
  if (n.arguments.size() % 2 == 1) {
    MILLRACE_TRY(auto value, run(n.arguments.back(), rows));
    branches.push_back({std::move(value), std::move(left)});
  }
  return blend_branches(n.e->type, rows.stored, branches);
}

result<data::column_ptr> program::run_case(const node& n, const row_set& rows) {
  const bool most_rows = rows.count >= rows.stored / 4;
  if (n.blends && most_rows) return run_blend(n, rows);
  std::vector<branch> branches;
  row_set left = rows;
  data::buffer_ref left_buffer;
  std::size_t opened = 0;
  const std::size_t pairs = n.arguments.size() / 2;
  auto finish = [&](result<data::column_ptr> out) {
    for (; opened > 0; --opened) close_scope();
    return out;
  };
  for (std::size_t i = 0; i < pairs && left.count > 0; ++i) {
    auto condition = run(n.arguments[2 * i], left);
    if (!condition.ok()) return finish(condition.take_error());
    const truth_bits truth(**condition, rows.stored);
    auto taken = select_true(truth, left);
    if (taken.count == 0) continue;
    const bool whole = taken.count == left.count;
    auto value = whole ? run(n.arguments[2 * i + 1], left)
                       : run_narrowed(n.arguments[2 * i + 1], left, taken);
    if (!value.ok()) return finish(value.take_error());
    auto rest = whole ? chosen_rows{nullptr, 0} : select_clear_bits(truth.is_true, left);
    branches.push_back({*value, taken.rows, taken.count});
    left_buffer = rest.rows;
    left = {rows.stored, left_buffer ? left_buffer->as<std::uint32_t>() : nullptr, rest.count};
    if (left.count > 0) {
      keep(left_buffer);
      open_scope();
      ++opened;
    }
  }
  if (left.count > 0 && n.arguments.size() % 2 == 1) {
    auto value = run(n.arguments.back(), left);
    if (!value.ok()) return finish(value.take_error());
    branches.push_back({*value, left_buffer, left.count});
  }
  return finish(merge_branches(n.e->type, rows, branches));
}

result<data::column_ptr> program::run_coalesce(const node& n, const row_set& rows) {
  std::vector<branch> branches;
  row_set left = rows;
  data::buffer_ref left_buffer;
  for (std::size_t i = 0; i < n.arguments.size() && left.count > 0; ++i) {
    const chosen_rows here{left_buffer, left.count};
    result<data::column_ptr> value =
        left_buffer ? run_narrowed(n.arguments[i], rows, here) : run(n.arguments[i], rows);
    if (!value.ok()) return value;
    const data::column& c = **value;
    const bool last = i + 1 == n.arguments.size();
    if (!c.may_have_nulls() || last) {
      branches.push_back({*value, left_buffer, left.count});
      break;
    }
    std::vector<std::uint64_t> valid(data::bitmap_words(rows.stored), 0);
    if (!c.is_constant() && c.validity)
      std::copy_n(c.validity_words(), valid.size(), valid.begin());
    else if (!c.is_null(0))
      std::fill(valid.begin(), valid.end(), ~0ULL);
    auto taken = select_bits(valid, left);
    if (taken.count > 0) branches.push_back({*value, taken.rows, taken.count});
    auto rest = select_clear_bits(valid, left);
    left_buffer = rest.rows;
    left = {rows.stored, left_buffer->as<std::uint32_t>(), rest.count};
  }
  return merge_branches(n.e->type, rows, branches);
}

}  // namespace millrace::expr
