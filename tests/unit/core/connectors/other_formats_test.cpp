#include "tests/unit/core/connectors/table_support.hpp"

namespace millrace::connectors {
namespace {

using data::data_type;
using data::type_id;
using test::drain;
using test::make_table;
using test::read_all_of;
using test::scratch_folder;

std::vector<data::field> two() {
  return {{"a", data_type(type_id::integer)}, {"b", data_type::string()}};
}

plan::source_spec file_table(const std::string& path, std::string format,
                             std::vector<data::field> columns, option_map options = {}) {
  options.emplace("connector", "filesystem");
  options.emplace("format", std::move(format));
  options.emplace("path", path);
  return read_all_of(make_table(std::move(columns), std::move(options)));
}

TEST(debezium_json, turns_operations_into_changes) {
  const scratch_folder folder;
  const auto path =
      folder.write("a.json", R"({"before":null,"after":{"a":1,"b":"x"},"source":{"ts":1},"op":"c"})"
                             "\n"
                             R"({"before":{"a":1,"b":"x"},"after":{"a":1,"b":"y"},"op":"u"})"
                             "\n"
                             R"({"before":{"a":1,"b":"y"},"after":null,"op":"d"})"
                             "\n"
                             R"({"before":null,"after":{"a":2,"b":"z"},"op":"r"})"
                             "\n");
  EXPECT_EQ(drain(file_table(path, "debezium-json", two())).text,
            "+I | 1 | x\n-U | 1 | x\n+U | 1 | y\n-D | 1 | y\n+I | 2 | z\n");
}

TEST(debezium_json, reads_a_payload_and_refuses_odd_changes) {
  const scratch_folder folder;
  const auto path = folder.write("a.json", R"({"schema":{},"payload":{"after":{"a":1},"op":"c"}})"
                                           "\n");
  EXPECT_EQ(
      drain(file_table(path, "debezium-json", two(), {{"debezium-json.schema-include", "true"}}))
          .text,
      "+I | 1 | NULL\n");
  for (const char* line : {R"({"after":{"a":1},"op":"x"})", R"({"after":{"a":1},"op":"u"})",
                           R"({"after":{"a":1}})", R"({"op":"c"})", "[]"}) {
    SCOPED_TRACE(line);
    const auto bad = folder.write("b.json", std::string(line) + "\n");
    const auto out = drain(file_table(bad, "debezium-json", two()));
    EXPECT_NE(out.error.find("error 4003"), std::string::npos) << out.error;
    EXPECT_NE(out.error.find("row 1, byte 0"), std::string::npos) << out.error;
  }
}

TEST(raw, gives_lines_as_they_are) {
  const scratch_folder folder;
  const auto path = folder.write("a.txt", "one two\n{\"x\":1}\r\nlast");
  EXPECT_EQ(drain(file_table(path, "raw", {{"s", data_type::string()}})).text,
            "+I | one two\n+I | '{\"x\":1}'\n+I | last\n");
  EXPECT_NE(drain(file_table(path, "raw", two())).error.find("exactly one column"),
            std::string::npos);
}

TEST(filesystem, gives_metadata_and_follows_the_pattern) {
  const scratch_folder folder;
  folder.write("in/a.csv", "1,x\n");
  folder.write("in/deep/b.csv", "2,y\n");
  folder.write("in/_hidden.csv", "3,z\n");
  folder.write("in/c.txt", "4,z\n");
  auto columns = two();
  columns.push_back({"name", data_type::string(false)});
  columns.push_back({"size", data_type(type_id::bigint, false)});
  auto table = make_table(columns, {{"connector", "filesystem"},
                                    {"format", "csv"},
                                    {"path", folder / "in"},
                                    {"source.path.regex-pattern", ".*\\.csv"}});
  table->columns[2].kind = table->columns[3].kind = plan::column_kind::metadata;
  table->columns[2].metadata_key = "file.name";
  table->columns[3].metadata_key = "file.size";
  EXPECT_EQ(drain(read_all_of(table)).text, "+I | 1 | x | a.csv | 4\n+I | 2 | y | b.csv | 4\n");
}

TEST(filesystem, byte_ranges_give_every_line_once) {
  const scratch_folder folder;
  std::string text;
  std::string expected;
  for (int i = 0; i < 40; ++i) {
    text += std::string(i % 7, 'x') + std::to_string(i) + "\n";
    expected += "+I | " + std::string(i % 7, 'x') + std::to_string(i) + "\n";
  }
  const auto path = folder.write("a.txt", text);
  const auto spec = file_table(path, "raw", {{"s", data_type::string()}});
  manual_clock time;
  operators::operator_context context;
  context.time = &time;
  const auto source = std::move(make_source(spec, {}).value());
  for (std::size_t cut = 1; cut < text.size(); ++cut) {
    const auto reader = source->make_reader(context).value();
    const auto number = [](std::size_t n) {
      const auto digits = std::to_string(n);
      return std::string(20 - digits.size(), '0') + digits;
    };
    reader->add_split({path + ":" + number(0) + "-" + number(cut), {}});
    reader->add_split({path + ":" + number(cut) + "-" + number(UINT64_MAX), {}});
    reader->no_more_splits();
    std::string got;
    for (;;) {
      const auto next = reader->read(3);
      ASSERT_TRUE(next.ok());
      if (next->state == read_state::ended) break;
      if (next->state == read_state::batch) got += data::print_table(*next->batch);
    }
    ASSERT_EQ(got, expected) << "cut at " << cut;
  }
}

TEST(filesystem, goes_on_from_a_snapshot) {
  const scratch_folder folder;
  const auto spec = file_table(folder.write("a.csv", "1,a\n2,b\n3,c\n4,d\n"), "csv", two());
  manual_clock time;
  operators::operator_context context;
  context.time = &time;
  const auto source = std::move(make_source(spec, {}).value());
  auto first = source->make_reader(context).value();
  first->add_split(source->discover(1)->at(0));
  EXPECT_EQ(data::print_table(*first->read(2)->batch), "+I | 1 | a\n+I | 2 | b\n");
  auto second = source->make_reader(context).value();
  second->add_split(first->snapshot().at(0));
  EXPECT_EQ(data::print_table(*second->read(9)->batch), "+I | 3 | c\n+I | 4 | d\n");
}

TEST(datagen, sequences_end_the_table_and_random_values_keep_their_range) {
  manual_clock time;
  const auto table = make_table({{"s", data_type(type_id::bigint)},
                                 {"i", data_type(type_id::integer)},
                                 {"t", data_type::string()}},
                                {{"connector", "datagen"},
                                 {"rows-per-second", "1000000000"},
                                 {"fields.s.kind", "sequence"},
                                 {"fields.s.start", "5"},
                                 {"fields.s.end", "7"},
                                 {"fields.i.min", "10"},
                                 {"fields.i.max", "10"},
                                 {"fields.t.length", "0"}});
  operators::operator_context context;
  context.time = &time;
  auto made = make_source(read_all_of(table), {});
  ASSERT_TRUE(made.ok()) << to_text(made.error());
  const auto source = std::move(made.value());
  ASSERT_TRUE(source->bounded());
  const auto reader = source->make_reader(context).value();
  const auto splits = source->discover(2).value();
  for (const auto& split : splits) reader->add_split(split);
  reader->no_more_splits();
  std::string got;
  for (;;) {
    const auto next = reader->read(2);
    ASSERT_TRUE(next.ok());
    if (next->state == read_state::ended) break;
    if (next->state == read_state::batch) got += data::print_table(*next->batch);
    time.advance(1);
  }
  EXPECT_EQ(got, "+I | 5 | 10 | ''\n+I | 7 | 10 | ''\n+I | 6 | 10 | ''\n");
}

}  // namespace
}  // namespace millrace::connectors
