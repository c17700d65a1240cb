#include "core/plan/explain/explain.hpp"

#include <fmt/format.h>

#include <set>

namespace millrace::plan {
namespace {

std::string escaped(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    if (static_cast<unsigned char>(c) < 0x20) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
      continue;
    }
    out += c;
  }
  return out;
}

std::set<std::uint32_t> sinks_of(const physical_plan& plan) {
  std::set<std::uint32_t> roots;
  for (std::uint32_t i = 0; i < plan.nodes.size(); ++i) roots.insert(i);
  for (const auto& node : plan.nodes)
    for (const auto& edge : node.inputs) roots.erase(edge.from);
  return roots;
}

class tree_printer {
 public:
  explicit tree_printer(const physical_plan& plan) : plan_(plan) {}

  std::string print() {
    for (const auto root : sinks_of(plan_)) print(root, 0, nullptr);
    for (const auto& warning : plan_.warnings) out_ += "warning: " + warning + "\n";
    return std::move(out_);
  }

 private:
  void print(std::uint32_t index, int depth, const physical_edge* edge) {
    const auto& node = plan_.nodes[index];
    const std::string indent(static_cast<std::size_t>(depth) * 2, ' ');
    out_ += fmt::format("{}{}{}({})", indent, depth == 0 ? "" : "+- ", node.name, node.description);
    if (!seen_.insert(index).second) {
      out_ += fmt::format(" (shared, see chain {})\n", node.chain);
      return;
    }
    out_ += fmt::format(" changelog={} parallelism={} chain={}", mark_of(node.mode),
                        node.parallelism, node.chain);
    if (edge != nullptr && edge->exchange != exchange_kind::forward)
      out_ += " exchange=" + exchange_text(plan_, *edge);
    out_ += "\n";
    for (const auto& state : state_text(plan_, node))
      out_ += fmt::format("{}   state: {}\n", indent, state);
    for (const auto& input : node.inputs) print(input.from, depth + 1, &input);
  }

  const physical_plan& plan_;
  std::set<std::uint32_t> seen_;
  std::string out_;
};

}  // namespace

std::string exchange_text(const physical_plan& plan, const physical_edge& edge) {
  constexpr std::string_view names[] = {"forward", "hash", "rebalance", "broadcast", "single"};
  std::string out(names[static_cast<int>(edge.exchange)]);
  if (edge.keys.empty()) return out;
  std::string keys;
  for (const auto k : edge.keys)
    keys += (keys.empty() ? "" : ", ") + plan.nodes[edge.from].columns[k].name;
  return fmt::format("{}[{}]", out, keys);
}

std::string explain_tree(const physical_plan& plan) { return tree_printer(plan).print(); }

std::string explain_dot(const physical_plan& plan) {
  std::string out = "digraph job {\n  rankdir=BT;\n  node [shape=box];\n";
  std::set<std::uint32_t> chains;
  for (const auto& node : plan.nodes) chains.insert(node.chain);
  for (const auto chain : chains) {
    out += fmt::format("  subgraph cluster_{} {{\n    label=\"chain {}\";\n", chain, chain);
    for (std::uint32_t i = 0; i < plan.nodes.size(); ++i)
      if (plan.nodes[i].chain == chain)
        out += fmt::format("    n{} [label=\"{}\\n{}\"];\n", i, escaped(plan.nodes[i].name),
                           escaped(plan.nodes[i].description));
    out += "  }\n";
  }
  for (std::uint32_t i = 0; i < plan.nodes.size(); ++i)
    for (const auto& edge : plan.nodes[i].inputs)
      out += fmt::format("  n{} -> n{} [label=\"{} {}\"];\n", edge.from, i,
                         escaped(exchange_text(plan, edge)), mark_of(plan.nodes[edge.from].mode));
  return out + "}\n";
}

std::string explain_json(const physical_plan& plan) {
  std::string out = "{\"nodes\":[";
  for (std::uint32_t i = 0; i < plan.nodes.size(); ++i) {
    const auto& node = plan.nodes[i];
    out += fmt::format(
        "{}{{\"id\":{},\"uid\":\"{}\",\"type\":\"{}\",\"contents\":\"{}\",\"parallelism\":{},"
        "\"chain\":{},"
        "\"changelog\":\"{}\",\"predecessors\":[",
        i == 0 ? "" : ",", i, node.id, escaped(node.name), escaped(node.description),
        node.parallelism, node.chain, mark_of(node.mode));
    for (std::size_t e = 0; e < node.inputs.size(); ++e)
      out += fmt::format("{}{{\"id\":{},\"ship_strategy\":\"{}\"}}", e == 0 ? "" : ",",
                         node.inputs[e].from, escaped(exchange_text(plan, node.inputs[e])));
    out += "],\"state\":[";
    const auto states = state_text(plan, node);
    for (std::size_t s = 0; s < states.size(); ++s)
      out += fmt::format("{}\"{}\"", s == 0 ? "" : ",", escaped(states[s]));
    out += "]}";
  }
  return out + "]}\n";
}

}  // namespace millrace::plan
