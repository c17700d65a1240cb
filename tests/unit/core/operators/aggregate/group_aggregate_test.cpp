#include "tests/unit/core/operators/calls.hpp"
#include "tests/unit/core/operators/operator_harness.hpp"

#include <gtest/gtest.h>

namespace millrace::operators {
namespace {

const columns bids = {{"k", string()}, {"v", bigint()}, {"even", boolean()}};

plan::group_aggregate_spec spec_of(std::vector<plan::aggregate_call> calls,
                                   bool retracting = false) {
  plan::group_aggregate_spec spec;
  spec.groups = {0};
  spec.calls = std::move(calls);
  spec.retracting_input = retracting;
  return spec;
}

TEST(group_aggregate, counts_and_sums_per_key) {
  for (const drive how : all_drives) {
    operator_harness h(spec_of({aggregate("COUNT", {}, bids), aggregate("SUM", {1}, bids)}), {bids},
                       {{"k", string()}, {"n", bigint()}, {"s", bigint()}}, how);
    h.rows("a | 1 | TRUE\nb | 2 | TRUE\na | 3 | FALSE\nNULL | 7 | TRUE");
    h.rows("b | 5 | FALSE\nNULL | NULL | TRUE");
    EXPECT_EQ(h.folded(), "NULL | 2 | 7\na | 2 | 4\nb | 2 | 7\n");
  }
}

TEST(group_aggregate, gives_one_change_per_touched_group_and_batch) {
  operator_harness h(spec_of({aggregate("COUNT", {}, bids)}), {bids},
                     {{"k", string()}, {"n", bigint()}});
  h.rows("a | 1 | TRUE\nb | 2 | TRUE\na | 3 | FALSE");
  EXPECT_EQ(h.take(), "+I | a | 2\n+I | b | 1\n");
  h.rows("c | 1 | TRUE\na | 2 | TRUE");
  EXPECT_EQ(h.take(), "+I | c | 1\n-U | a | 2\n+U | a | 3\n");
}

TEST(group_aggregate, is_flinks_changelog_row_by_row) {
  operator_harness h(spec_of({aggregate("COUNT", {}, bids)}), {bids},
                     {{"k", string()}, {"n", bigint()}}, drive::row_by_row);
  h.rows("a | 1 | TRUE\na | 2 | TRUE");
  EXPECT_EQ(h.take(), "+I | a | 1\n-U | a | 1\n+U | a | 2\n");
}

TEST(group_aggregate, leaves_out_update_before_and_unchanged_results) {
  auto spec = spec_of({aggregate("MAX", {1}, bids)});
  spec.emit_update_before = false;
  operator_harness h(spec, {bids}, {{"k", string()}, {"m", bigint()}}, drive::row_by_row);
  h.rows("a | 5 | TRUE\na | 3 | TRUE\na | 5 | TRUE\na | 9 | TRUE");
  EXPECT_EQ(h.take(), "+I | a | 5\n+U | a | 9\n");
}

TEST(group_aggregate, repeats_unchanged_results_with_a_ttl) {
  auto spec = spec_of({aggregate("MAX", {1}, bids)});
  spec.ttl_ms = 1000;
  operator_harness h(spec, {bids}, {{"k", string()}, {"m", bigint()}});
  h.rows("a | 5 | TRUE").rows("a | 3 | TRUE");
  EXPECT_EQ(h.take(), "+I | a | 5\n-U | a | 5\n+U | a | 5\n");
  h.advance(1000).rows("a | 2 | TRUE");
  EXPECT_EQ(h.take(), "+I | a | 2\n");
}

TEST(group_aggregate, honours_filter) {
  for (const drive how : all_drives) {
    auto filtered = aggregate("SUM", {1}, bids);
    filtered.filter = 2;
    operator_harness h(spec_of({aggregate("COUNT", {}, bids), filtered}), {bids},
                       {{"k", string()}, {"n", bigint()}, {"s", bigint()}}, how);
    h.rows("a | 1 | TRUE\na | 2 | FALSE\na | 4 | NULL\nb | 3 | FALSE");
    EXPECT_EQ(h.folded(), "a | 3 | 1\nb | 1 | NULL\n");
  }
}

TEST(group_aggregate, adds_up_batches_of_any_size) {
  for (const int rows : {255, 256, 257, 700}) {
    auto filtered = aggregate("COUNT", {}, bids);
    filtered.filter = 2;
    operator_harness h(spec_of({aggregate("SUM", {1}, bids), filtered}), {bids},
                       {{"k", string()}, {"s", bigint()}, {"n", bigint()}});
    std::string text;
    int sum = 0;
    for (int i = 0; i < rows; ++i, sum += i)
      text += "a | " + std::to_string(i + 1) + (i % 2 == 0 ? " | TRUE\n" : " | FALSE\n");
    h.rows(text);
    EXPECT_EQ(h.folded(),
              "a | " + std::to_string(sum) + " | " + std::to_string((rows + 1) / 2) + "\n");
  }
}

TEST(group_aggregate, keeps_the_least_and_greatest_of_batches_without_null) {
  const columns in = {{"k", bigint()}, {"v", bigint()}};
  const columns out = {{"k", bigint()}, {"least", bigint()}, {"greatest", bigint()}};
  for (const int keys : {1, 3}) {
    operator_harness h(spec_of({aggregate("MIN", {1}, in), aggregate("MAX", {1}, in)}), {in}, out);
    for (const int above : {-500, 200, 0}) {
      std::string text;
      for (int i = 0; i < 90; ++i)
        text += std::to_string(i % keys) + " | " + std::to_string(above + i * 31 % 90) + "\n";
      h.rows(text);
    }
    EXPECT_EQ(h.folded(),
              keys == 1 ? "0 | -500 | 289\n" : "0 | -500 | 287\n1 | -499 | 288\n2 | -498 | 289\n");
  }
}

// Keys that rows share are looked up once per batch; row by row they never are.
class group_aggregate_of_groups : public ::testing::TestWithParam<bool> {
 protected:
  static constexpr int keys = 9;
  static std::string changes(int count, int seed, std::string_view kind) {
    std::string text;
    for (int i = seed; i < seed + count; ++i) {
      const std::string value = i % 5 == 0 ? "NULL" : std::to_string(i * 31 % 97 - 40);
      const std::string even = i % 7 == 0 ? "NULL" : i % 2 == 0 ? "TRUE" : "FALSE";
      text += std::string(kind) + " | " + std::to_string(i % keys) + " | " + value + " | " + even +
              "\n";
    }
    return text;
  }
  static operator_harness harness(drive how) {
    const columns in = {{"k", bigint()}, {"v", bigint()}, {"even", boolean()}};
    const bool retracts = GetParam();
    std::vector<plan::aggregate_call> calls;
    for (const bool filtered : {false, true}) {
      for (const auto* name : {"COUNT", "SUM", "AVG", "MIN", "MAX"}) {
        if (retracts && (name[0] == 'M')) continue;
        calls.push_back(aggregate(name, {1}, in, retracts));
        if (filtered) calls.back().filter = 2;
      }
      calls.push_back(aggregate("COUNT", {}, in, retracts));
      if (filtered) calls.back().filter = 2;
    }
    columns out = {{"k", bigint()}};
    for (std::size_t i = 0; i < calls.size(); ++i)
      out.push_back({"c" + std::to_string(i), bigint()});
    return {spec_of(std::move(calls), retracts), {in}, std::move(out), how};
  }
};

TEST_P(group_aggregate_of_groups, equals_row_by_row) {
  auto whole = harness(drive::whole);
  auto by_row = harness(drive::row_by_row);
  for (auto* h : {&whole, &by_row}) {
    h->rows(changes(700, 0, "+I")).rows(changes(300, 1000, "+I"));
    h->barrier().rows(changes(40, 5, "+I"));
    if (GetParam()) h->rows(changes(600, 0, "-D")).rows(changes(9, 600, "-D"));
  }
  EXPECT_EQ(whole.folded(), by_row.folded());
  EXPECT_EQ(whole.state_rows(), by_row.state_rows());
}

TEST_P(group_aggregate_of_groups, loads_spilled_groups) {
  auto whole = harness(drive::whole);
  whole.rows(changes(500, 0, "+I")).spill().rows(changes(500, 500, "+I"));
  EXPECT_GT(whole.loads(), 0U);
  auto by_row = harness(drive::row_by_row);
  by_row.rows(changes(1000, 0, "+I"));
  EXPECT_EQ(whole.folded(), by_row.folded());
}

INSTANTIATE_TEST_SUITE_P(retracting_or_not, group_aggregate_of_groups, ::testing::Bool());

TEST(group_aggregate, takes_rows_back_until_the_group_is_gone) {
  operator_harness h(
      spec_of({aggregate("COUNT", {}, bids, true), aggregate("SUM", {1}, bids, true)}, true),
      {bids}, {{"k", string()}, {"n", bigint()}, {"s", bigint()}});
  h.rows("a | 1 | TRUE\na | 2 | TRUE");
  EXPECT_EQ(h.take(), "+I | a | 2 | 3\n");
  h.rows("-U | a | 1 | TRUE\n+U | a | 5 | TRUE");
  EXPECT_EQ(h.take(), "-U | a | 2 | 3\n+U | a | 2 | 7\n");
  h.rows("-D | a | 5 | TRUE\n-D | a | 2 | TRUE");
  EXPECT_EQ(h.take(), "-D | a | 2 | 7\n");
  EXPECT_EQ(h.state_rows(), 0U);
}

TEST(group_aggregate, ignores_taking_back_what_never_came) {
  operator_harness h(spec_of({aggregate("COUNT", {}, bids, true)}, true), {bids},
                     {{"k", string()}, {"n", bigint()}});
  h.rows("-D | a | 1 | TRUE\n+I | a | 2 | TRUE\n-D | b | 1 | TRUE");
  EXPECT_EQ(h.take(), "+I | a | 1\n");
  EXPECT_EQ(h.state_rows(), 1U);
}

TEST(group_aggregate, finds_the_next_extreme_when_one_is_taken_back) {
  for (const drive how : all_drives) {
    operator_harness h(
        spec_of({aggregate("MIN", {1}, bids, true), aggregate("MAX", {1}, bids, true)}, true),
        {bids}, {{"k", string()}, {"lo", bigint()}, {"hi", bigint()}}, how);
    h.rows("a | 4 | TRUE\na | 9 | TRUE\na | -3 | TRUE\na | 9 | TRUE\na | NULL | TRUE");
    EXPECT_EQ(h.folded(), "a | -3 | 9\n");
    h.rows("-D | a | 9 | TRUE\n-D | a | -3 | TRUE");
    EXPECT_EQ(h.folded(), "a | 4 | 9\n");
    h.rows("-D | a | 9 | TRUE\n-D | a | 4 | TRUE");
    EXPECT_EQ(h.folded(), "a | NULL | NULL\n");
    h.rows("-D | a | NULL | TRUE");
    EXPECT_EQ(h.folded(), "");
    EXPECT_EQ(h.state_rows(), 0U);
  }
}

TEST(group_aggregate, counts_distinct_values_per_filter) {
  for (const drive how : all_drives) {
    auto all = aggregate("COUNT", {1}, bids);
    all.distinct = true;
    auto even = all;
    even.filter = 2;
    operator_harness h(spec_of({all, even}), {bids},
                       {{"k", string()}, {"n", bigint()}, {"e", bigint()}}, how);
    h.rows("a | 1 | FALSE\na | 1 | TRUE\na | 1 | TRUE\na | 2 | FALSE\nb | NULL | TRUE");
    EXPECT_EQ(h.folded(), "a | 2 | 1\nb | 0 | 0\n");
    h.rows("a | 2 | TRUE\nb | 1 | TRUE");
    EXPECT_EQ(h.folded(), "a | 2 | 2\nb | 1 | 1\n");
  }
}

TEST(group_aggregate, takes_distinct_values_back) {
  for (const drive how : all_drives) {
    auto call = aggregate("SUM", {1}, bids, true);
    call.distinct = true;
    operator_harness h(spec_of({call}, true), {bids}, {{"k", string()}, {"s", bigint()}}, how);
    h.rows("a | 5 | TRUE\na | 5 | TRUE\na | 2 | TRUE");
    EXPECT_EQ(h.folded(), "a | 7\n");
    h.rows("-D | a | 5 | TRUE");
    EXPECT_EQ(h.folded(), "a | 7\n");
    h.rows("-D | a | 5 | TRUE");
    EXPECT_EQ(h.folded(), "a | 2\n");
    h.rows("-D | a | 2 | TRUE");
    EXPECT_EQ(h.folded(), "");
    EXPECT_EQ(h.state_rows(), 0U);
  }
}

TEST(group_aggregate, aggregates_globally_without_groups) {
  for (const drive how : all_drives) {
    plan::group_aggregate_spec spec;
    spec.calls = {aggregate("COUNT", {}, bids), aggregate("MAX", {0}, bids)};
    operator_harness h(spec, {bids}, {{"n", bigint()}, {"m", string()}}, how);
    EXPECT_EQ(h.finish().folded(), "");
    h.rows("a | 1 | TRUE\nc | 2 | TRUE\nb | 2 | TRUE");
    EXPECT_EQ(h.folded(), "3 | c\n");
  }
}

TEST(group_aggregate, goes_on_with_state_that_was_on_disk) {
  for (const drive how : all_drives) {
    auto distinct = aggregate("COUNT", {1}, bids);
    distinct.distinct = true;
    operator_harness h(spec_of({distinct, aggregate("SUM", {1}, bids)}), {bids},
                       {{"k", string()}, {"n", bigint()}, {"s", bigint()}}, how);
    h.rows("a | 5 | TRUE\nb | 1 | TRUE").spill().rows("a | 5 | TRUE").spill();
    h.rows("b | 2 | TRUE");
    EXPECT_EQ(h.folded(), "a | 1 | 10\nb | 2 | 3\n");
    EXPECT_GE(h.loads(), 2U);
  }
}

TEST(group_aggregate, waits_for_a_mini_batch) {
  auto spec = spec_of({aggregate("COUNT", {}, bids)});
  spec.mini_batch = true;
  spec.mini_batch_rows = 4;
  spec.mini_batch_ms = 100;
  operator_harness h(spec, {bids}, {{"k", string()}, {"n", bigint()}}, drive::row_by_row);
  h.rows("a | 1 | TRUE\na | 2 | TRUE\nb | 1 | TRUE");
  EXPECT_EQ(h.take(), "");
  EXPECT_EQ(h.rows("b | 2 | TRUE").take(), "+I | a | 2\n+I | b | 2\n");
  EXPECT_EQ(h.rows("a | 2 | TRUE").take(), "");
  EXPECT_EQ(h.advance(100).take(), "-U | a | 2\n+U | a | 3\n");
  EXPECT_EQ(h.rows("a | 2 | TRUE").barrier().take(), "-U | a | 3\n+U | a | 4\n");
  EXPECT_EQ(h.rows("a | 2 | TRUE").watermark(5).take(), "-U | a | 4\n+U | a | 5\n");
}

// Runs rows through both halves of a two-phase aggregation; gives what the global one folds to.
std::string in_two_phases(std::vector<plan::aggregate_call> calls, bool retracting, drive how,
                          const std::vector<std::string>& batches) {
  const columns partial = retracting ? columns{{"k", string()},
                                               {"a", data::data_type::bytes()},
                                               {"b", data::data_type::bytes()},
                                               {"n", bigint()}}
                                     : columns{{"k", string()},
                                               {"a", data::data_type::bytes()},
                                               {"b", data::data_type::bytes()}};
  auto spec = spec_of(std::move(calls), retracting);
  spec.phase = plan::aggregate_phase::local;
  operator_harness local(spec, {bids}, partial, how);
  spec.phase = plan::aggregate_phase::global;
  operator_harness global(spec, {partial},
                          {{"k", string()},
                           spec.calls[0].overload.result_type.id() == data::type_id::varchar
                               ? data::field{"x", string()}
                               : data::field{"x", bigint()},
                           {"y", bigint()}},
                          how);
  for (const auto& batch : batches) global.rows(local.rows(batch).take());
  EXPECT_EQ(local.state_rows(), 0U);
  return global.folded();
}

TEST(local_aggregate, partial_states_add_up) {
  for (const drive how : all_drives) {
    EXPECT_EQ(in_two_phases({aggregate("COUNT", {}, bids), aggregate("AVG", {1}, bids)}, false, how,
                            {"a | 1 | TRUE\nb | 5 | TRUE\na | 3 | TRUE", "a | 5 | TRUE"}),
              "a | 3 | 3\nb | 1 | 5\n");
    EXPECT_EQ(in_two_phases({aggregate("MAX", {0}, bids), aggregate("SUM", {1}, bids)}, false, how,
                            {"a | 1 | TRUE\nbb | 5 | TRUE\na | 3 | TRUE", "bb | 7 | TRUE"}),
              "a | a | 4\nbb | bb | 12\n");
  }
}

TEST(local_aggregate, rows_are_taken_back_through_both_phases) {
  for (const drive how : all_drives)
    EXPECT_EQ(
        in_two_phases(
            {aggregate("COUNT", {}, bids, true), aggregate("SUM", {1}, bids, true)}, true, how,
            {"a | 1 | TRUE\nb | 5 | TRUE\na | 3 | TRUE", "-D | a | 1 | TRUE\n-D | b | 5 | TRUE"}),
        "a | 1 | 3\n");
}

}  // namespace
}  // namespace millrace::operators
