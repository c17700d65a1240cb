#include "core/sql/bind/match_binder.hpp"

#include "core/expr/registry.hpp"
#include "core/sql/ast/query.hpp"
#include "core/sql/bind/clause_binder.hpp"

#include <algorithm>

namespace millrace::sql {

using expr::expr_ptr;
using plan::match_reference;
using reference_kind = plan::match_reference::kind;

namespace {

// Binds an expression over the rows of one variable, such as the argument of an aggregate:
// `A.price * A.volume` reads the input's columns and tells that the rows are those of A.
class row_value_binder : public expression_binder {
 public:
  row_value_binder(query_binder& queries, const name_scope& scope, std::string_view clause,
                   const pattern_names& names)
      : expression_binder(queries, scope, clause), names_(names) {}

  /// Empty: rows of all variables.
  [[nodiscard]] std::vector<std::uint32_t> variables() const {
    return variables_.value_or(std::vector<std::uint32_t>());
  }
  result<void> note(const std::vector<std::uint32_t>& variables, text_position at) {
    if (variables_ && *variables_ != variables)
      return make_error(errc::sql_bad_pattern, at,
                        "an aggregate or FIRST, LAST, PREV, NEXT reads rows of one variable only",
                        "write one call per variable and combine them outside");
    variables_ = variables;
    return {};
  }

 protected:
  result<expr_ptr> bind_identifier(const identifier& id, text_position at) override {
    const auto variable = names_.meaning.find(id.parts[0].text);
    if (variable == names_.meaning.end() || id.parts.size() == 1) {
      MILLRACE_CHECK(note({}, at));
      return expression_binder::bind_identifier(id, at);
    }
    MILLRACE_CHECK(note(variable->second, at));
    return expression_binder::bind_identifier({{id.parts.begin() + 1, id.parts.end()}},
                                              id.parts[1].at);
  }

 private:
  const pattern_names& names_;
  std::optional<std::vector<std::uint32_t>> variables_;
};

bool same_value(const expr_ptr& a, const expr_ptr& b) {
  if (!a || !b) return !a && !b;
  return expr::equal(*a, *b);
}

bool same(const match_reference& a, const match_reference& b) {
  return a.what == b.what && a.variables == b.variables && a.offset == b.offset &&
         a.physical == b.physical && a.distinct == b.distinct &&
         a.overload.update == b.overload.update && a.overload.emit == b.overload.emit &&
         same_value(a.value, b.value);
}

}  // namespace

expr_ptr match_binder::add(match_reference reference) {
  auto type = reference.type;
  for (std::uint32_t i = 0; i < spec_.references.size(); ++i)
    if (same(spec_.references[i], reference)) return expr::make_column(i, std::move(type));
  spec_.references.push_back(std::move(reference));
  return expr::make_column(static_cast<std::uint32_t>(spec_.references.size() - 1),
                           std::move(type));
}

// `A.price` is the last row of A; within A's own condition that is the current row, as is a column
// without a variable.
result<match_reference> match_binder::reference_to(const expression& e) {
  row_value_binder binder(queries(), scope(), clause(), names_);
  match_reference reference;
  MILLRACE_TRY(reference.value, binder.bind(e));
  reference.variables = binder.variables();
  reference.type = reference.value->type.as_nullable();
  return reference;
}

result<expr_ptr> match_binder::bind_identifier(const identifier& id, text_position at) {
  MILLRACE_TRY(auto reference, reference_to(expression{at, id}));
  const auto& column = *reference.value;
  const bool partition =
      reference.variables.empty() && column.kind == expr::expr_kind::column &&
      std::count(spec_.partition.begin(), spec_.partition.end(), column.column) != 0;
  const auto current =
      defining_ ? std::vector<std::uint32_t>{*defining_} : std::vector<std::uint32_t>();
  if (defining_ && (reference.variables.empty() || reference.variables == current)) {
    reference.what = reference_kind::current_row;
    reference.variables.clear();
    reference.type = column.type;
  } else if (partition) {
    reference.what = reference_kind::partition_column;
    reference.type = column.type;
  }
  return add(std::move(reference));
}

result<expr_ptr> match_binder::bind_aggregate(const std::string& function, const function_call& e,
                                              text_position at) {
  match_reference reference;
  reference.what = reference_kind::aggregate;
  reference.distinct = e.quantifier == set_quantifier::distinct;
  if (e.filter || !e.within_group.empty() || reference.distinct)
    return make_error(errc::sql_bad_pattern, at,
                      "aggregates of MATCH_RECOGNIZE take neither DISTINCT nor FILTER",
                      "aggregate a CASE instead, or count distinct values behind it");
  std::vector<expr_ptr> arguments;
  const auto* all = e.arguments.size() == 1 ? e.arguments[0].value.get_if<star>() : nullptr;
  if (all != nullptr && all->qualifier.size() == 1) {
    const auto variable = names_.meaning.find(all->qualifier[0].text);
    if (variable == names_.meaning.end())
      return make_error(errc::sql_bad_pattern, all->qualifier[0].at,
                        "no pattern variable '" + all->qualifier[0].text + "'",
                        hint_for(all->qualifier[0].text, names_.variables));
    reference.variables = variable->second;
  } else if (!e.star) {
    row_value_binder binder(queries(), scope(), clause(), names_);
    for (const auto& a : e.arguments) {
      MILLRACE_TRY(auto bound, binder.bind(a.value));
      arguments.push_back(std::move(bound));
    }
    reference.variables = binder.variables();
  }
  std::vector<expr_ptr> constants;
  MILLRACE_CHECK(resolve_aggregate(function, at, arguments, constants, reference.overload));
  if (arguments.size() > 1 || constants.size() > 1)
    return make_error(errc::sql_not_supported, at,
                      function + " of several arguments is not supported in MATCH_RECOGNIZE");
  if (!arguments.empty()) reference.value = arguments[0];
  reference.type = reference.overload.result_type;
  return add(std::move(reference));
}

result<expr_ptr> match_binder::bind_match_mode(const unary_operation& e, text_position at) {
  if (e.op == unary_operator::final_ && defining_)
    return make_error(errc::sql_bad_pattern, at, "FINAL cannot stand in DEFINE",
                      "the match has no end yet while its rows are tested");
  return bind(*e.operand);
}

namespace {

result<std::int32_t> offset_of(const function_call& e, std::int32_t otherwise, text_position at) {
  if (e.arguments.empty() || e.arguments.size() > 2)
    return make_error(errc::sql_bad_argument, at,
                      "FIRST, LAST, PREV and NEXT take a value and an offset");
  if (e.arguments.size() == 1) return otherwise;
  MILLRACE_TRY(const auto offset, constant_count(e.arguments[1].value, "the offset"));
  if (offset > 1'000'000)
    return make_error(errc::sql_bad_argument, e.arguments[1].value.at,
                      "the offset is larger than 1000000");
  return static_cast<std::int32_t>(offset);
}

}  // namespace

result<expr_ptr> match_binder::bind_logical(bool first, const function_call& e, text_position at) {
  MILLRACE_TRY(const auto offset, offset_of(e, 0, at));
  MILLRACE_TRY(auto reference, reference_to(e.arguments[0].value));
  reference.what = first ? reference_kind::first : reference_kind::last;
  reference.offset = offset;
  return add(std::move(reference));
}

// PREV(A.price, n), or PREV(LAST(A.price, m), n). Flink has neither PREV nor NEXT; NEXT stays out
// because a row that has yet to come would be NULL now and a value later.
result<expr_ptr> match_binder::bind_physical(bool previous, const function_call& e,
                                             text_position at) {
  if (!previous)
    return make_error(errc::sql_bad_pattern, at, "NEXT looks at rows that have yet to come",
                      "name the next row with a variable of the pattern");
  MILLRACE_TRY(const auto steps, offset_of(e, 1, at));
  const auto* inner = e.arguments[0].value.get_if<function_call>();
  match_reference reference;
  std::string inner_name;
  if (inner != nullptr) {
    MILLRACE_TRY(inner_name, function_name(*inner, e.arguments[0].value.at));
  }
  if (inner_name == "FIRST" || inner_name == "LAST") {
    MILLRACE_TRY(reference.offset, offset_of(*inner, 0, at));
    const auto offset = reference.offset;
    MILLRACE_TRY(reference, reference_to(inner->arguments[0].value));
    reference.offset = offset;
    if (inner_name == "FIRST") reference.what = reference_kind::first;
  } else {
    MILLRACE_TRY(reference, reference_to(e.arguments[0].value));
  }
  reference.physical = -steps;
  return add(std::move(reference));
}

result<expr_ptr> match_binder::bind_clause_function(const std::string& function,
                                                    const function_call& e, text_position at) {
  if (function == "FIRST" || function == "LAST") return bind_logical(function == "FIRST", e, at);
  if (function == "PREV" || function == "NEXT") return bind_physical(function == "PREV", e, at);
  if (function == "MATCH_ROWTIME") {
    match_reference reference;
    reference.value = column_of(*input().node, spec_.order_column);
    reference.type = reference.value->type;
    return add(std::move(reference));
  }
  if (function == "MATCH_PROCTIME") return call(at, "PROCTIME", {});
  if (function == "CLASSIFIER" || function == "MATCH_NUMBER")
    return make_error(errc::sql_not_supported, at, function + " is not supported");
  return expr_ptr();
}

}  // namespace millrace::sql
