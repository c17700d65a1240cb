#include "core/coordination/job_graph.hpp"

#include <gtest/gtest.h>

namespace millrace::coordination {
namespace {

using plan::exchange_kind;

plan::physical_node node(std::string name, std::uint32_t chain,
                         std::vector<plan::physical_edge> inputs, std::uint32_t parallelism = 2) {
  plan::physical_node n;
  n.name = std::move(name);
  n.spec = plan::union_spec{};
  n.chain = chain;
  n.inputs = std::move(inputs);
  n.parallelism = parallelism;
  return n;
}

TEST(job_graph_test, fuses_forward_edges_of_one_chain) {
  plan::physical_plan p;
  p.nodes = {node("A", 0, {}), node("B", 0, {{0, exchange_kind::forward, {}}}),
             node("C", 1, {{1, exchange_kind::hash, {0}}, {0, exchange_kind::forward, {}}})};
  const auto g = build_job_graph(p);
  ASSERT_TRUE(g.ok());
  ASSERT_EQ(g->vertices.size(), 2u);
  EXPECT_EQ(g->vertices[0].name, "A -> B");
  EXPECT_TRUE(g->vertices[0].is_source);
  EXPECT_EQ(g->task_count(), 4u);
  ASSERT_EQ(g->edges.size(), 2u);
  EXPECT_EQ(g->edges[0].from_node, 1u);
  EXPECT_EQ(g->edges[1].from_node, 0u);
  EXPECT_EQ(g->edges[1].to_input, input_id(1));
}

TEST(job_graph_test, a_node_of_two_inputs_heads_its_vertex_whatever_the_chain) {
  plan::physical_plan p;
  p.nodes = {node("A", 0, {}),
             node("B", 0, {{0, exchange_kind::forward, {}}, {0, exchange_kind::forward, {}}})};
  const auto g = build_job_graph(p);
  ASSERT_TRUE(g.ok());
  EXPECT_EQ(g->vertices.size(), 2u);
}

TEST(job_graph_test, refuses_plans_that_cannot_be_wired) {
  plan::physical_plan uneven;
  uneven.nodes = {node("A", 0, {}), node("B", 0, {{0, exchange_kind::forward, {}}}, 3)};
  EXPECT_EQ(build_job_graph(uneven).error().code, errc::internal);
  plan::physical_plan backwards;
  backwards.nodes = {node("A", 0, {{1, exchange_kind::hash, {}}}), node("B", 0, {})};
  EXPECT_EQ(build_job_graph(backwards).error().code, errc::internal);
  plan::physical_plan wide;
  wide.nodes = {node("A", 0, {}, 129)};
  EXPECT_EQ(build_job_graph(wide).error().code, errc::internal);
}

}  // namespace
}  // namespace millrace::coordination
