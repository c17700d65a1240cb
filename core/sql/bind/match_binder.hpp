#pragma once

#include "core/plan/pattern.hpp"
#include "core/sql/bind/expression_binder.hpp"
#include "core/sql/bind/match_pattern.hpp"

#include <optional>

namespace millrace::sql {

/// Binds the expressions of DEFINE and MEASURES. Columns of the bound expressions are indices into
/// `spec.references`; equal references are one.
class match_binder : public expression_binder {
 public:
  /// `defining`: the variable whose condition is bound (its last row is the current one); empty in
  /// MEASURES.
  match_binder(query_binder& queries, const name_scope& scope, const pattern_names& names,
               std::optional<std::uint32_t> defining, plan::match_spec& spec)
      : expression_binder(queries, scope, defining ? "DEFINE" : "MEASURES"),
        names_(names),
        defining_(defining),
        spec_(spec) {}

 protected:
  result<expr::expr_ptr> bind_identifier(const identifier& id, text_position at) override;
  result<expr::expr_ptr> bind_aggregate(const std::string& function, const function_call& call,
                                        text_position at) override;
  result<expr::expr_ptr> bind_match_mode(const unary_operation& e, text_position at) override;
  result<expr::expr_ptr> bind_clause_function(const std::string& function,
                                              const function_call& call, text_position at) override;

 private:
  result<expr::expr_ptr> bind_logical(bool first, const function_call& call, text_position at);
  result<expr::expr_ptr> bind_physical(bool previous, const function_call& call, text_position at);
  result<plan::match_reference> reference_to(const expression& e);
  expr::expr_ptr add(plan::match_reference reference);

  const pattern_names& names_;
  std::optional<std::uint32_t> defining_;
  plan::match_spec& spec_;
};

}  // namespace millrace::sql
