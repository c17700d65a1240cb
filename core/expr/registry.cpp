#include "core/expr/registry.hpp"

#include "core/expr/families.hpp"
#include "core/expr/kernel.hpp"
#include "core/expr/literals.hpp"
#include "core/expr/type_rules.hpp"

#include <algorithm>
#include <string>
#include <unordered_map>

namespace millrace::expr {
namespace {

std::string upper(std::string_view name) {
  std::string out(name);
  for (char& c : out)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return out;
}

/// Entries by upper-case name, in the order of their families.
template <class Function>
class name_table {
 public:
  void add(std::span<const Function> family) {
    for (const auto& f : family) {
      by_name_.emplace(f.name, &f);
      all_.push_back(&f);
    }
  }
  [[nodiscard]] const Function* find(std::string_view name) const {
    const auto at = by_name_.find(upper(name));
    return at == by_name_.end() ? nullptr : at->second;
  }
  [[nodiscard]] const std::vector<const Function*>& all() const { return all_; }

 private:
  std::unordered_map<std::string, const Function*> by_name_;
  std::vector<const Function*> all_;
};

const name_table<scalar_function>& scalars() {
  static const auto table = [] {
    name_table<scalar_function> t;
    for (auto family : scalar_families) t.add(family());
    return t;
  }();
  return table;
}

const name_table<aggregate_function>& aggregates() {
  static const auto table = [] {
    name_table<aggregate_function> t;
    t.add(aggregate_functions());
    return t;
  }();
  return table;
}

const name_table<table_function>& table_functions_by_name() {
  static const auto table = [] {
    name_table<table_function> t;
    t.add(table_functions());
    return t;
  }();
  return table;
}

struct class_entry {
  std::string_view class_name;
  std::string_view builtin;
};
// Functions of the public Nexmark benchmark for Flink.
constexpr class_entry known_classes[] = {
    {"com.github.nexmark.flink.udf.CountChar", "COUNT_CHAR"},
};

error unknown_function(std::string_view name) {
  std::vector<std::string> known;
  for (const auto* f : scalars().all()) known.emplace_back(f->name);
  const auto near = nearest_name(upper(name), known);
  return make_error(errc::sql_unknown_function, "there is no function " + std::string(name),
                    near.empty() ? "docs/reference/functions.md lists all functions."
                                 : "Did you mean " + near + "?");
}

result<expr_ptr> assemble(const scalar_function& function, scalar_overload overload,
                          std::vector<expr_ptr> arguments) {
  if (overload.argument_types.size() == arguments.size()) {
    for (std::size_t i = 0; i < arguments.size(); ++i) {
      MILLRACE_TRY(arguments[i], make_cast(arguments[i], overload.argument_types[i]));
    }
  }
  auto e = std::make_shared<bound_expr>();
  e->kind = expr_kind::call;
  e->type = overload.result_type;
  e->function = std::string(function.name);
  e->arguments = std::move(arguments);
  e->overload = std::make_shared<const scalar_overload>(std::move(overload));
  return expr_ptr(std::move(e));
}

// `-2` is a number, not a call: ROUND(x, -2) wants to see its digits.
expr_ptr negative_literal(expr_ptr call) {
  const auto& a = call->arguments;
  const bool plain = call->function == "NEGATE" && a[0]->kind == expr_kind::literal &&
                     data::is_numeric(a[0]->type.id());
  if (!plain) return call;
  eval_context context;
  auto value = evaluate_constant(call, context);
  return value.ok() ? make_literal(std::move(*value)) : call;
}

}  // namespace

const scalar_function* find_scalar(std::string_view name) { return scalars().find(name); }
const aggregate_function* find_aggregate(std::string_view name) { return aggregates().find(name); }
const table_function* find_table_function(std::string_view name) {
  return table_functions_by_name().find(name);
}

std::string_view builtin_for_class(std::string_view class_name) {
  for (const auto& entry : known_classes)
    if (entry.class_name == class_name) return entry.builtin;
  return {};
}

std::vector<const scalar_function*> all_scalars() { return scalars().all(); }
std::vector<const aggregate_function*> all_aggregates() { return aggregates().all(); }
std::vector<const table_function*> all_table_functions() { return table_functions_by_name().all(); }

result<expr_ptr> make_call(std::string_view name, std::vector<expr_ptr> arguments,
                           const data::data_type* target) {
  const scalar_function* function = find_scalar(name);
  if (function == nullptr) return unknown_function(name);
  if (function->rewrite != nullptr) return function->rewrite(arguments);
  std::vector<data::data_type> types;
  std::vector<data::column_ptr> literals;
  for (const auto& a : arguments) {
    types.push_back(a->type);
    literals.push_back(a->kind == expr_kind::literal ? a->literal : nullptr);
  }
  MILLRACE_TRY(auto overload, function->resolve({name, types, literals, target}));
  MILLRACE_TRY(auto call, assemble(*function, std::move(overload), std::move(arguments)));
  return negative_literal(std::move(call));
}

result<expr_ptr> make_cast(expr_ptr e, const data::data_type& target) {
  if (e->type.same_kind(target)) return e;
  if (e->kind == expr_kind::literal && e->literal->is_null(0))
    return make_literal(null_literal(target));
  if (e->kind == expr_kind::literal && same_storage(e->type, target)) {
    return make_literal(with_type(e->literal, target.as_nullable(false)));
  }
  return make_call("CAST", {std::move(e)}, &target);
}

}  // namespace millrace::expr
