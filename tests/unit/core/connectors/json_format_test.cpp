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

plan::source_spec json_table(const std::string& path, std::vector<data::field> columns,
                             option_map options = {}) {
  options.emplace("connector", "filesystem");
  options.emplace("format", "json");
  options.emplace("path", path);
  return read_all_of(make_table(std::move(columns), std::move(options)));
}

TEST(json_format, reads_every_type) {
  const scratch_folder folder;
  const auto path = folder.write(
      "a.json",
      R"({"b":true,"i":5,"l":-7,"d":1.5,"n":"12.345","s":"a\"b\u00e9","dt":"2024-02-29","t":"01:02:03.5","ts":"2024-02-29 12:00:00.123456","z":"2024-02-29 12:00:00Z","a":[1,null,3],"m":{"x":1},"r":{"p":1,"q":"z"},"y":"aGk="})"
      "\n");
  const auto out =
      drain(json_table(path, {{"b", data_type(type_id::boolean)},
                              {"i", integer()},
                              {"l", data_type(type_id::bigint)},
                              {"d", data_type(type_id::float64)},
                              {"n", data_type::decimal(10, 2)},
                              {"s", data_type::string()},
                              {"dt", data_type(type_id::date)},
                              {"t", data_type(type_id::time).with_precision(3)},
                              {"ts", data_type::timestamp(3)},
                              {"z", data_type::timestamp_ltz(3)},
                              {"a", data_type::array(integer())},
                              {"m", data_type::map(data_type::string(), integer())},
                              {"r", data_type::row({{"p", integer()}, {"q", data_type::string()}})},
                              {"y", data_type::bytes()}}));
  EXPECT_EQ(out.error, "");
  EXPECT_EQ(out.text,
            "+I | TRUE | 5 | -7 | 1.5 | 12.35 | a\"bé | 2024-02-29 | 01:02:03.500 | "
            "2024-02-29 12:00:00.123 | 2024-02-29 12:00:00.000 | [1, NULL, 3] | {x=1} | (1, z) | "
            "x6869\n");
}

TEST(json_format, reads_the_wanted_fields_of_rows_in_rows) {
  const scratch_folder folder;
  const std::string lines = R"({"r":{"x":1,"y":{"z":"a","w":10,"v":[1]},"u":"b"}}
{"r":{"x":2,"y":{"z":"c","w":20,"v":[2]},"u":"d"}}
{"r":{"x":3,"y":null,"u":"e"}}
{"r":null}
{"r":{"x":4,"y":{"w":30},"u":"f"}}
)";
  const auto path = folder.write("a.json", lines);
  const auto inner = data_type::row({{"z", data_type::string()}, {"w", integer()}});
  auto spec =
      json_table(path, {{"r", data_type::row({{"x", integer()}, {"y", inner}, {"u", integer()}})}});
  spec.reads[0].type = data_type::row({{"y", data_type::row({{"w", integer()}})}});
  const auto out = drain(spec);
  EXPECT_EQ(out.error, "");
  EXPECT_EQ(out.text,
            "+I | ((10))\n"
            "+I | ((20))\n"
            "+I | (NULL)\n"
            "+I | NULL\n"
            "+I | ((30))\n");
}

TEST(json_format, reads_values_of_other_types_as_flink_does) {
  const scratch_folder folder;
  const auto path = folder.write("a.json",
                                 "{\"s\":1e-07,\"i\":\" 12 \",\"b\":1,\"o\":{\"x\": [1, 2]},"
                                 "\"k\":1.9}\n");
  const auto out = drain(json_table(path, {{"s", data_type::string()},
                                           {"i", integer()},
                                           {"b", data_type(type_id::boolean)},
                                           {"o", data_type::string()},
                                           {"k", integer()}}));
  EXPECT_EQ(out.text, "+I | 1e-07 | 12 | FALSE | '{\"x\":[1,2]}' | 1\n");
}

TEST(json_format, takes_keys_in_any_order_and_leaves_out_unknown_ones) {
  const scratch_folder folder;
  const auto path = folder.write("a.json",
                                 "{\"a\":1,\"b\":\"x\"}\n"
                                 "{\"b\":\"y\",\"zzz\":[{\"q\":\"}\"}],\"a\":2}\n"
                                 "{\"a\":3}\n"
                                 "\n"
                                 " { \"a\" : 4 , \"b\" : \"\\u0041\" } \r\n"
                                 "{\"a\":5,\"b\":\"v\",\"b\":\"w\"}\n"
                                 "{\"a\":null,\"b\":null}");
  const auto out = drain(json_table(path, {{"a", integer()}, {"b", data_type::string()}}));
  EXPECT_EQ(out.error, "");
  EXPECT_EQ(out.text,
            "+I | 1 | x\n+I | 2 | y\n+I | 3 | NULL\n+I | 4 | A\n+I | 5 | w\n+I | NULL | NULL\n");
}

struct bad_line {
  const char* what;
  std::string line;
  int code;
};

TEST(json_format, refuses_bad_records_with_file_row_and_offset) {
  const bad_line table[] = {
      {"no JSON", "hello", 4003},
      {"cut off", "{\"a\":1", 4003},
      {"array", "[1]", 4003},
      {"two objects", "{\"a\":1} {\"a\":2}", 4003},
      {"unquoted value", "{\"a\":tru}", 4003},
      {"leading zero", "{\"a\":01}", 4003},
      {"trailing comma", "{\"a\":1,}", 4003},
      {"wrong type", "{\"a\":\"x\"}", 4003},
      {"out of range", "{\"a\":3000000000}", 4003},
      {"object for a number", "{\"a\":{}}", 4003},
      {"bad escape", "{\"b\":\"\\x\"}", 4003},
      {"lone surrogate", "{\"b\":\"\\ud800\"}", 4003},
      {"control character", "{\"b\":\"a\tb\"}", 4003},
      {"invalid UTF-8", "{\"b\":\"\xff\"}", 4005},
      {"NUL byte", std::string("{\"b\":\"\0\"}", 9), 4003},
      {"NUL alone", std::string("\0\0", 2), 4003},
  };
  const scratch_folder folder;
  for (const auto& bad : table) {
    SCOPED_TRACE(bad.what);
    const auto path = folder.write("a.json", "{\"a\":1,\"b\":\"\"}\n" + bad.line + "\n{\"a\":2}\n");
    const std::vector<data::field> columns = {{"a", integer()}, {"b", data_type::string()}};
    const auto strict = drain(json_table(path, columns));
    EXPECT_NE(strict.error.find("error " + std::to_string(bad.code)), std::string::npos)
        << strict.error;
    EXPECT_NE(strict.error.find("a.json, row 2, byte 15"), std::string::npos) << strict.error;
    const auto skipping = drain(json_table(path, columns, {{"bad-records.path", folder / "dead"}}));
    EXPECT_EQ(skipping.error, "");
    EXPECT_EQ(skipping.text, "+I | 1 | ''\n+I | 2 | NULL\n");
    EXPECT_EQ(skipping.rejected, 1u);
  }
}

TEST(json_format, keeps_bad_records_in_the_dead_letter_file) {
  const scratch_folder folder;
  const auto path = folder.write("a.json", "{\"a\":1}\nno\xff json\n");
  const auto out =
      drain(json_table(path, {{"a", integer()}}, {{"bad-records.path", folder / "dead"}}));
  EXPECT_EQ(out.text, "+I | 1\n");
  const auto dead = test::file_text(folder / "dead");
  EXPECT_NE(dead.find("a.json\",\"row\":2,\"offset\":8,\"code\":4005"), std::string::npos) << dead;
  EXPECT_NE(dead.find("\"bytes\":\"no\xef\xbf\xbd json\"}"), std::string::npos) << dead;
}

TEST(json_format, ignoring_parse_errors_makes_bad_fields_null_and_drops_bad_records) {
  const scratch_folder folder;
  const auto path =
      folder.write("a.json", "{\"a\":\"x\",\"b\":\"p\"}\nnonsense\n{\"a\":7,\"b\":\"q\"}\n");
  const auto out = drain(json_table(path, {{"a", integer()}, {"b", data_type::string()}},
                                    {{"json.ignore-parse-errors", "true"}}));
  EXPECT_EQ(out.text, "+I | NULL | p\n+I | 7 | q\n");
  EXPECT_EQ(out.rejected, 1u);
}

TEST(json_format, a_missing_field_fails_when_told_to) {
  const scratch_folder folder;
  const auto path = folder.write("a.json", "{\"b\":null}\n");
  const option_map strict = {{"json.fail-on-missing-field", "true"}};
  EXPECT_EQ(drain(json_table(path, {{"b", integer()}}, strict)).text, "+I | NULL\n");
  EXPECT_NE(drain(json_table(path, {{"a", integer()}}, strict)).error.find("'a' is missing"),
            std::string::npos);
}

TEST(json_format, iso_timestamps_are_not_sql_timestamps) {
  const scratch_folder folder;
  const auto path = folder.write("a.json", "{\"t\":\"2024-01-01T10:00:00.5\"}\n");
  const std::vector<data::field> columns = {{"t", data_type::timestamp(3)}};
  EXPECT_EQ(drain(json_table(path, columns, {{"json.timestamp-format.standard", "ISO-8601"}})).text,
            "+I | 2024-01-01 10:00:00.500\n");
  EXPECT_NE(drain(json_table(path, columns)).error, "");
}

TEST(json_format, long_records_are_bad_and_do_not_fill_memory) {
  const scratch_folder folder;
  const std::string huge(3 << 20, 'x');
  const auto path = folder.write(
      "a.json", "{\"s\":\"a\"}\n{\"s\":\"" + huge + "\"}\n{\"s\":\"b\"}\n{\"s\":\"" + huge);
  const std::vector<data::field> columns = {{"s", data_type::string()}};
  const auto strict = drain(json_table(path, columns, {{"record.max-size", "1 mb"}}));
  EXPECT_NE(strict.error.find("error 4004"), std::string::npos) << strict.error;
  EXPECT_NE(strict.error.find("row 2, byte 10"), std::string::npos) << strict.error;
  const auto out = drain(json_table(
      path, columns, {{"record.max-size", "1 mb"}, {"bad-records.path", folder / "dead"}}));
  EXPECT_EQ(out.text, "+I | a\n+I | b\n");
  EXPECT_EQ(out.rejected, 2u);
}

TEST(json_format, nothing_hangs_on_the_size_of_batches) {
  const scratch_folder folder;
  std::string text;
  std::string expected;
  for (int i = 0; i < 3000; ++i) {
    text += "{\"a\":" + std::to_string(i) + ",\"b\":\"" + std::string(i % 40, 'x') + "\"}\n";
    expected += "+I | " + std::to_string(i) + " | " +
                (i % 40 == 0 ? "''" : std::string(i % 40, 'x')) + "\n";
  }
  const auto spec =
      json_table(folder.write("a.json", text), {{"a", integer()}, {"b", data_type::string()}});
  EXPECT_EQ(drain(spec, 1, 1).text, expected);
  EXPECT_EQ(drain(spec, 1, 7).text, expected);
  EXPECT_EQ(drain(spec, 1, 100000).text, expected);
}

// Every line goes through the learned layout or the general reader: both must say the same.
TEST(json_format, lines_of_a_known_layout_give_what_the_general_reader_gives) {
  const std::vector<std::string> values = {"1",
                                           "-5",
                                           "0",
                                           "-0",
                                           "01",
                                           "1.5",
                                           "1e2",
                                           "1.",
                                           ".5",
                                           "\"x\"",
                                           "\"a\\tb\"",
                                           "null",
                                           "nul",
                                           "true",
                                           "false",
                                           "tru",
                                           "[1]",
                                           "{}",
                                           "\"2024-02-29 10:00:00.25\"",
                                           "\"2024-02-29\"",
                                           "\"12\"",
                                           "99999999999999999999",
                                           "\"",
                                           "",
                                           "\"\xc3\xa9\"",
                                           "\"\xc3\"",
                                           "1 ",
                                           "1,\"z\":2",
                                           "\"a\nb\"",
                                           "{\"p\":1}",
                                           "{\"p\":null}"};
  const std::vector<data_type> types = {integer(),
                                        data_type(type_id::bigint),
                                        data_type(type_id::float64),
                                        data_type::string(),
                                        data_type(type_id::boolean),
                                        data_type::timestamp(3),
                                        data_type(type_id::date),
                                        data_type::decimal(9, 2),
                                        data_type(type_id::smallint),
                                        data_type::row({{"p", integer()}})};
  const std::vector<std::string> first = {
      "7",    "7", "7.5",      "\"q\"", "true", "\"2024-01-01 00:00:00\"", "\"2024-01-01\"",
      "1.25", "3", "{\"p\":4}"};
  const scratch_folder folder;
  for (std::size_t t = 0; t < types.size(); ++t) {
    for (const auto& value : values) {
      SCOPED_TRACE(data::to_text(types[t]) + " <- " + value);
      const std::vector<data::field> columns = {{"v", types[t]}, {"w", integer()}};
      const option_map skip = {{"bad-records.path", folder / "dead"}};
      const std::string learned = "{\"v\":" + first[t] + ",\"w\":1}\n";
      const std::string line = "{\"v\":" + value + ",\"w\":2}\n";
      const auto alone = drain(json_table(folder.write("a.json", line), columns, skip));
      const auto both = drain(json_table(folder.write("a.json", learned + line), columns, skip));
      const auto one = drain(json_table(folder.write("a.json", learned), columns, skip));
      EXPECT_EQ(alone.error, "");
      EXPECT_EQ(both.text, one.text + alone.text);
      EXPECT_EQ(both.rejected, alone.rejected);
    }
  }
}

TEST(json_format, learns_rows_that_take_turns_being_null) {
  const scratch_folder folder;
  const data_type row = data_type::row({{"x", integer()}});
  std::string text;
  std::string expected;
  for (int i = 0; i < 9; ++i) {
    const std::string x = "{\"x\":" + std::to_string(i) + "}";
    text += i % 2 == 0 ? "{\"a\":" + x + ",\"b\":null}\n" : "{\"a\":null,\"b\":" + x + "}\n";
    expected += i % 2 == 0 ? "+I | (" + std::to_string(i) + ") | NULL\n"
                           : "+I | NULL | (" + std::to_string(i) + ")\n";
  }
  EXPECT_EQ(drain(json_table(folder.write("a.json", text), {{"a", row}, {"b", row}})).text,
            expected);
}

}  // namespace
}  // namespace millrace::connectors
