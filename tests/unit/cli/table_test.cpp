#include "cli/folded_rows.hpp"
#include "cli/text_table.hpp"
#include "core/data/text_table.hpp"

#include <gtest/gtest.h>

namespace millrace::cli {
namespace {

std::string drawn(const text_row& names, const std::vector<text_row>& rows, std::size_t columns) {
  std::vector<const text_row*> pointers;
  for (const auto& row : rows) pointers.push_back(&row);
  std::string text;
  draw_table(text, names, pointers, columns);
  return text;
}

void change(folded_rows& rows, std::string_view changes) {
  static const data::schema s{
      {{"n", data::data_type(data::type_id::integer)}, {"s", data::data_type::string()}}};
  rows.apply(**data::parse_table(s, changes));
}

std::string text_of(const folded_rows& rows, std::size_t most = 100) {
  std::string out;
  for (const text_row* row : rows.last(most)) out += row->at(0) + row->at(1) + " ";
  return out;
}

TEST(text_table, has_borders_and_names) {
  EXPECT_EQ(drawn({"n", "name"}, {{"1", "é"}, {"22", ""}}, 0),
            "+----+------+\n"
            "| n  | name |\n"
            "+----+------+\n"
            "| 1  | é    |\n"
            "| 22 |      |\n"
            "+----+------+\n");
}

TEST(text_table, cuts_the_widest_cells_first) {
  EXPECT_EQ(drawn({"n", "text"}, {{"1234567", "a long text that does not fit"}}, 26),
            "+---------+--------------+\n"
            "| n       | text         |\n"
            "+---------+--------------+\n"
            "| 1234567 | a long text… |\n"
            "+---------+--------------+\n");
}

TEST(text_table, ends_lines_early_when_there_are_too_many_columns) {
  EXPECT_EQ(drawn({"abcdefgh", "abcdefgh"}, {}, 12),
            "+--------+-…\n| abcde… | …\n+--------+-…\n+--------+-…\n");
  EXPECT_EQ(cut_to("äöü", 3), "äöü");
  EXPECT_EQ(cut_to("äöüß", 3), "äö…");
}

TEST(folded_rows, follow_changes_in_order) {
  folded_rows rows(0);
  change(rows, "1 | a\n2 | b\n1 | a");
  change(rows, "-D | 2 | b\n-D | 1 | a\n+U | 3 | c");
  EXPECT_EQ(text_of(rows), "1a 3c ");
  EXPECT_EQ(text_of(rows, 1), "3c ");
  EXPECT_EQ(rows.count(), 2U);
}

TEST(folded_rows, keep_the_last_of_an_endless_result) {
  folded_rows rows(2);
  for (int i = 0; i < 100; ++i) change(rows, std::to_string(i) + " | x");
  EXPECT_EQ(rows.count(), 100U);
  EXPECT_LE(rows.count() - rows.forgotten(), 4U);
  change(rows, "-D | 0 | x\n-D | 99 | x");
  EXPECT_EQ(rows.count(), 99U);
  EXPECT_EQ(text_of(rows, 1), "98x ");
}

TEST(folded_rows, show_control_bytes_as_escapes) {
  folded_rows rows(0);
  change(rows, "1 | a\x1b[2Jb");
  EXPECT_EQ(text_of(rows), "1a\\x1b[2Jb ");
}

}  // namespace
}  // namespace millrace::cli
