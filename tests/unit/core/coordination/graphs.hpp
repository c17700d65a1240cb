#pragma once

#include "core/coordination/job_graph.hpp"

#include <initializer_list>

namespace millrace::coordination {

/// Vertices of these parallelisms without edges.
inline job_graph graph_of(std::initializer_list<std::uint32_t> parallelisms) {
  job_graph graph;
  for (const std::uint32_t p : parallelisms) {
    graph.vertices.emplace_back();
    graph.vertices.back().parallelism = p;
  }
  return graph;
}

inline void connect(job_graph& graph, std::uint32_t from, std::uint32_t to,
                    plan::exchange_kind exchange) {
  job_edge edge;
  edge.from = vertex_id(from);
  edge.to = vertex_id(to);
  edge.exchange = exchange;
  graph.edges.push_back(edge);
}

}  // namespace millrace::coordination
