#pragma once

#include "core/plan/physical/physical_plan.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace millrace::plan {

/// A set of columns whose values name a row. The empty set means: never more than one row.
using unique_key = std::vector<std::uint32_t>;

/// What lowering knows of a physical node besides the node itself.
struct node_facts {
  bool updating = false;                ///< may give more than +I
  std::vector<unique_key> unique_keys;  ///< each sorted ascending
  bool bounded = false;
};

/// Collects physical nodes. Nodes of equal digest and inputs are one node, so equal sub-plans of a
/// job run once.
class plan_builder {
 public:
  explicit plan_builder(std::uint32_t parallelism) : parallelism_(parallelism) {}

  /// A node to add; `digest` empty: never shared. `facts.bounded` is derived from the inputs.
  struct draft {
    std::string name;
    std::string description;
    std::string digest;
    operator_spec spec;
    std::vector<physical_edge> inputs;
    std::vector<logical_column> columns;
    node_facts facts;
    std::uint32_t parallelism =
        0;  ///< 0: of the first input when that edge is forward, else the job's
  };
  std::uint32_t add(draft d);

  [[nodiscard]] const physical_node& node(std::uint32_t i) const { return plan_.nodes[i]; }
  [[nodiscard]] physical_node& node(std::uint32_t i) { return plan_.nodes[i]; }
  [[nodiscard]] const node_facts& facts(std::uint32_t i) const { return facts_[i]; }
  [[nodiscard]] node_facts& facts(std::uint32_t i) { return facts_[i]; }
  [[nodiscard]] std::uint32_t size() const {
    return static_cast<std::uint32_t>(plan_.nodes.size());
  }
  [[nodiscard]] std::uint32_t parallelism() const { return parallelism_; }
  void warn(std::string text) { plan_.warnings.push_back(std::move(text)); }

  [[nodiscard]] static physical_edge forward(std::uint32_t from) {
    return {from, exchange_kind::forward, {}};
  }
  [[nodiscard]] static physical_edge hash(std::uint32_t from, std::vector<std::uint32_t> keys) {
    if (keys.empty()) return {from, exchange_kind::single, {}};
    return {from, exchange_kind::hash, std::move(keys)};
  }
  [[nodiscard]] static physical_edge single(std::uint32_t from) {
    return {from, exchange_kind::single, {}};
  }

  [[nodiscard]] physical_plan take() { return std::move(plan_); }

 private:
  std::uint32_t parallelism_of(const draft& d) const;

  std::uint32_t parallelism_;
  physical_plan plan_;
  std::vector<node_facts> facts_;
  std::map<std::string, std::uint32_t> by_digest_;
};

/// Text that is equal exactly for equal expressions (types and literal values included).
[[nodiscard]] std::string digest_of(const expr::bound_expr& e);
[[nodiscard]] std::string digest_of(const std::vector<expr::expr_ptr>& all);
/// `a, b` of column indices.
[[nodiscard]] std::string names_of(const std::vector<std::uint32_t>& columns,
                                   const std::vector<logical_column>& of);
[[nodiscard]] std::vector<std::string> column_names(const std::vector<logical_column>& columns);

}  // namespace millrace::plan
