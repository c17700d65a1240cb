#include "tests/unit/core/connectors/table_support.hpp"

namespace millrace::connectors {
namespace {

using data::data_type;
using data::type_id;
using test::drain;
using test::make_table;
using test::read_all_of;
using test::scratch_folder;

data_type integer() { return data_type(type_id::integer); }

plan::source_spec csv_table(const std::string& path, std::vector<data::field> columns,
                            option_map options = {}) {
  options.emplace("connector", "filesystem");
  options.emplace("format", "csv");
  options.emplace("path", path);
  return read_all_of(make_table(std::move(columns), std::move(options)));
}

std::vector<data::field> two() { return {{"a", data_type::string()}, {"b", integer()}}; }

struct reading {
  const char* what;
  std::string text;
  std::string rows;
  option_map options;
};

TEST(csv_format, reads_fields_as_flink_does) {
  const reading table[] = {
      {"plain", "x,1\ny,-2\n", "+I | x | 1\n+I | y | -2\n", {}},
      {"no line end at the end", "x,1", "+I | x | 1\n", {}},
      {"carriage returns", "x,1\r\ny,2\r\n", "+I | x | 1\n+I | y | 2\n", {}},
      {"blank lines", "\nx,1\n\r\n\ny,2\n\n", "+I | x | 1\n+I | y | 2\n", {}},
      {"quotes", "\"a,b\",1\n\"say \"\"hi\"\"\",2\n", "+I | 'a,b' | 1\n+I | say \"hi\" | 2\n", {}},
      {"line end in quotes", "\"a\nb\",1\nc,2\n", "+I | 'a\\nb' | 1\n+I | c | 2\n", {}},
      {"quote inside of a field", "a\"b\"c,1\n", "+I | a\"b\"c | 1\n", {}},
      {"empty quoted", "\"\",1\n,2\n", "+I | '' | 1\n+I | '' | 2\n", {}},
      {"other quote", "'a,b',1\n", "+I | 'a,b' | 1\n", {{"csv.quote-character", "'"}}},
      {"no quotes", "\"a\",1\n", "+I | \"a\" | 1\n", {{"csv.disable-quote-character", "true"}}},
      {"other delimiter", "a;1\n", "+I | a | 1\n", {{"csv.field-delimiter", ";"}}},
      {"tab", "a b\t1\n", "+I | a b | 1\n", {{"csv.field-delimiter", "\\t"}}},
      {"escapes",
       "a\\,b,1\n\"q\\\"r\",2\n",
       "+I | 'a,b' | 1\n+I | q\"r | 2\n",
       {{"csv.escape-character", "\\"}}},
      {"comments", "#no,row\na,1\n#", "+I | a | 1\n", {{"csv.allow-comments", "true"}}},
      {"null literal",
       "NA,1\nx,NA\n",
       "+I | NULL | 1\n+I | x | NULL\n",
       {{"csv.null-literal", "NA"}}},
      {"blanks around numbers", "a, 7 \n", "+I | a | 7\n", {}},
      {"ignored errors",
       "a,x\nb\nc,1,2\nd,4\n",
       "+I | a | NULL\n+I | b | NULL\n+I | d | 4\n",
       {{"csv.ignore-parse-errors", "true"}}},
      {"NUL", std::string("a\0b,1\n", 6), std::string("+I | a\0b | 1\n", 13), {}},
  };
  const scratch_folder folder;
  for (const auto& t : table) {
    SCOPED_TRACE(t.what);
    for (const std::uint32_t batch : {1u, 2u, 4096u}) {
      const auto out = drain(csv_table(folder.write("a.csv", t.text), two(), t.options), 1, batch);
      EXPECT_EQ(out.error, "");
      EXPECT_EQ(out.text, t.rows);
    }
  }
}

TEST(csv_format, refuses_bad_rows_with_row_and_offset) {
  const std::pair<std::string, int> table[] = {
      {"x", 4003},        {"x,1,2", 4003},  {"x,y", 4003}, {"x,", 4003}, {"x,99999999999", 4003},
      {"\"a\"b,1", 4003}, {"\xff,1", 4005},
  };
  const scratch_folder folder;
  for (const auto& [line, code] : table) {
    SCOPED_TRACE(line);
    const auto path = folder.write("a.csv", "p,1\n" + line + "\nq,2\n");
    const auto strict = drain(csv_table(path, two()));
    EXPECT_NE(strict.error.find("error " + std::to_string(code)), std::string::npos)
        << strict.error;
    EXPECT_NE(strict.error.find("a.csv, row 2, byte 4"), std::string::npos) << strict.error;
    const auto out = drain(csv_table(path, two(), {{"bad-records.path", folder / "dead"}}));
    EXPECT_EQ(out.text, "+I | p | 1\n+I | q | 2\n");
    EXPECT_EQ(out.rejected, 1u);
  }
}

TEST(csv_format, an_open_quote_is_an_error_not_a_loss) {
  const scratch_folder folder;
  const auto path = folder.write("a.csv", "p,1\n\"open,2\nq,3\n");
  EXPECT_NE(drain(csv_table(path, two())).error.find("row 2"), std::string::npos);
}

TEST(csv_format, reads_arrays_rows_and_times) {
  const scratch_folder folder;
  const auto path = folder.write("a.csv", "1;2,5;x,2024-01-01 10:00:00.5,2024-02-29,1.25,true\n");
  const auto out =
      drain(csv_table(path, {{"a", data_type::array(integer())},
                             {"r", data_type::row({{"i", integer()}, {"s", data_type::string()}})},
                             {"t", data_type::timestamp(3)},
                             {"d", data_type(type_id::date)},
                             {"n", data_type::decimal(5, 1)},
                             {"b", data_type(type_id::boolean)}}));
  EXPECT_EQ(out.error, "");
  EXPECT_EQ(out.text, "+I | [1, 2] | (5, x) | 2024-01-01 10:00:00.500 | 2024-02-29 | 1.3 | TRUE\n");
}

TEST(csv_format, reads_long_files_whatever_the_batches) {
  const scratch_folder folder;
  std::string text;
  std::string expected;
  for (int i = 0; i < 5000; ++i) {
    const std::string word(i % 90, 'x');
    text += (i % 3 == 0 ? "\"" + word + "\"" : word) + "," + std::to_string(i) + "\n";
    expected += "+I | " + (word.empty() ? "''" : word) + " | " + std::to_string(i) + "\n";
  }
  const auto spec = csv_table(folder.write("a.csv", text), two());
  EXPECT_EQ(drain(spec, 1, 7).text, expected);
  EXPECT_EQ(drain(spec, 1, 4096).text, expected);
}

}  // namespace
}  // namespace millrace::connectors
