#include "core/data/text_table.hpp"

#include "core/data/value_json.hpp"
#include "core/data/value_text.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace millrace::data {
namespace {

const schema everything{
    {{"flag", data_type(type_id::boolean)},
     {"n", data_type(type_id::bigint)},
     {"d", data_type(type_id::float64)},
     {"amount", data_type::decimal(10, 2)},
     {"s", data_type::string()},
     {"raw", data_type::bytes()},
     {"at", data_type::timestamp(3)},
     {"utc", data_type::timestamp_ltz(6)},
     {"day", data_type(type_id::date)},
     {"clock", data_type(type_id::time)},
     {"months", data_type(type_id::interval_year_month)},
     {"span", data_type(type_id::interval_day_time)},
     {"list", data_type::array(data_type::string())},
     {"bag", data_type::map(data_type::string(), data_type(type_id::integer))},
     {"pair", data_type::row({{"a", data_type(type_id::tinyint)}, {"b", data_type::string()}})}}};

constexpr std::string_view rows =
    "+I | TRUE | -5 | 1.0E10 | 12.50 | abc | x0aff | 2024-01-15 10:00:10.500 | "
    "2024-01-15 10:00:10.000001 | 2024-02-29 | 12:34:56 | +1-02 | -1 02:03:04.005 | [a, NULL, ''] "
    "| "
    "{k=1, 'a=b'=NULL} | (7, 'x, y')\n"
    "-D | NULL | NULL | NULL | NULL | 'NULL' | NULL | NULL | NULL | NULL | NULL | NULL | NULL | [] "
    "| {} | NULL\n";

batch_ptr parsed(const schema& s, std::string_view text) {
  auto out = parse_table(s, text);
  EXPECT_TRUE(out.ok()) << (out.ok() ? "" : to_text(out.error()));
  return out.ok() ? out.value() : nullptr;
}

TEST(text_table, every_type_comes_back_as_it_was) {
  EXPECT_EQ(print_table(*parsed(everything, rows)), rows);
}

TEST(text_table, only_live_rows_are_printed) {
  const schema s{{{"n", data_type(type_id::integer)}}};
  const auto b = parsed(s, "1\n\n# a comment\n-U | 2\n+U | 3");
  EXPECT_EQ(print_table(*live_slice(b, 1, 2)), "-U | 2\n+U | 3\n");
}

TEST(text_table, strings_that_could_be_mistaken_are_quoted) {
  const schema s{{{"s", data_type::string()}}};
  const std::string_view text = "+I | 'it''s'\n+I | 'a | b'\n+I | ' x'\n+I | 'two\\nlines'\n";
  const auto b = parsed(s, text);
  EXPECT_EQ(b->column_at(0)->text(0), "it's");
  EXPECT_EQ(b->column_at(0)->text(3), "two\nlines");
  EXPECT_EQ(print_table(*b), text);
}

TEST(text_table, errors_name_line_and_cell) {
  const schema s{{{"n", data_type(type_id::integer)}, {"m", data_type(type_id::integer)}}};
  const auto bad = parse_table(s, "1 | 2\n1 | x");
  ASSERT_FALSE(bad.ok());
  EXPECT_EQ(bad.error().code, errc::connector_bad_record);
  EXPECT_EQ(bad.error().message, "line 2 'x' is no INT");
  EXPECT_FALSE(parse_table(s, "1").ok());
  EXPECT_FALSE(parse_table(s, "1 | 2 | 3").ok());
}

TEST(value_json, forms_of_every_type) {
  const auto b = parsed(everything, rows);
  std::string out;
  for (const auto& c : b->columns()) {
    append_value_json(out, *c, 0);
    out += '\n';
  }
  EXPECT_EQ(out,
            "true\n-5\n1.0E10\n\"12.50\"\n\"abc\"\n\"x0aff\"\n\"2024-01-15 10:00:10.5\"\n"
            "\"2024-01-15 10:00:10.000001Z\"\n\"2024-02-29\"\n\"12:34:56\"\n\"+1-02\"\n"
            "\"-1 02:03:04.005\"\n[\"a\",null,\"\"]\n{\"map\":[[\"k\",1],[\"a=b\",null]]}\n"
            "[7,\"x, y\"]\n");
  out.clear();
  append_json_string(out, "a\"\\\n\x01ü");
  EXPECT_EQ(out, "\"a\\\"\\\\\\n\\u0001ü\"");
}

std::string java(double value) {
  std::string out;
  append_double(out, value);
  return out;
}

TEST(value_text, doubles_are_javas) {
  EXPECT_EQ(java(1), "1.0");
  EXPECT_EQ(java(-0.0), "-0.0");
  EXPECT_EQ(java(0.001), "0.001");
  EXPECT_EQ(java(0.00099), "9.9E-4");
  EXPECT_EQ(java(9999999), "9999999.0");
  EXPECT_EQ(java(1e7), "1.0E7");
  EXPECT_EQ(java(123.456), "123.456");
  EXPECT_EQ(java(-9.223372036854776e18), "-9.223372036854776E18");
  EXPECT_EQ(java(std::numeric_limits<double>::denorm_min()), "4.9E-324");
  EXPECT_EQ(java(-std::numeric_limits<double>::infinity()), "-Infinity");
  EXPECT_EQ(java(std::numeric_limits<double>::quiet_NaN()), "NaN");
  std::string out;
  append_float(out, 0.1f);
  EXPECT_EQ(out, "0.1");
}

class one_hour_east final : public zone_offsets {
 public:
  std::int32_t at(std::int64_t) const override { return 3600; }
};

TEST(value_text, local_timestamps_are_printed_in_the_zone) {
  const schema s{{{"t", data_type::timestamp_ltz(3)}}};
  const auto b = parsed(s, "1969-12-31 23:30:00");
  const one_hour_east zone;
  std::string out;
  append_value_text(out, *b->column_at(0), 0, {.zone = &zone});
  EXPECT_EQ(out, "1970-01-01 00:30:00.000");
}

}  // namespace
}  // namespace millrace::data
