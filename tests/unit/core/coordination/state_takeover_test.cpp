#include "core/coordination/state_takeover.hpp"

#include <gmock/gmock.h>

namespace millrace::coordination {
namespace {

using data::data_type;
using data::type_id;
using plan::call_identity;
using plan::state_identity;
using tables::slot_origin;
using tables::slot_spec;

state_identity inserts(std::vector<call_identity> calls) {
  return {"over inserts", std::move(calls), true};
}

std::vector<tables::table_spec> groups_of(std::size_t slots) {
  tables::table_spec t;
  t.name = "groups";
  t.slots.assign(slots, slot_spec::bytes(16));
  return {t};
}

const call_identity sum{"SUM(v)", "INT", "", 1, false};
const call_identity least{"MIN(v)", "INT", "", 1, false};
const call_identity count{"COUNT(*)", "", "", 1, false};

// Where the slots of the last match come from.
std::vector<std::uint32_t> origins(const state_takeover& t) {
  std::vector<std::uint32_t> out;
  for (const slot_origin& s : t.matches.back().slots) out.push_back(s.before);
  return out;
}

TEST(match_calls, finds_accumulators_where_they_are_now) {
  const auto t =
      match_calls(inserts({sum, count}), inserts({count, least, sum}), groups_of(3), groups_of(4));
  EXPECT_EQ(t.refused, "");
  EXPECT_EQ(t.noted, "MIN(v) starts empty");
  EXPECT_EQ(origins(t), (std::vector<std::uint32_t>{0, 2, slot_origin::none, 1}));
}

TEST(match_calls, forgets_calls_that_the_query_has_no_more) {
  const auto t = match_calls(inserts({sum, count}), inserts({count}), groups_of(3), groups_of(2));
  EXPECT_EQ(t.refused, "");
  EXPECT_EQ(t.noted, "SUM(v) is forgotten");
  EXPECT_EQ(origins(t), (std::vector<std::uint32_t>{0, 2}));
}

TEST(match_calls, lets_arguments_widen) {
  call_identity wide_sum = sum;
  call_identity wide_least = least;
  wide_sum.types = wide_least.types = "BIGINT";
  const auto t = match_calls(inserts({sum, least}), inserts({wide_sum, wide_least}), groups_of(3),
                             groups_of(3));
  EXPECT_EQ(t.refused, "");
  EXPECT_EQ(t.noted, "SUM(v) of INT widens to BIGINT, MIN(v) of INT widens to BIGINT");
  EXPECT_FALSE(t.matches.back().slots[1].widens()) << "a sum of INT is kept in 64 bits";
  EXPECT_TRUE(t.matches.back().slots[2].widens());
  const auto back = match_calls(inserts({wide_sum, wide_least}), inserts({sum, least}),
                                groups_of(3), groups_of(3));
  EXPECT_EQ(back.refused, "SUM(v) of BIGINT became one of INT");
}

TEST(match_calls, lets_decimals_and_texts_grow) {
  const auto typed = [](const char* text, const char* types) {
    return inserts({{text, types, "", 1, false}});
  };
  const auto refused = [&](const char* text, const char* from, const char* to) {
    return match_calls(typed(text, from), typed(text, to), groups_of(2), groups_of(2)).refused;
  };
  EXPECT_EQ(refused("MAX(d)", "DECIMAL(10, 2)", "DECIMAL(12, 2)"), "");
  EXPECT_NE(refused("MAX(d)", "DECIMAL(10, 2)", "DECIMAL(12, 3)"), "");
  EXPECT_EQ(refused("LISTAGG(s)", "VARCHAR(3)", "STRING"), "");
  EXPECT_EQ(refused("AVG(f)", "FLOAT", "DOUBLE"), "");
  EXPECT_NE(refused("FIRST_VALUE(v)", "INT", "BIGINT"), "") << "its bytes are those of an INT";
}

TEST(match_calls, refuses_new_calls_over_updates) {
  const state_identity was{"over updates", {count}, true};
  const state_identity is{"over updates", {count, sum}, true};
  EXPECT_THAT(match_calls(was, is, groups_of(2), groups_of(3)).refused,
              testing::HasSubstr("SUM(v) is new"));
}

TEST(match_calls, finds_the_values_of_distinct_calls) {
  const call_identity a{"COUNT(DISTINCT a)", "INT", "a", 1, false};
  const call_identity b{"COUNT(DISTINCT b)", "INT", "b", 1, false};
  const call_identity more{"SUM(DISTINCT b)", "INT", "b", 1, false};
  const auto t = match_calls(inserts({a, b}), inserts({b, count}), groups_of(3), groups_of(3));
  ASSERT_EQ(t.matches.size(), 3U);
  EXPECT_EQ(t.matches[0].before + " " + t.matches[0].now, "distinct_1 distinct_0");
  EXPECT_EQ(t.matches[1].before + " " + t.matches[1].now, "distinct_0 ");
  EXPECT_THAT(match_calls(inserts({b}), inserts({b, more}), groups_of(2), groups_of(3)).refused,
              testing::HasSubstr("DISTINCT calls over b"));
}

TEST(match_calls, refuses_other_settings_and_operators_that_cannot_change) {
  const state_identity tumble{"window 1", {count}, true};
  const state_identity hop{"window 2", {count}, true};
  EXPECT_EQ(match_calls(tumble, hop, {}, {}).refused, "window 1 became window 2");
  const state_identity session{"session", {count}, false};
  const state_identity more{"session", {count, sum}, false};
  EXPECT_NE(match_calls(session, more, {}, {}).refused, "");
}

TEST(state_identity, comes_back_from_its_text) {
  const state_identity is{"over inserts", {sum, {"MAX(a\nb)", "INT", "a", 2, true}}, true};
  const auto back = state_identity::from_text(is.to_text());
  ASSERT_TRUE(back);
  EXPECT_EQ(back->calls[0], sum);
  EXPECT_EQ(back->calls[1].text, "MAX(a b)") << "lines stay lines";
  EXPECT_FALSE(state_identity::from_text("anything"));
}

}  // namespace
}  // namespace millrace::coordination
