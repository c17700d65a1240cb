#include "core/coordination/job_graph.hpp"

#include <utility>

namespace millrace::coordination {

namespace {

using plan::exchange_kind;
using plan::physical_node;

bool joins_producer(const plan::physical_plan& plan, const physical_node& node) {
  if (node.inputs.size() != 1) return false;
  const plan::physical_edge& edge = node.inputs[0];
  const physical_node& producer = plan.nodes[edge.from];
  if (producer.chain != node.chain || producer.parallelism != node.parallelism) return false;
  const bool trivial = edge.exchange == exchange_kind::single && node.parallelism == 1;
  return edge.exchange == exchange_kind::forward || trivial;
}

result<void> check(const plan::physical_plan& plan, std::uint32_t index) {
  const physical_node& node = plan.nodes[index];
  if (node.parallelism == 0 || node.parallelism > plan.max_parallelism) {
    return make_error(errc::internal, "operator " + node.name + " has parallelism " +
                                          std::to_string(node.parallelism) + ", allowed are 1 to " +
                                          std::to_string(plan.max_parallelism));
  }
  for (const plan::physical_edge& edge : node.inputs) {
    if (edge.from >= index) {
      return make_error(errc::internal, "operator " + node.name + " reads one behind itself");
    }
    if (edge.exchange == exchange_kind::forward &&
        plan.nodes[edge.from].parallelism != node.parallelism) {
      return make_error(errc::internal,
                        "forward edge to " + node.name + " between different parallelisms");
    }
  }
  return {};
}

void start_vertex(job_graph& graph, std::vector<vertex_id>& vertex_of,
                  const plan::physical_plan& plan, std::uint32_t index) {
  const physical_node& node = plan.nodes[index];
  const vertex_id id(static_cast<std::uint32_t>(graph.vertices.size()));
  job_vertex vertex{.name = node.name, .nodes = {index}, .parallelism = node.parallelism};
  vertex.is_source = node.inputs.empty();
  vertex.reads_table = std::holds_alternative<plan::source_spec>(node.spec);
  graph.vertices.push_back(std::move(vertex));
  for (std::uint32_t i = 0; i < node.inputs.size(); ++i) {
    const plan::physical_edge& edge = node.inputs[i];
    graph.edges.push_back(
        {vertex_of[edge.from], edge.from, id, input_id(i), edge.exchange, edge.keys});
  }
  vertex_of[index] = id;
}

}  // namespace

std::vector<std::uint32_t> chain_nodes(const plan::physical_plan& plan, const job_vertex& vertex) {
  std::vector<std::uint32_t> found;
  for (const std::uint32_t node : vertex.nodes) {
    const bool source = plan.nodes[node].inputs.empty();
    const bool sink = std::holds_alternative<plan::sink_spec>(plan.nodes[node].spec);
    if (!source && !sink) found.push_back(node);
  }
  return found;
}

std::vector<const job_edge*> job_graph::inputs_of(vertex_id v) const {
  std::vector<const job_edge*> found;
  for (const job_edge& edge : edges) {
    if (edge.to == v) found.push_back(&edge);
  }
  return found;
}

std::vector<const job_edge*> job_graph::outputs_of(vertex_id v) const {
  std::vector<const job_edge*> found;
  for (const job_edge& edge : edges) {
    if (edge.from == v) found.push_back(&edge);
  }
  return found;
}

std::uint32_t job_graph::task_count() const {
  std::uint32_t count = 0;
  for (const job_vertex& v : vertices) count += v.parallelism;
  return count;
}

result<job_graph> build_job_graph(const plan::physical_plan& plan) {
  job_graph graph;
  std::vector<vertex_id> vertex_of(plan.nodes.size());
  for (std::uint32_t i = 0; i < plan.nodes.size(); ++i) {
    MILLRACE_CHECK(check(plan, i));
    if (!joins_producer(plan, plan.nodes[i])) {
      start_vertex(graph, vertex_of, plan, i);
      continue;
    }
    vertex_of[i] = vertex_of[plan.nodes[i].inputs[0].from];
    job_vertex& vertex = graph.vertices[vertex_of[i].value];
    vertex.nodes.push_back(i);
    vertex.name += " -> " + plan.nodes[i].name;
  }
  return graph;
}

}  // namespace millrace::coordination
