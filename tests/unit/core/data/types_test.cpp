#include "core/data/types.hpp"

#include <gtest/gtest.h>

namespace millrace::data {
namespace {

TEST(types, text_is_flinks) {
  EXPECT_EQ(to_text(data_type(type_id::integer)), "INT");
  EXPECT_EQ(to_text(data_type::decimal(10, 2, false)), "DECIMAL(10, 2) NOT NULL");
  EXPECT_EQ(to_text(data_type::string()), "STRING");
  EXPECT_EQ(to_text(data_type::bytes()), "BYTES");
  EXPECT_EQ(to_text(data_type(type_id::character).with_precision(5)), "CHAR(5)");
  EXPECT_EQ(to_text(data_type::timestamp_ltz(3)), "TIMESTAMP_LTZ(3)");
  const auto row = data_type::row({{"a", data_type(type_id::integer)}, {"b", data_type::string()}});
  EXPECT_EQ(to_text(row), "ROW<`a` INT, `b` STRING>");
  EXPECT_EQ(to_text(data_type::map(data_type::string(false), data_type::array(row))),
            "MAP<STRING NOT NULL, ARRAY<ROW<`a` INT, `b` STRING>>>");
}

TEST(types, same_kind_leaves_nullability_aside) {
  const auto a = data_type::array(data_type(type_id::bigint, true), false);
  const auto b = data_type::array(data_type(type_id::bigint, false), true);
  EXPECT_TRUE(a.same_kind(b));
  EXPECT_FALSE(a == b);
  EXPECT_FALSE(a.same_kind(data_type::array(data_type(type_id::integer))));
  EXPECT_FALSE(data_type::decimal(10, 2).same_kind(data_type::decimal(10, 3)));
}

TEST(types, multiset_stores_a_count_behind_its_element) {
  const auto children = storage_children(data_type::multiset(data_type::string()));
  ASSERT_EQ(children.size(), 2u);
  EXPECT_EQ(children[1], data_type(type_id::integer, false));
}

}  // namespace
}  // namespace millrace::data
