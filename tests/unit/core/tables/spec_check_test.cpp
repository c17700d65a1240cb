#include "core/tables/spec_check.hpp"

#include <gmock/gmock.h>

namespace millrace::tables {
namespace {

using data::data_type;
using data::type_id;

table_spec table_of(std::vector<data_type> values) {
  table_spec t;
  t.name = "rows";
  t.key_types = {data_type(type_id::bigint)};
  t.value_types = std::move(values);
  return t;
}

bool readable(std::vector<data_type> before, std::vector<data_type> now) {
  const std::vector<table_spec> old{table_of(std::move(before))};
  const std::vector<table_spec> query{table_of(std::move(now))};
  return check_readable(old, query).ok();
}

TEST(spec_check, takes_types_whose_bytes_are_alike) {
  EXPECT_TRUE(readable({data_type(type_id::integer, false)}, {data_type(type_id::integer)}));
  EXPECT_TRUE(readable({data_type::string().with_precision(5)}, {data_type::string()}));
  EXPECT_TRUE(readable({data_type::decimal(10, 2)}, {data_type::decimal(12, 2)}));
}

TEST(spec_check, refuses_types_whose_bytes_differ) {
  EXPECT_FALSE(readable({data_type(type_id::integer)}, {data_type(type_id::bigint)}));
  EXPECT_FALSE(readable({data_type::decimal(10, 2)}, {data_type::decimal(10, 3)}));
  EXPECT_FALSE(readable({data_type::timestamp(3)}, {data_type::timestamp(6)}));
  EXPECT_FALSE(readable({data_type(type_id::integer)},
                        {data_type(type_id::integer), data_type(type_id::integer)}));
}

TEST(spec_check, names_the_table_and_both_types) {
  const std::vector<table_spec> before{table_of({data_type(type_id::integer)})};
  const std::vector<table_spec> now{table_of({data_type(type_id::bigint)})};
  const auto checked = check_readable(before, now);
  ASSERT_FALSE(checked.ok());
  EXPECT_EQ(checked.error().code, errc::state_type_changed);
  EXPECT_THAT(checked.error().message,
              testing::HasSubstr("rows (BIGINT) -> (INT) where the query keeps rows (BIGINT) -> "
                                 "(BIGINT)"));
  EXPECT_FALSE(check_readable(before, {}).ok());
  EXPECT_FALSE(check_readable({}, now).ok());
}

}  // namespace
}  // namespace millrace::tables
