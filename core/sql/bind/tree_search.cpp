#include "core/sql/bind/tree_search.hpp"

#include <functional>

namespace millrace::sql {
namespace {

using visitor = std::function<void(const expression&)>;

void visit(const expression& e, const visitor& see);

void visit(const expression_ptr& e, const visitor& see) {
  if (e) visit(*e, see);
}

void visit_all(const std::vector<expression>& all, const visitor& see) {
  for (const auto& e : all) visit(e, see);
}

// One overload per kind of node with children; the template stands for all others.
struct children {
  const visitor& see;

  template <class T>
  void operator()(const T&) const {}
  void operator()(const unary_operation& n) const { visit(n.operand, see); }
  void operator()(const binary_operation& n) const {
    visit(n.left, see);
    visit(n.right, see);
  }
  void operator()(const interval_value& n) const { visit(n.value, see); }
  void operator()(const between& n) const {
    visit(n.value, see);
    visit(n.low, see);
    visit(n.high, see);
  }
  void operator()(const in_list& n) const {
    visit(n.value, see);
    visit_all(n.items, see);
  }
  void operator()(const in_subquery& n) const { visit(n.value, see); }
  void operator()(const quantified_comparison& n) const {
    visit(n.value, see);
    visit_all(n.items, see);
  }
  void operator()(const like& n) const {
    visit(n.value, see);
    visit(n.pattern, see);
    visit(n.escape, see);
  }
  void operator()(const row_constructor& n) const { visit_all(n.items, see); }
  void operator()(const collection_constructor& n) const { visit_all(n.items, see); }
  void operator()(const case_when& n) const {
    visit(n.operand, see);
    for (const auto& b : n.branches) {
      visit(b.when, see);
      visit_all(b.also, see);
      visit(b.then, see);
    }
    visit(n.otherwise, see);
  }
  void operator()(const cast& n) const { visit(n.value, see); }
  void operator()(const function_call& n) const {
    for (const auto& a : n.arguments) visit(a.value, see);
    visit(n.filter, see);
  }
  void operator()(const trim_call& n) const {
    visit(n.characters, see);
    visit(n.value, see);
  }
  void operator()(const json_path_call& n) const {
    visit(n.input, see);
    visit(n.path, see);
  }
  void operator()(const json_constructor_call& n) const {
    for (const auto& m : n.members) {
      visit(m.key, see);
      visit(m.value, see);
    }
  }
  void operator()(const element_access& n) const {
    visit(n.base, see);
    visit(n.index, see);
  }
  void operator()(const field_access& n) const { visit(n.base, see); }
};

void visit(const expression& e, const visitor& see) {
  see(e);
  std::visit(children{see}, e.node);
}

}  // namespace

void split_conjuncts(const expression& e, std::vector<const expression*>& into) {
  const auto* both = e.get_if<binary_operation>();
  if (both == nullptr || both->op != binary_operator::logical_and) {
    into.push_back(&e);
    return;
  }
  split_conjuncts(*both->left, into);
  split_conjuncts(*both->right, into);
}

std::vector<const identifier*> identifiers_in(const expression& e) {
  std::vector<const identifier*> found;
  visit(e, [&](const expression& part) {
    if (const auto* id = part.get_if<identifier>()) found.push_back(id);
  });
  return found;
}

bool has_over(const expression& e) {
  bool found = false;
  visit(e, [&](const expression& part) {
    if (const auto* call = part.get_if<function_call>()) found |= bool(call->over);
  });
  return found;
}

bool has_query(const expression& e) {
  bool found = false;
  visit(e, [&](const expression& part) {
    const auto* quantified = part.get_if<quantified_comparison>();
    found |= part.get_if<in_subquery>() != nullptr || part.get_if<exists>() != nullptr ||
             part.get_if<scalar_subquery>() != nullptr || (quantified && quantified->subquery);
  });
  return found;
}

text_position place_of(const expression& e, std::string_view name) {
  for (const auto* id : identifiers_in(e))
    if (id->parts.back().text == name) return id->parts.back().at;
  return e.at;
}

}  // namespace millrace::sql
