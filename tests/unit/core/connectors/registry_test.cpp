#include "core/connectors/registry.hpp"

#include <gtest/gtest.h>

namespace millrace::connectors {
namespace {

plan::table_definition table(option_map options) {
  plan::table_definition out;
  out.name = "t";
  out.options = std::move(options);
  return out;
}

error refused(option_map options) {
  auto checked = check_table_options(table(std::move(options)));
  return checked.ok() ? error{} : checked.take_error();
}

TEST(registry, names_the_nearest_option) {
  const auto e = refused({{"connector", "nexmark"}, {"event.num", "5"}});
  EXPECT_EQ(e.code, errc::sql_unknown_option);
  EXPECT_EQ(e.hint, "did you mean 'events.num'?");
}

TEST(registry, checks_the_form_of_values) {
  EXPECT_EQ(refused({{"connector", "nexmark"}, {"events.num", "many"}}).code, errc::sql_bad_option);
  EXPECT_EQ(refused({{"connector", "nexmark"}, {"keep-alive", "maybe"}}).code,
            errc::sql_bad_option);
  EXPECT_EQ(refused({{"connector", "nexmark"}, {"bid.avg-size", "1 parsec"}}).code,
            errc::sql_bad_option);
}

TEST(registry, refuses_unknown_and_missing_connectors) {
  EXPECT_EQ(refused({{"connector", "nexmrk"}}).code, errc::connector_unknown);
  EXPECT_EQ(refused({{"connector", "nexmrk"}}).hint, "did you mean 'nexmark'?");
  EXPECT_EQ(refused({}).code, errc::sql_missing_option);
}

TEST(registry, knows_what_can_be_read) {
  const auto traits = traits_of(table({{"connector", "nexmark"}, {"events.num", "5"}}));
  ASSERT_TRUE(traits.ok());
  EXPECT_TRUE(traits->readable);
  EXPECT_TRUE(traits->bounded);
  EXPECT_FALSE(traits->writable);
}

}  // namespace
}  // namespace millrace::connectors
