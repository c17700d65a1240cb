#include "tests/unit/core/connectors/table_support.hpp"

#include <algorithm>
#include <fstream>

namespace millrace::connectors {
namespace {

using data::data_type;
using data::type_id;
using test::make_table;
using test::scratch_folder;

const std::vector<data::field>& columns() {
  static const std::vector<data::field> out = {{"a", data_type(type_id::integer)},
                                               {"b", data_type::string()},
                                               {"t", data_type::timestamp(3)},
                                               {"dt", data_type::string()},
                                               {"hm", data_type::string()}};
  return out;
}

struct open_sink {
  manual_clock time{1000};
  operators::operator_context context;
  std::unique_ptr<sink> made;
  std::unique_ptr<sink_writer> writer;

  open_sink(std::shared_ptr<plan::table_definition> table, const option_map& session = {},
            std::string job_id = {}, const std::vector<committable>& restored = {}) {
    context.time = &time;
    context.job_id = std::move(job_id);
    plan::sink_spec spec;
    spec.table = std::move(table);
    auto checked = check_table_options(*spec.table);
    EXPECT_TRUE(checked.ok()) << to_text(checked.error());
    made = make_sink(spec, plan::changelog_mode::insert_only, session).value();
    made->restore(context.subtask, restored);
    writer = made->make_writer(context).value();
  }
  void write(const std::string& rows) {
    const auto done = writer->write(*data::parse_table({columns()}, rows));
    EXPECT_TRUE(done.ok()) << to_text(done.error());
  }
};

std::shared_ptr<plan::table_definition> table_in(const std::string& folder, option_map options) {
  options.emplace("connector", "filesystem");
  options.emplace("path", "file://" + folder + "/");
  options.emplace("format", "csv");
  return make_table(columns(), std::move(options));
}

// Paths below the folder and their text, hidden files too.
std::string tree(const std::string& folder) {
  std::map<std::string, std::string> files;
  if (!std::filesystem::exists(folder)) return {};
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder))
    if (entry.is_regular_file()) {
      auto name = entry.path().string().substr(folder.size() + 1);
      const auto part = name.find("part-");
      const auto end = name.rfind('-');
      if (part != std::string::npos) name.replace(part + 5, end - part - 5, "*");
      files[name] = test::file_text(entry.path().string());
    }
  std::string out;
  for (const auto& [name, text] : files) out += name + ": " + text + "\n";
  return out;
}

const char* const rows =
    "1 | x,y | 2024-01-01 10:00:00.500 | 2024-01-01 | 10:00\n"
    "2 | NULL | 2024-01-01 10:01:00 | 2024-01-01 | 10:01\n"
    "3 | q\"q | NULL | 2024-01-01 | 10:00\n";

TEST(file_sink, writes_csv_that_shows_at_the_end) {
  const scratch_folder folder;
  open_sink sink(table_in(folder / "out", {}));
  sink.write(rows);
  EXPECT_TRUE(sink.writer->prepare_commit(checkpoint_id{}, true)->empty());
  EXPECT_EQ(tree(folder / "out"),
            "part-*-0.csv: 1,\"x,y\",2024-01-01 10:00:00.5,2024-01-01,10:00\n"
            "2,,2024-01-01 10:01:00,2024-01-01,10:01\n"
            "3,\"q\"\"q\",,2024-01-01,10:00\n\n");
}

TEST(file_sink, partitions_are_marked_when_the_watermark_passes_them) {
  const scratch_folder folder;
  auto table =
      table_in(folder / "out", {{"sink.partition-commit.trigger", "partition-time"},
                                {"sink.partition-commit.delay", "1 min"},
                                {"sink.partition-commit.policy.kind", "success-file"},
                                {"partition.time-extractor.timestamp-pattern", "$dt $hm:00"}});
  table->partition_by = {3, 4};
  open_sink sink(table);
  sink.write(rows);
  constexpr timestamp_ms ten = 1'704'103'200'000;  // 2024-01-01 10:00
  ASSERT_TRUE(sink.writer->on_watermark(ten + 59'999).ok());
  EXPECT_EQ(tree(folder / "out"), "");
  ASSERT_TRUE(sink.writer->on_watermark(ten + 60'000).ok());
  EXPECT_EQ(tree(folder / "out"),
            "dt=2024-01-01/hm=10%3A00/_SUCCESS: \n"
            "dt=2024-01-01/hm=10%3A00/part-*-0.csv: 1,\"x,y\",2024-01-01 10:00:00.5\n"
            "3,\"q\"\"q\",\n\n");
  ASSERT_TRUE(sink.writer->prepare_commit(checkpoint_id{}, true).ok());
  EXPECT_NE(tree(folder / "out").find("hm=10%3A01/_SUCCESS"), std::string::npos);
}

TEST(file_sink, with_checkpoints_nothing_shows_before_the_commit) {
  const scratch_folder folder;
  open_sink sink(table_in(folder / "out", {{"format", "json"}}),
                 {{"execution.checkpointing.interval", "1 s"}});
  sink.write(rows);
  const auto prepared = sink.writer->prepare_commit(checkpoint_id{1}, false);
  ASSERT_EQ(prepared->size(), 1u);
  EXPECT_NE(tree(folder / "out").find(".inprogress"), std::string::npos);
  const auto committer = sink.made->make_committer().value();
  ASSERT_TRUE(committer->commit(*prepared).ok());
  ASSERT_TRUE(committer->commit(*prepared).ok()) << "a commit done twice is done once";
  EXPECT_EQ(tree(folder / "out"),
            "part-*-0.json: "
            "{\"a\":1,\"b\":\"x,y\",\"t\":\"2024-01-01 10:00:00.5\",\"dt\":\"2024-01-01\","
            "\"hm\":\"10:00\"}\n"
            "{\"a\":2,\"b\":null,\"t\":\"2024-01-01 10:01:00\",\"dt\":\"2024-01-01\","
            "\"hm\":\"10:01\"}\n"
            "{\"a\":3,\"b\":\"q\\\"q\",\"t\":null,\"dt\":\"2024-01-01\",\"hm\":\"10:00\"}\n\n");
}

// A later attempt had staged a file under the same name before it was killed.
TEST(file_sink, a_published_file_is_never_replaced) {
  const scratch_folder folder;
  open_sink sink(table_in(folder / "out", {}), {}, "job");
  sink.write(rows);
  const auto prepared = *sink.writer->prepare_commit(checkpoint_id{1}, false);
  const auto committer = sink.made->make_committer().value();
  ASSERT_TRUE(committer->commit(prepared).ok());
  const std::string published = tree(folder / "out");
  std::string staged = prepared[0].bytes.substr(prepared[0].bytes.find('\n') + 1);
  staged.resize(staged.find('\n'));
  for (const auto& entry : std::filesystem::directory_iterator(folder / "out")) {
    std::filesystem::copy_file(entry.path(), staged);
    break;
  }
  ASSERT_TRUE(committer->commit(prepared).ok());
  ASSERT_TRUE(sink.made->clear_leftovers("job", checkpoint_id{1}).ok());
  EXPECT_EQ(tree(folder / "out"), published);
}

TEST(file_sink, a_published_file_is_known_by_its_bytes) {
  const scratch_folder folder;
  open_sink sink(table_in(folder / "out", {}), {}, "job");
  sink.write(rows);
  auto prepared = *sink.writer->prepare_commit(checkpoint_id{1}, false);
  const auto committer = sink.made->make_committer().value();
  ASSERT_TRUE(committer->commit(prepared).ok());
  for (const auto& entry : std::filesystem::directory_iterator(folder / "out")) {
    std::fstream file(entry.path());
    file.put('7');
  }
  const auto again = committer->commit(prepared);
  ASSERT_FALSE(again.ok()) << "as many bytes, but others";
  EXPECT_EQ(again.error().code, errc::state_corrupt) << "another try would not help";
  prepared[0].bytes.resize(prepared[0].bytes.rfind('\n'));
  EXPECT_TRUE(committer->commit(prepared).ok()) << "as an older version wrote it, without a hash";
}

TEST(file_sink, partitions_are_marked_after_a_restart) {
  const scratch_folder folder;
  auto table =
      table_in(folder / "out", {{"sink.partition-commit.trigger", "partition-time"},
                                {"sink.partition-commit.policy.kind", "success-file"},
                                {"partition.time-extractor.timestamp-pattern", "$dt $hm:00"}});
  table->partition_by = {3, 4};
  open_sink before(table, {}, "job");
  before.write(rows);
  const auto prepared = *before.writer->prepare_commit(checkpoint_id{1}, false);
  open_sink after(table, {}, "job", prepared);
  const auto committer = after.made->make_committer().value();
  ASSERT_TRUE(committer->commit(prepared).ok());
  EXPECT_EQ(tree(folder / "out").find("_SUCCESS"), std::string::npos);
  constexpr timestamp_ms ten = 1'704'103'200'000;  // 2024-01-01 10:00
  ASSERT_TRUE(after.writer->on_watermark(ten).ok());
  ASSERT_TRUE(committer->commit(*after.writer->prepare_commit(checkpoint_id{2}, false)).ok());
  EXPECT_NE(tree(folder / "out").find("hm=10%3A00/_SUCCESS"), std::string::npos);
  EXPECT_EQ(tree(folder / "out").find("hm=10%3A01/_SUCCESS"), std::string::npos) << "not yet";
}

TEST(file_sink, leftovers_go_by_job_and_checkpoint) {
  const scratch_folder folder;
  open_sink other(table_in(folder / "out", {}), {}, "other");
  other.write("7 | other | NULL | NULL | NULL\n");
  open_sink sink(table_in(folder / "out", {}), {}, "job");
  const auto committer = sink.made->make_committer().value();
  for (const std::uint64_t checkpoint : {1, 2}) {
    sink.write("1 | x | NULL | NULL | NULL\n");
    const auto prepared = *sink.writer->prepare_commit(checkpoint_id{checkpoint}, false);
    ASSERT_TRUE(committer->commit(prepared).ok());
  }
  sink.write("1 | staged | NULL | NULL | NULL\n");
  ASSERT_TRUE(sink.writer->prepare_commit(checkpoint_id{3}, false).ok());
  ASSERT_TRUE(other.writer->prepare_commit(checkpoint_id{1}, false).ok());
  ASSERT_TRUE(sink.made->clear_leftovers("job", checkpoint_id{1}).ok());
  std::vector<std::string> left;
  for (const auto& entry : std::filesystem::directory_iterator(folder / "out")) {
    left.push_back(entry.path().filename().string().substr(0, 11));
  }
  std::sort(left.begin(), left.end());
  EXPECT_EQ(left, (std::vector<std::string>{".part-other", "part-job-1-"}));
}

TEST(file_sink, rolls_by_size_and_by_age) {
  const scratch_folder folder;
  open_sink sink(table_in(folder / "out", {{"sink.rolling-policy.file-size", "10b"},
                                           {"sink.rolling-policy.rollover-interval", "1 min"}}));
  sink.write(rows);
  EXPECT_NE(tree(folder / "out").find("part-*-0.csv"), std::string::npos);
  open_sink aged(table_in(folder / "aged", {{"sink.rolling-policy.rollover-interval", "1 min"}}));
  aged.write(rows);
  EXPECT_FALSE(std::filesystem::exists(folder / "aged"));
  aged.time.advance(60'000);
  ASSERT_TRUE(aged.writer->on_watermark(0).ok());
  EXPECT_NE(tree(folder / "aged").find("part-*-0.csv"), std::string::npos);
}

TEST(filesystem, reads_back_what_it_wrote) {
  const scratch_folder folder;
  auto table = table_in(folder / "out", {});
  table->partition_by = {3, 4};
  open_sink sink(table);
  sink.write("1 | x,y | 2024-01-01 10:00:00.500 | 2024-01-01 | 10:00\n");
  ASSERT_TRUE(sink.writer->prepare_commit(checkpoint_id{}, true).ok());
  EXPECT_EQ(test::drain(test::read_all_of(table)).text,
            "+I | 1 | 'x,y' | 2024-01-01 10:00:00.500 | 2024-01-01 | 10:00\n");
}

TEST(filesystem, names_files_that_are_missing) {
  const scratch_folder folder;
  const auto out = test::drain(test::read_all_of(table_in(folder / "no/such", {})));
  EXPECT_NE(out.error.find("error 4002"), std::string::npos) << out.error;
  EXPECT_NE(out.error.find("no/such"), std::string::npos) << out.error;
}

}  // namespace
}  // namespace millrace::connectors
