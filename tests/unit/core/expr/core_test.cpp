#include "tests/unit/core/expr/expressions.hpp"

#include <gtest/gtest.h>

namespace millrace::expr::test {
namespace {

struct expectation {
  const char* expression;
  const char* result;
};

void expect_values(const input& in, const std::vector<expectation>& all) {
  for (const auto& [expression, wanted] : all)
    EXPECT_EQ(values(in, expression), wanted) << expression;
}

const input numbers = {{"INT", "BIGINT", "DOUBLE", "DECIMAL(10, 2)", "BOOLEAN"},
                       "1 | 10 | 1.5 | 2.50 | TRUE\n"
                       "NULL | -7 | NULL | NULL | NULL\n"
                       "2147483647 | 9223372036854775807 | -2.25 | -0.05 | FALSE\n"};

TEST(arithmetic, integers_wrap_around) {
  expect_values(numbers, {{"(+ $0 1)", "2 ; NULL ; -2147483648"},
                          {"(* $1 2)", "20 ; -14 ; -2"},
                          {"(NEGATE $0)", "-1 ; NULL ; -2147483647"},
                          {"(- $1 $0)", "9 ; NULL ; 9223372034707292160"},
                          {"(/ $1 3)", "3 ; -2 ; 3074457345618258602"},
                          {"(% $1 7)", "3 ; 0 ; 0"},
                          {"(MOD -7 $1)", "-7 ; 0 ; -7"},
                          {"(/ $1 0)", "error 3001"},
                          {"(/ $1 (- $0 1))", "error 3001"},
                          {"(ABS $1)", "10 ; 7 ; 9223372036854775807"}});
  EXPECT_EQ(type_text("(MOD $0 7)", {"BIGINT"}), "INT");
  EXPECT_EQ(type_text("(+ $0 $1)", {"BIGINT", "INT"}), "BIGINT");
}

TEST(arithmetic, decimals_have_flinks_types) {
  EXPECT_EQ(type_text("(* 0.908 $0)", {"BIGINT"}), "DECIMAL(23, 3)");
  EXPECT_EQ(type_text("(+ $0 1.005)", {"DECIMAL(10, 2)"}), "DECIMAL(12, 3)");
  EXPECT_EQ(type_text("(/ $0 3)", {"DECIMAL(10, 2)"}), "DECIMAL(21, 13)");
  EXPECT_EQ(type_text("(* $0 $1)", {"DECIMAL(38, 10)", "DECIMAL(30, 5)"}), "DECIMAL(38, 6)");
  expect_values(numbers, {{"(* 0.908 $1)", "9.080 ; -6.356 ; 8374821809464136432.756"},
                          {"(+ $3 1.005)", "3.505 ; NULL ; 0.955"},
                          {"(* $3 $2)", "3.75 ; NULL ; 0.1125"},
                          {"(/ $3 0)", "error 3001"},
                          {"(% $3 2)", "0.50 ; NULL ; -0.05"}});
}

TEST(logic, has_three_values) {
  expect_values(numbers, {{"(= $0 1)", "TRUE ; NULL ; FALSE"},
                          {"(AND $4 (= $1 10))", "TRUE ; FALSE ; FALSE"},
                          {"(OR $4 (= $1 10))", "TRUE ; NULL ; FALSE"},
                          {"(NOT $4)", "FALSE ; NULL ; TRUE"},
                          {"(|IS NULL| $0)", "FALSE ; TRUE ; FALSE"},
                          {"(|IS NOT TRUE| $4)", "FALSE ; TRUE ; TRUE"},
                          {"(|IS FALSE| $4)", "FALSE ; FALSE ; TRUE"},
                          {"(IN $0 1 2)", "TRUE ; NULL ; FALSE"},
                          {"(|NOT IN| $0 1 NULL)", "FALSE ; NULL ; NULL"},
                          {"(BETWEEN $1 -7 10)", "TRUE ; TRUE ; FALSE"},
                          {"(|IS DISTINCT FROM| $0 NULL)", "TRUE ; FALSE ; TRUE"}});
}

TEST(conditions, shield_their_branches_from_errors) {
  expect_values(numbers, {{"(CASE (<> $1 10) (/ 100 (- $1 10)) -1)", "-1 ; -5 ; 0"},
                          {"(AND (<> $1 10) (> (/ 100 (- $1 10)) 0))", "FALSE ; FALSE ; FALSE"},
                          {"(COALESCE $0 (/ 5 0))", "error 3001"},
                          {"(COALESCE $0 -99)", "1 ; -99 ; 2147483647"},
                          {"(CASE (= $0 1) 'one' (|IS NULL| $0) 'none')", "one ; none ; NULL"},
                          {"(IF $4 1 2.5)", "1.0 ; 2.5 ; 2.5"},
                          {"(NULLIF $0 1)", "NULL ; NULL ; 2147483647"},
                          {"(GREATEST $0 5)", "5 ; NULL ; 2147483647"}});
}

TEST(casts, from_text_follow_flink) {
  const input texts = {{"STRING"}, "12\n' 7 '\n1.9\n1e3\nabc\n''\nNULL\n-2147483648\n"};
  expect_values(texts,
                {{"(TRY_CAST $0 :INT)", "12 ; 7 ; 1 ; NULL ; NULL ; NULL ; NULL ; -2147483648"},
                 {"(TRY_CAST $0 :DECIMAL(6, 2))",
                  "12.00 ; 7.00 ; 1.90 ; 1000.00 ; NULL ; NULL ; NULL ; NULL"},
                 {"(TRY_CAST $0 :SMALLINT)", "12 ; 7 ; 1 ; NULL ; NULL ; NULL ; NULL ; NULL"},
                 {"(CAST $0 :INT)", "error 3002"}});
  EXPECT_EQ(value("(CAST 3.99 :INT)"), "3");
  EXPECT_EQ(value("(CAST 'abc' :CHAR(5))"), "'abc  '");
  EXPECT_EQ(value("(CAST 'abcdef' :VARCHAR(3))"), "abc");
  EXPECT_EQ(value("(CAST 123456 :DECIMAL(5, 2))"), "NULL");
  EXPECT_EQ(value("(CAST 1e20 :INT)"), "2147483647");
  EXPECT_EQ(value("(CAST TRUE :STRING)"), "TRUE");
}

TEST(casts, use_the_zone) {
  EXPECT_EQ(value("(CAST (CAST '2024-03-10 02:30:00' :TIMESTAMP_LTZ(3)) :TIMESTAMP(3))",
                  "America/New_York"),
            "2024-03-10 03:30:00.000");
  EXPECT_EQ(
      value("(CAST (CAST '2024-11-03 01:30:00' :TIMESTAMP_LTZ(3)) :STRING)", "America/New_York"),
      "2024-11-03 01:30:00.000");
}

TEST(evaluator, filters_conjuncts_in_order) {
  const auto types = std::vector<data::data_type>{type_of("INT")};
  auto batch = data::parse_table({{{"a", types[0]}}}, "0\n1\nNULL\n5\n10\n");
  ASSERT_TRUE(batch.ok());
  eval_context context;
  auto code = evaluator::make({parse("(AND (<> $0 0) (> (/ 10 $0) 1))", types),
                               parse("(+ $0 1)", types), parse("(/ 10 $0)", types)},
                              context);
  ASSERT_TRUE(code.ok());
  auto out = code->calc(**batch);
  ASSERT_TRUE(out.ok()) << to_text(out.error());
  ASSERT_EQ(out->count, 2U);
  EXPECT_EQ(out->selection->as<std::uint32_t>()[0], 1U);
  EXPECT_EQ(out->selection->as<std::uint32_t>()[1], 3U);
  EXPECT_EQ(out->columns[0]->value<std::int32_t>(3), 6);
}

TEST(registry, names_the_nearest_function) {
  const auto e = try_parse("(COALESC 1 2)");
  ASSERT_FALSE(e.ok());
  EXPECT_EQ(e.error().code, errc::sql_unknown_function);
  EXPECT_NE(e.error().hint.find("COALESCE"), std::string::npos);
}

TEST(text, of_expressions_is_readable) {
  const auto types = std::vector<data::data_type>{type_of("BIGINT"), type_of("STRING")};
  EXPECT_EQ(to_text(*parse("(AND (> (* 0.908 $0) 5) (IN $1 'a' 'b'))", types), {"price"}),
            "(((0.908 * price) > CAST(5 AS DECIMAL(23, 3))) AND $1 IN ('a', 'b'))");
}

}  // namespace
}  // namespace millrace::expr::test
