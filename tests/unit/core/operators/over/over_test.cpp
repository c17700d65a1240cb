#include "core/expr/literals.hpp"
#include "core/expr/registry.hpp"
#include "tests/unit/core/operators/operator_harness.hpp"

#include <gtest/gtest.h>

namespace millrace::operators {
namespace {

const columns input = {{"k", bigint()}, {"t", timestamp()}, {"v", bigint()}};

std::string row(int key, int second, std::string_view rest) {
  return std::to_string(key) + " | 1970-01-01 00:00:0" + std::to_string(second) + ".000 | " +
         std::string(rest) + "\n";
}

plan::over_call aggregate(std::string_view name, bool distinct = false) {
  plan::over_call call;
  call.function = name;
  const std::vector<data::data_type> types = {bigint()};
  const std::vector<data::column_ptr> literals(1);
  call.overload = expr::find_aggregate(name)->resolve({name, types, literals}, false).value();
  call.arguments = {2};
  call.distinct = distinct;
  call.type = call.overload->result_type;
  return call;
}
plan::over_call ranking(std::string_view name) {
  plan::over_call call;
  call.function = name;
  call.type = data::data_type(data::type_id::bigint, false);
  return call;
}
plan::over_call lag(std::int64_t offset) {
  plan::over_call call;
  call.function = "LAG";
  call.arguments = {2};
  call.constants = {expr::make_literal(expr::bigint_literal(offset)),
                    expr::make_literal(expr::bigint_literal(-1))};
  call.type = bigint();
  return call;
}

plan::over_spec over(std::vector<plan::over_call> calls, plan::over_frame frame) {
  plan::over_spec spec;
  spec.over.partition = {0};
  spec.over.order = {{1, false, true}};
  spec.over.frame = frame;
  spec.over.calls = std::move(calls);
  return spec;
}

class over_test : public ::testing::TestWithParam<drive> {
 protected:
  [[nodiscard]] static operator_harness of(const plan::over_spec& spec) {
    columns output = input;
    for (const auto& c : spec.over.calls) output.push_back({c.function, c.type});
    return operator_harness(spec, {input}, output, GetParam());
  }
};

TEST_P(over_test, rows_leave_in_time_order_with_running_results) {
  auto op = of(over({aggregate("SUM"), ranking("ROW_NUMBER"), lag(1)}, {true, std::nullopt, 0}));
  op.rows(row(1, 2, "20") + row(1, 1, "10") + row(2, 1, "5")).watermark(1500);
  EXPECT_EQ(op.folded(), row(1, 1, "10 | 10 | 1 | -1") + row(2, 1, "5 | 5 | 1 | -1"));
  op.rows(row(1, 1, "7") + row(1, 3, "30"));
  EXPECT_EQ(op.metrics().late_rows, 1U);
  (void)op.take();
  op.watermark(max_watermark);
  EXPECT_EQ(op.take(),
            "+I | " + row(1, 2, "20 | 30 | 2 | 10") + "+I | " + row(1, 3, "30 | 60 | 3 | 20"));
}

TEST_P(over_test, a_bounded_frame_of_rows_moves) {
  auto op = of(over({aggregate("SUM"), aggregate("MAX"), aggregate("COUNT", true)}, {true, 1, 0}));
  op.rows(row(1, 1, "9") + row(1, 2, "9") + row(1, 3, "1")).watermark(2000);
  EXPECT_EQ(op.take(),
            "+I | " + row(1, 1, "9 | 9 | 9 | 1") + "+I | " + row(1, 2, "9 | 18 | 9 | 1"));
  op.rows(row(1, 4, "2")).watermark(max_watermark);
  EXPECT_EQ(op.take(),
            "+I | " + row(1, 3, "1 | 10 | 9 | 2") + "+I | " + row(1, 4, "2 | 3 | 2 | 2"));
  EXPECT_EQ(op.state_rows(), 2U);
}

TEST_P(over_test, a_range_frame_shows_peers_to_each_other) {
  auto op = of(over({aggregate("SUM")}, {false, 1000, 0}));
  op.rows(row(1, 1, "1") + row(1, 2, "2") + row(1, 2, "3") + row(1, 4, "4")).watermark(2000);
  EXPECT_EQ(op.take(), "+I | " + row(1, 1, "1 | 1") + "+I | " + row(1, 2, "2 | 6") + "+I | " +
                           row(1, 2, "3 | 6"));
  op.rows(row(1, 3, "5")).watermark(max_watermark);
  EXPECT_EQ(op.take(), "+I | " + row(1, 3, "5 | 10") + "+I | " + row(1, 4, "4 | 9"));
}

TEST_P(over_test, ranks_and_unbounded_ranges_go_by_peers) {
  auto op = of(
      over({ranking("RANK"), ranking("DENSE_RANK"), aggregate("SUM")}, {false, std::nullopt, 0}));
  op.rows(row(1, 1, "1") + row(1, 1, "2")).watermark(1000).rows(row(1, 3, "3"));
  op.watermark(max_watermark);
  EXPECT_EQ(op.folded(),
            row(1, 1, "1 | 1 | 1 | 3") + row(1, 1, "2 | 1 | 1 | 3") + row(1, 3, "3 | 3 | 2 | 6"));
}

TEST_P(over_test, processing_time_tells_at_once) {
  auto spec = over({aggregate("SUM")}, {true, 1, 0});
  spec.order = plan::over_spec::order_kind::processing_time;
  auto op = of(spec);
  op.rows(row(1, 5, "1") + row(1, 1, "2") + row(1, 3, "3"));
  EXPECT_EQ(op.take(), "+I | " + row(1, 5, "1 | 1") + "+I | " + row(1, 1, "2 | 3") + "+I | " +
                           row(1, 3, "3 | 5"));
}

TEST_P(over_test, other_orders_correct_what_they_told) {
  auto spec = over({aggregate("SUM"), ranking("ROW_NUMBER")}, {true, std::nullopt, 0});
  spec.order = plan::over_spec::order_kind::value;
  spec.retracting_input = true;
  auto op = of(spec);
  op.rows(row(1, 2, "20")).rows(row(1, 1, "10"));
  EXPECT_EQ(op.take(), "+I | " + row(1, 2, "20 | 20 | 1") + "+I | " + row(1, 1, "10 | 10 | 1") +
                           "-U | " + row(1, 2, "20 | 20 | 1") + "+U | " + row(1, 2, "20 | 30 | 2"));
  op.rows("-D | " + row(1, 1, "10"));
  EXPECT_EQ(op.folded(), row(1, 2, "20 | 20 | 1"));
}

INSTANTIATE_TEST_SUITE_P(drives, over_test, ::testing::ValuesIn(all_drives));

}  // namespace
}  // namespace millrace::operators
