#pragma once

#include "core/expr/bound_expr.hpp"
#include "core/expr/row_set.hpp"
#include "core/expr/scalar_function.hpp"
#include "core/expr/selection.hpp"

#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

namespace millrace::expr {

/// Expressions as one graph in which equal sub-expressions are one node, and the values of its
/// nodes for the batch at hand. Owned by an evaluator.
///
/// A node's value is kept together with the *scope* it was computed in. A scope is a row set;
/// narrower ones open inside of it (the rows that reach a branch of CASE). A value serves its own
/// scope and all inside of it.
class program {
 public:
  eval_context* context = nullptr;

  /// Adds an expression; gives its node. Errors: those of `prepare` (3004 for a bad pattern).
  [[nodiscard]] result<std::uint32_t> add(const expr_ptr& e);

  /// Sets the batch; forgets all values at its end.
  class batch_guard {
   public:
    batch_guard(program& code, std::span<const data::column_ptr> columns);
    ~batch_guard();
    batch_guard(const batch_guard&) = delete;
    batch_guard& operator=(const batch_guard&) = delete;

   private:
    program& code_;
  };

  /// The value of a node for the rows of the innermost scope.
  [[nodiscard]] result<data::column_ptr> run(std::uint32_t node, const row_set& rows);

  /// True if the node may be computed for rows that are not wanted: it costs little, cannot fail.
  [[nodiscard]] bool is_simple(std::uint32_t at) const {
    return nodes_[at].cheap && !nodes_[at].can_fail;
  }

  void open_scope() { scopes_.push_back(++last_scope_); }
  void close_scope() { scopes_.pop_back(); }
  /// Keeps a selection alive until the batch is done.
  void keep(data::buffer_ref selection) { kept_.push_back(std::move(selection)); }

 private:
  struct node {
    expr_ptr e;
    std::vector<std::uint32_t> arguments;
    std::shared_ptr<const prepared_state> prepared;
    bool cheap = false;     // so are all nodes below
    bool can_fail = false;  // or one below
    bool blends = false;    // a CASE that may compute every branch for all rows
    data::column_ptr value;
    data::column_ptr repeated;  // a literal, as long as the batch it was last used for
    std::uint64_t scope = 0;
    std::size_t depth = 0;
  };

  [[nodiscard]] result<std::uint32_t> make_node(const expr_ptr& e);
  [[nodiscard]] result<data::column_ptr> compute(node& n, const row_set& rows);
  [[nodiscard]] static data::column_ptr literal(node& n, std::uint32_t stored);
  [[nodiscard]] result<data::column_ptr> run_column(const node& n) const;
  [[nodiscard]] result<data::column_ptr> run_call(node& n, const row_set& rows);
  [[nodiscard]] result<data::column_ptr> run_kernel(const node& n, const row_set& rows,
                                                    std::span<const data::column_ptr> arguments);
  [[nodiscard]] result<data::column_ptr> run_junction(const node& n, const row_set& rows,
                                                      bool conjunction);
  [[nodiscard]] result<data::column_ptr> run_case(const node& n, const row_set& rows);
  [[nodiscard]] result<data::column_ptr> run_blend(const node& n, const row_set& rows);
  [[nodiscard]] result<data::column_ptr> run_coalesce(const node& n, const row_set& rows);
  [[nodiscard]] result<data::column_ptr> run_narrowed(std::uint32_t at, const row_set& rows,
                                                      const chosen_rows& chosen);
  void flatten_junction(std::uint32_t at, const std::string& function,
                        std::vector<std::uint32_t>& into) const;

  std::vector<node> nodes_;
  std::unordered_multimap<std::size_t, std::uint32_t> by_hash_;
  std::span<const data::column_ptr> columns_;
  std::vector<std::uint64_t> scopes_;
  std::uint64_t last_scope_ = 0;
  std::vector<data::buffer_ref> kept_;
};

}  // namespace millrace::expr
