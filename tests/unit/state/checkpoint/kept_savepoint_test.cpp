#include "state/checkpoint/entry_json.hpp"
#include "tests/unit/state/checkpoint/sample_state.hpp"

namespace millrace::state {
namespace {

const std::string kept = MILLRACE_SAVEPOINTS "/version-1";

image keyed(const image& all) {
  image out = all;
  std::erase_if(
      out, [](const auto& e) { return tables::group_of_key(e.first) == tables::unkeyed_group; });
  return out;
}

// What a job of any parallelism restores from a savepoint, as entries of all its instances.
image restored(const coordination::opened_snapshot& savepoint, std::uint32_t parallelism) {
  image all;
  for (std::uint32_t subtask = 0; subtask < parallelism; ++subtask) {
    sample_operator target(tables::key_range::of_subtask(subtask, parallelism, 128));
    for (const auto& old : savepoint.manifest.operators) {
      const auto reader = savepoint.files->read_merged(old).value();
      const auto done = target.tables().restore(*reader, false);
      EXPECT_TRUE(done.ok()) << to_text(done.error());
    }
    all.merge(target.contents());
  }
  return all;
}

image expected() {
  image all;
  for (std::uint32_t subtask = 0; subtask < 2; ++subtask) {
    sample_operator sample(tables::key_range::of_subtask(subtask, 2, 128));
    sample.fill(subtask);
    all.merge(sample.contents());
  }
  return all;
}

class kept_savepoint : public ::testing::TestWithParam<std::uint32_t> {};

TEST_P(kept_savepoint, restores_at_any_parallelism) {
  const auto savepoint = open_snapshot(kept);
  ASSERT_TRUE(savepoint.ok()) << to_text(savepoint.error());
  const image wanted = keyed(expected());
  EXPECT_GT(wanted.size(), 150U);
  EXPECT_EQ(keyed(restored(*savepoint, GetParam())), wanted);
}

INSTANTIATE_TEST_SUITE_P(parallelism, kept_savepoint, ::testing::Values(1U, 2U, 3U, 128U));

TEST(kept_savepoint, holds_what_is_written_today) {
  const scratch_folder folder;
  write_sample_savepoint(folder.path(), folder / "today");
  const auto today = open_snapshot(folder / "today").value();
  const auto then = open_snapshot(kept).value();
  ASSERT_EQ(today.manifest.operators.size(), then.manifest.operators.size());
  for (std::size_t i = 0; i < then.manifest.operators.size(); ++i) {
    const auto& old = then.manifest.operators[i];
    const auto now_entries = today.files->read_merged(today.manifest.operators[i]).value();
    const auto old_entries = then.files->read_merged(old).value();
    EXPECT_EQ(drain(*now_entries).value(), drain(*old_entries).value());
    ASSERT_EQ(old.tables.size(), 6U);
    for (std::size_t t = 0; t < old.tables.size(); ++t) {
      EXPECT_EQ(old.tables[t].name, today.manifest.operators[i].tables[t].name);
      EXPECT_EQ(old.tables[t].key_types, today.manifest.operators[i].tables[t].key_types);
      EXPECT_EQ(old.tables[t].value_types, today.manifest.operators[i].tables[t].value_types);
    }
  }
  EXPECT_EQ(then.manifest.readers[0].splits[0].position, "offset 17");
}

std::vector<std::string> lines_of(const coordination::operator_state& instance,
                                  const coordination::snapshot_reader& files, std::size_t table) {
  const entry_json json(instance.tables[table]);
  std::vector<std::string> lines;
  const auto reader = files.read_merged(instance).value();
  for (;;) {
    const auto block = reader->next().value();
    if (block.empty()) return lines;
    for (const auto& e : block) {
      if (tables::table_of_key(e.key) != table) continue;
      std::string line;
      EXPECT_TRUE(json.append(line, e).ok());
      lines.push_back(line);
    }
  }
}

TEST(kept_savepoint, shows_its_rows) {
  const auto savepoint = open_snapshot(kept).value();
  std::vector<std::string> all;
  for (const auto& instance : savepoint.manifest.operators) {
    for (std::size_t t = 0; t < 6; ++t) {
      for (auto& line : lines_of(instance, *savepoint.files, t)) all.push_back(std::move(line));
    }
  }
  const auto has = [&](const std::string& line) {
    return std::find(all.begin(), all.end(), line) != all.end();
  };
  EXPECT_TRUE(
      has(R"("key":["k1",1],"sub":0,"value":[1,"k1",1,"2024-01-15 10:00:00.011",[1,null]])"));
  EXPECT_TRUE(has(R"("key":[16],"sub":"sub 1","written":1700000000000,"value":"seen")"));
  EXPECT_TRUE(has(
      R"("key":[16],"sub":"order 116","value":[16,"k16",16,"2024-01-15 10:00:00.026",[16,null]])"));
  EXPECT_TRUE(has(R"("timer":true,"time":33000,"for":[16])"));
  EXPECT_TRUE(has(R"("list":"watermark","index":0,"redistribution":"split","value":"1001")"));
  EXPECT_TRUE(std::any_of(all.begin(), all.end(), [](const std::string& line) {
    return line.starts_with(R"("key":["k1"],"value":[1,"x01010101010101010101010101010101",)");
  })) << all.front();
}

// Whatever lies behind a correct checksum, showing it does no harm.
TEST(kept_savepoint, shows_damaged_entries_without_harm) {
  const auto savepoint = open_snapshot(kept).value();
  const auto& instance = savepoint.manifest.operators[0];
  std::vector<std::unique_ptr<entry_json>> tables;
  for (const auto& spec : instance.tables) tables.push_back(std::make_unique<entry_json>(spec));
  const auto reader = savepoint.files->read_merged(instance).value();
  const image good = drain(*reader).value();
  std::mt19937 random(8);
  std::size_t refused = 0;
  for (int round = 0; round < 50; ++round) {
    for (const auto& [key, value] : good) {
      std::string bad_key = key;
      std::string bad_value = *value;
      if (bad_key.size() > 4) bad_key[4 + random() % (bad_key.size() - 4)] ^= 0x15;
      if (!bad_value.empty()) bad_value[random() % bad_value.size()] ^= 0x41;
      if (random() % 3 == 0) bad_value.resize(random() % (bad_value.size() + 1));
      if (random() % 3 == 0) bad_key.resize(4 + random() % (bad_key.size() - 3));
      std::string line;
      const auto& table = tables[tables::table_of_key(key) % tables.size()];
      refused += table->append(line, {bad_key, bad_value, false}).ok() ? 0 : 1;
    }
  }
  EXPECT_GT(refused, 100U);
}

}  // namespace
}  // namespace millrace::state
