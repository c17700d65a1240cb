#include "core/expr/literals.hpp"
#include "core/expr/registry.hpp"
#include "tests/unit/core/operators/operator_harness.hpp"

#include <gtest/gtest.h>

namespace millrace::operators {
namespace {

expr::expr_ptr call(std::string_view name, std::vector<expr::expr_ptr> arguments) {
  auto made = expr::make_call(name, std::move(arguments));
  EXPECT_TRUE(made.ok()) << made.error().message;
  return *made;
}
expr::expr_ptr number(std::int64_t n) { return expr::make_literal(expr::bigint_literal(n)); }
expr::expr_ptr column(std::uint32_t i) { return expr::make_column(i, bigint()); }

TEST(calc, filters_and_computes) {
  for (const drive how : all_drives) {
    plan::calc_spec spec;
    spec.condition = call(">", {column(1), number(10)});
    spec.columns = {column(0), call("*", {column(1), number(2)})};
    operator_harness h(spec, {{{"id", bigint()}, {"price", bigint()}}},
                       {{"id", bigint()}, {"double", bigint()}}, how);
    h.rows("1 | 5\n-U | 2 | 20\n+U | 3 | NULL\n-D | 4 | 40\n");
    EXPECT_EQ(h.take(), "-U | 2 | 40\n-D | 4 | 80\n");
    h.rows("7 | 1\n");
    EXPECT_EQ(h.take(), "");
  }
}

TEST(calc, swaps_columns_without_a_condition) {
  plan::calc_spec spec;
  spec.columns = {column(1), column(0)};
  operator_harness h(spec, {{{"a", bigint()}, {"b", bigint()}}},
                     {{"b", bigint()}, {"a", bigint()}});
  EXPECT_EQ(h.rows("+U | 1 | 2").take(), "+U | 2 | 1\n");
}

TEST(union_all, passes_rows_of_both_inputs) {
  operator_harness h(plan::union_spec{}, {{{"a", bigint()}}, {{"a", bigint()}}}, {{"a", bigint()}});
  h.rows("1", 0).rows("-D | 2", 1);
  EXPECT_EQ(h.take(), "+I | 1\n-D | 2\n");
}

TEST(expand, gives_a_row_per_grouping_set) {
  for (const drive how : all_drives) {
    plan::expand_spec spec{{{true, true}, {true, false}}, {0, 1}};
    operator_harness h(spec, {{{"a", bigint()}, {"b", string()}}},
                       {{"a", bigint()}, {"b", string()}, {"$e", bigint()}}, how);
    h.rows("1 | x\n");
    EXPECT_EQ(h.take(), "+I | 1 | x | 0\n+I | 1 | NULL | 1\n");
  }
}

plan::correlate_spec unnest(bool outer) {
  const auto tags = data::data_type::array(bigint());
  const std::vector<data::data_type> types = {tags};
  const std::vector<data::column_ptr> literals(1);
  auto overload =
      expr::find_table_function("UNNEST")->resolve({"UNNEST", types, literals, nullptr});
  EXPECT_TRUE(overload.ok()) << overload.error().message;
  plan::correlate_spec spec;
  spec.function = "UNNEST";
  spec.overload = std::move(overload).value();
  spec.arguments = {expr::make_column(1, tags)};
  spec.outer = outer;
  return spec;
}

TEST(correlate, joins_rows_with_their_elements) {
  const columns input = {{"id", bigint()}, {"tags", data::data_type::array(bigint())}};
  columns output = input;
  output.push_back({"tag", bigint()});
  for (const drive how : all_drives) {
    operator_harness inner(unnest(false), {input}, output, how);
    inner.rows("1 | [7, 8]\n2 | []\n-D | 3 | [9]\n4 | NULL");
    EXPECT_EQ(inner.take(), "+I | 1 | [7, 8] | 7\n+I | 1 | [7, 8] | 8\n-D | 3 | [9] | 9\n");
    operator_harness outer(unnest(true), {input}, output, how);
    outer.rows("1 | [7]\n-D | 2 | []\n3 | NULL\n4 | [NULL]");
    EXPECT_EQ(
        outer.take(),
        "+I | 1 | [7] | 7\n-D | 2 | [] | NULL\n+I | 3 | NULL | NULL\n+I | 4 | [NULL] | NULL\n");
  }
}

TEST(limit, counts_over_batches) {
  for (const drive how : all_drives) {
    operator_harness h(plan::limit_spec{1, 2}, {{{"a", bigint()}}}, {{"a", bigint()}}, how);
    h.rows("1\n2").barrier().rows("3\n4\n5");
    EXPECT_EQ(h.take(), "+I | 2\n+I | 3\n");
  }
}

TEST(values, gives_its_rows_once) {
  for (const drive how : all_drives) {
    data::column_builder a(bigint());
    a.append(std::int64_t{1});
    a.append(std::int64_t{2});
    operator_harness h(plan::values_spec{{a.finish()}, 2}, {}, {{"a", bigint()}}, how);
    h.finish();
    EXPECT_EQ(h.take(), "+I | 1\n+I | 2\n");
    h.finish();
    EXPECT_EQ(h.take(), "");
  }
}

plan::watermark_spec watermarks_of(std::int64_t interval, std::int64_t idle) {
  return {0, expr::make_column(0, timestamp()), interval, idle};
}
const columns event = {{"ts", timestamp()}, {"v", bigint()}};

TEST(watermark_assigner, cuts_in_front_of_a_late_row) {
  operator_harness h(watermarks_of(0, 0), {event}, event);
  h.rows("1970-01-01 00:00:01 | 1\n1970-01-01 00:00:02 | 2\n1970-01-01 00:00:01 | 3");
  EXPECT_EQ(h.take(),
            "+I | 1970-01-01 00:00:01.000 | 1\n+I | 1970-01-01 00:00:02.000 | 2\n"
            "watermark 2000\n+I | 1970-01-01 00:00:01.000 | 3\n");
}

TEST(watermark_assigner, says_the_same_of_late_rows_in_every_drive) {
  for (const drive how : all_drives) {
    operator_harness h(watermarks_of(0, 0), {event}, event, how);
    h.rows("1970-01-01 00:00:02 | 1\n1970-01-01 00:00:02 | 2\n1970-01-01 00:00:04 | 3");
    EXPECT_EQ(h.take(),
              "+I | 1970-01-01 00:00:02.000 | 1\nwatermark 2000\n"
              "+I | 1970-01-01 00:00:02.000 | 2\n+I | 1970-01-01 00:00:04.000 | 3\n"
              "watermark 4000\n");
  }
}

TEST(watermark_assigner, waits_for_its_interval) {
  operator_harness h(watermarks_of(200, 0), {event}, event);
  h.rows("1970-01-01 00:00:01 | 1");
  EXPECT_EQ(h.take(), "+I | 1970-01-01 00:00:01.000 | 1\n");
  EXPECT_EQ(h.advance(199).take(), "");
  EXPECT_EQ(h.advance(1).take(), "watermark 1000\n");
}

TEST(watermark_assigner, becomes_idle_and_comes_back) {
  operator_harness h(watermarks_of(0, 1000), {event}, event);
  EXPECT_EQ(h.advance(1000).take(), "idle\n");
  EXPECT_EQ(h.rows("1970-01-01 00:00:01 | 1").take(),
            "active\n+I | 1970-01-01 00:00:01.000 | 1\nwatermark 1000\n");
}

TEST(watermark_assigner, refuses_a_null_row_time) {
  operator_harness h(watermarks_of(0, 0), {event}, event);
  EXPECT_EQ(h.rows("NULL | 1").take(), "error 3005\n");
}

}  // namespace
}  // namespace millrace::operators
