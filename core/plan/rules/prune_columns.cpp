#include "core/expr/registry.hpp"
#include "core/plan/rules/requirements.hpp"
#include "core/plan/rules/rule.hpp"

namespace millrace::plan {
namespace {

using expr::expr_ptr;

// What a rebuilt node gives: per old output column the new one, or `dropped`; what of its value is
// still there (a ROW may have lost fields), and its new type.
struct mapping {
  static constexpr std::uint32_t dropped = ~0u;
  std::vector<std::uint32_t> columns;
  std::vector<column_need> kept;
  std::vector<data::data_type> types;
};

mapping identity(const logical_node& node) {
  mapping m;
  for (std::uint32_t i = 0; i < node.columns.size(); ++i) {
    m.columns.push_back(i);
    m.types.push_back(node.columns[i].type);
  }
  m.kept.resize(node.columns.size(), column_need{true, {}});
  return m;
}

class column_pruner {
 public:
  column_pruner(const std::vector<logical_ptr>& roots)
      : roots_(roots), needs_(requirements_of(roots)) {}

  result<std::vector<logical_ptr>> run() {
    for (const auto& node : topological_order(roots_)) {
      MILLRACE_CHECK(prune(node));
    }
    std::vector<logical_ptr> out;
    for (const auto& root : roots_) out.push_back(made_.at(root.get()));
    return out;
  }

 private:
  struct input {
    const logical_ptr& node;
    const mapping& map;
  };

  input input_of(const logical_ptr& node, std::size_t i) const {
    const auto* key = node->inputs[i].get();
    return {made_.at(key), maps_.at(key)};
  }

  result<void> prune(const logical_ptr& node) {
    if (std::holds_alternative<scan_node>(node->detail)) return prune_scan(node);
    if (std::holds_alternative<project_node>(node->detail)) return prune_project(node);
    if (std::holds_alternative<filter_node>(node->detail)) return prune_filter(node);
    if (std::holds_alternative<join_node>(node->detail)) return prune_join(node);
    if (std::holds_alternative<window_function_node>(node->detail)) return prune_window(node);
    return restore_inputs(node);
  }

  result<void> keep(const logical_ptr& node, logical_ptr made, mapping map) {
    made_[node.get()] = std::move(made);
    maps_[node.get()] = std::move(map);
    return {};
  }

  result<void> prune_scan(const logical_ptr& node) {
    const auto& need = needs_.at(node.get());
    auto copy = std::make_shared<logical_node>(*node);
    auto& scan = std::get<scan_node>(copy->detail);
    // A ROW keeps every field that the scan reads, also those that only its computed columns use:
    // one type for both.
    const auto reads = reads_of_scan(*scan.table, need);
    mapping map = identity(*node);
    scan.kept.emplace();
    copy->columns.clear();
    for (std::uint32_t i = 0; i < node->columns.size(); ++i) {
      const bool physical = scan.table->columns[i].kind != column_kind::computed;
      if (!need.columns[i].used()) {
        map.columns[i] = mapping::dropped;
        continue;
      }
      map.columns[i] = static_cast<std::uint32_t>(scan.kept->size());
      scan.kept->push_back(i);
      logical_column column = node->columns[i];
      if (physical) {
        map.kept[i] = reads.columns[i];
        column.type = narrowed(column.type, reads.columns[i]);
      }
      map.types[i] = column.type;
      copy->columns.push_back(std::move(column));
    }
    return keep(node, copy, std::move(map));
  }

  result<void> prune_project(const logical_ptr& node) {
    const auto& project = std::get<project_node>(node->detail);
    const auto& need = needs_.at(node.get());
    const input in = input_of(node, 0);
    mapping map = identity(*node);
    std::vector<expr_ptr> expressions;
    std::vector<logical_column> columns;
    for (std::uint32_t i = 0; i < node->columns.size(); ++i) {
      if (!need.columns[i].used()) {
        map.columns[i] = mapping::dropped;
        continue;
      }
      const auto& e = project.expressions[i];
      map.columns[i] = static_cast<std::uint32_t>(expressions.size());
      if (const auto path = field_path(*e))
        map.kept[i] = need_at(in.map.kept[path->column], path->fields);
      MILLRACE_TRY(auto rewritten, rewrite(e, in.map));
      map.types[i] = rewritten->type;
      columns.push_back({node->columns[i].name, rewritten->type, node->columns[i].time});
      expressions.push_back(std::move(rewritten));
    }
    auto copy = std::make_shared<logical_node>(*node);
    copy->inputs = {in.node};
    copy->columns = std::move(columns);
    copy->detail = project_node{std::move(expressions)};
    return keep(node, copy, std::move(map));
  }

  result<void> prune_filter(const logical_ptr& node) {
    const input in = input_of(node, 0);
    auto copy = std::make_shared<logical_node>(*node);
    copy->inputs = {in.node};
    copy->columns = in.node->columns;
    MILLRACE_TRY(std::get<filter_node>(copy->detail).condition,
                 rewrite(std::get<filter_node>(node->detail).condition, in.map));
    return keep(node, copy, in.map);
  }

  result<void> prune_join(const logical_ptr& node) {
    const auto left = trimmed(node, 0);
    const auto right = trimmed(node, 1);
    auto copy = std::make_shared<logical_node>(*node);
    auto& join = std::get<join_node>(copy->detail);
    copy->inputs = {left.first, right.first};
    mapping both = left.second;
    append(right.second, static_cast<std::uint32_t>(left.first->columns.size()), both);
    if (join.condition) {
      MILLRACE_TRY(join.condition, rewrite(join.condition, both));
    }
    // Of a semi or anti join only the left columns.
    const auto width = node->columns.size();
    both.columns.resize(width);
    both.kept.resize(width);
    both.types.resize(width);
    copy->columns.clear();
    for (std::size_t i = 0; i < width; ++i) {
      if (both.columns[i] == mapping::dropped) continue;
      logical_column column = node->columns[i];
      column.type = narrowed(column.type, both.kept[i]);  // an outer join's may be NULL
      both.types[i] = column.type;
      copy->columns.push_back(std::move(column));
    }
    return keep(node, copy, std::move(both));
  }

  // The columns of another input behind those of `left`, of which there are `shift` new ones.
  static void append(const mapping& right, std::uint32_t shift, mapping& left) {
    for (std::size_t i = 0; i < right.columns.size(); ++i) {
      const auto c = right.columns[i];
      left.columns.push_back(c == mapping::dropped ? c : c + shift);
      left.kept.push_back(right.kept[i]);
      left.types.push_back(right.types[i]);
    }
  }

  // An input of a join without the columns that neither the join nor a reader needs: a projection
  // is put in front where the input still has them.
  std::pair<logical_ptr, mapping> trimmed(const logical_ptr& node, std::size_t side) const {
    const input in = input_of(node, side);
    const auto need = needs_of_join_side(*node, needs_.at(node.get()), side);
    mapping map = identity(*node->inputs[side]);
    std::vector<expr_ptr> expressions;
    std::vector<logical_column> columns;
    for (std::uint32_t i = 0; i < map.columns.size(); ++i) {
      if (!need.columns[i].used()) {
        map.columns[i] = mapping::dropped;
        continue;
      }
      const auto at = in.map.columns[i];
      map.columns[i] = static_cast<std::uint32_t>(expressions.size());
      map.types[i] = in.map.types[i];
      map.kept[i] = in.map.kept[i];
      expressions.push_back(expr::make_column(at, in.map.types[i]));
      columns.push_back({node->inputs[side]->columns[i].name, in.map.types[i],
                         node->inputs[side]->columns[i].time});
    }
    if (expressions.size() == in.node->columns.size()) return {in.node, in.map};
    return {make_project(std::move(expressions), std::move(columns), in.node), std::move(map)};
  }

  // A window function hands its input's columns on: those keep their positions, and a ROW that lost
  // fields has lost them for the readers too.
  result<void> prune_window(const logical_ptr& node) {
    const input in = input_of(node, 0);
    mapping map = identity(*node);
    const auto copy =
        std::make_shared<logical_node>(*with_inputs(node, {restored(node->inputs[0], in)}));
    for (std::size_t i = 0; i < in.map.columns.size(); ++i) {
      if (in.map.columns[i] == mapping::dropped) continue;
      map.types[i] = copy->columns[i].type = in.map.types[i];
      map.kept[i] = in.map.kept[i];
    }
    return keep(node, copy, std::move(map));
  }

  // Every other node reads its inputs in their old form: a projection restores the old positions.
  // Columns that were dropped because nothing needs them become NULL constants, which cost nothing.
  result<void> restore_inputs(const logical_ptr& node) {
    std::vector<logical_ptr> inputs;
    for (std::size_t i = 0; i < node->inputs.size(); ++i)
      inputs.push_back(restored(node->inputs[i], input_of(node, i)));
    return keep(node, with_inputs(node, std::move(inputs)), identity(*node));
  }

  static logical_ptr restored(const logical_ptr& original, const input& in) {
    bool same = in.node->columns.size() == original->columns.size();
    for (std::size_t i = 0; same && i < original->columns.size(); ++i)
      same = in.map.columns[i] == i;
    if (same) return in.node;
    std::vector<expr_ptr> expressions;
    auto columns = original->columns;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const auto c = in.map.columns[i];
      expressions.push_back(c == mapping::dropped ? expr::make_literal(data::null_column(
                                                        original->columns[i].type, 1))
                                                  : expr::make_column(c, in.map.types[i]));
      columns[i].type = expressions.back()->type;
    }
    return make_project(std::move(expressions), std::move(columns), in.node);
  }

  static result<expr_ptr> rewrite(const expr_ptr& e, const mapping& map) {
    if (e->kind == expr::expr_kind::literal) return e;
    if (const auto path = field_path(*e))
      return narrowed_path(expr::make_column(map.columns[path->column], map.types[path->column]),
                           map.kept[path->column], path->fields, e->type);
    auto copy = std::make_shared<expr::bound_expr>(*e);
    for (auto& a : copy->arguments) {
      MILLRACE_TRY(a, rewrite(a, map));
    }
    return expr_ptr(copy);
  }

  const std::vector<logical_ptr>& roots_;
  requirement_map needs_;
  std::unordered_map<const logical_node*, logical_ptr> made_;
  std::unordered_map<const logical_node*, mapping> maps_;
};

}  // namespace

result<std::vector<logical_ptr>> prune_columns(const std::vector<logical_ptr>& roots,
                                               const option_map&) {
  return column_pruner(roots).run();
}

}  // namespace millrace::plan
