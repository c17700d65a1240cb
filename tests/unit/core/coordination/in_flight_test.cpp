#include "core/coordination/in_flight.hpp"

#include "core/coordination/memory_snapshot_store.hpp"
#include "core/coordination/restore_plan.hpp"
#include "core/data/text_table.hpp"
#include "core/expr/key_hash.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace millrace::coordination {
namespace {

using plan::exchange_kind;
using runtime::channel_state;

const data::schema two_ints{
    {{"k", data::data_type(data::type_id::bigint)}, {"v", data::data_type(data::type_id::bigint)}}};

data::batch_ptr rows(std::string_view text) { return data::parse_table(two_ints, text).value(); }

std::vector<std::string> lines_of(const std::vector<channel_state>& channels) {
  std::vector<std::string> all;
  for (const channel_state& c : channels) {
    for (const data::element& e : c.elements) {
      if (const auto* mark = std::get_if<data::watermark>(&e)) {
        all.push_back("watermark " + std::to_string(mark->time));
        continue;
      }
      std::istringstream lines(data::print_table(*std::get<data::batch_ptr>(e)));
      for (std::string line; std::getline(lines, line);) all.push_back(line);
    }
  }
  return all;
}

/// A checkpoint with rows in flight to both instances of `reader`.
class in_flight_test : public ::testing::Test {
 protected:
  void keep(std::uint32_t subtask, std::vector<channel_state> channels) {
    const auto reader = read_channels(std::move(channels));
    operator_state state;
    state.operator_id = in_flight_id("reader");
    state.description = "GroupAggregate";
    state.subtask = subtask;
    state.parallelism = 2;
    state.in_flight = true;
    state.files = {*store_->write_state(checkpoint_id(1), "flight-" + std::to_string(subtask),
                                        state_file_kind::snapshot, *reader)};
    manifest_.operators.push_back(std::move(state));
  }
  void keep_both() {
    keep(0, {{input_id(0), 0, {data::watermark{4}, rows("1 | 10\n2 | 20\n3 | 30")}},
             {input_id(0), 1, {rows("4 | 40"), data::watermark{6}, rows("5 | 50")}}});
    keep(1, {{input_id(0), 0, {rows("6 | 60\n7 | 70")}}});
  }
  [[nodiscard]] result<std::vector<channel_state>> restored(std::uint32_t subtask,
                                                            std::uint32_t parallelism,
                                                            exchange_kind exchange,
                                                            data::schema schema = two_ints) const {
    const restore_plan plan(manifest_, store_);
    return plan.in_flight("reader", {{exchange, {0}, std::move(schema)}}, subtask, parallelism);
  }

  std::shared_ptr<memory_snapshot_store> store_ = std::make_shared<memory_snapshot_store>();
  checkpoint_manifest manifest_;
};

TEST_F(in_flight_test, comes_back_as_it_was_at_the_same_parallelism) {
  keep_both();
  EXPECT_EQ(lines_of(*restored(0, 2, exchange_kind::hash)),
            (std::vector<std::string>{"watermark 4", "+I | 1 | 10", "+I | 2 | 20", "+I | 3 | 30",
                                      "+I | 4 | 40", "watermark 6", "+I | 5 | 50"}));
  EXPECT_EQ(lines_of(*restored(1, 2, exchange_kind::hash)),
            (std::vector<std::string>{"+I | 6 | 60", "+I | 7 | 70"}));
}

TEST_F(in_flight_test, rows_of_a_hash_exchange_go_to_the_owners_of_their_key_groups) {
  keep_both();
  const auto all = rows("1 | 10\n2 | 20\n3 | 30\n4 | 40\n5 | 50\n6 | 60\n7 | 70");
  const std::vector<std::uint32_t> keys{0};
  const auto hashed = all->with_hashes(expr::hash_keys(*all, keys));
  std::vector<std::string> seen;
  for (std::uint32_t subtask = 0; subtask < 3; ++subtask) {
    const auto channels = restored(subtask, 3, exchange_kind::hash);
    for (const std::string& line : lines_of(*channels)) {
      if (line.starts_with("watermark")) continue;
      const auto row = static_cast<std::uint32_t>(line[5] - '1');
      const auto group = expr::key_group_of(hashed->hashes()[row], 128);
      EXPECT_EQ(expr::subtask_of(group, 3, 128), subtask) << line;
      seen.push_back(line);
    }
  }
  std::sort(seen.begin(), seen.end());
  EXPECT_EQ(seen.size(), 7u);
  EXPECT_EQ(std::unique(seen.begin(), seen.end()), seen.end());
}

TEST_F(in_flight_test, rows_without_a_key_go_to_any_one_instance) {
  keep_both();
  std::size_t count = 0;
  for (std::uint32_t subtask = 0; subtask < 3; ++subtask) {
    for (const std::string& line : lines_of(*restored(subtask, 3, exchange_kind::rebalance))) {
      count += line.starts_with("+I") ? 1 : 0;
    }
  }
  EXPECT_EQ(count, 7u);
}

TEST_F(in_flight_test, is_refused_where_rows_cannot_be_dealt_out) {
  keep_both();
  const auto forward = restored(0, 3, exchange_kind::forward);
  ASSERT_FALSE(forward.ok());
  EXPECT_EQ(forward.error().code, errc::state_type_changed);
  EXPECT_NE(to_text(forward.error()).find("take a savepoint"), std::string::npos);
  EXPECT_EQ(restored(0, 3, exchange_kind::broadcast).error().code, errc::state_type_changed);
}

TEST_F(in_flight_test, is_refused_by_a_query_with_other_columns_or_without_the_operator) {
  keep_both();
  const data::schema text{{{"k", data::data_type(data::type_id::varchar)}}};
  EXPECT_EQ(restored(0, 2, exchange_kind::hash, text).error().code, errc::state_type_changed);
  plan::physical_plan other;
  other.nodes.resize(1);
  other.nodes[0].id = "reader";
  const restore_plan plan(manifest_, store_);
  EXPECT_TRUE(plan.check_in_flight(other).ok());
  other.nodes[0].id = "writer";
  EXPECT_EQ(plan.check_in_flight(other).error().code, errc::state_type_changed);
}

TEST_F(in_flight_test, damaged_bytes_are_an_error) {
  using tables::delta_entry;
  const std::string key(12, '\0');
  for (const std::string& value :
       {std::string(), std::string(7, '\1'), std::string(64, '\xff'), std::string(64, '\0')}) {
    const delta_entry entry{key, value, false};
    tables::vector_reader reader(std::span(&entry, 1));
    EXPECT_FALSE(load_channels(reader, {two_ints}).ok());
  }
  const delta_entry short_key{"abc", "", false};
  tables::vector_reader reader(std::span(&short_key, 1));
  EXPECT_EQ(load_channels(reader, {two_ints}).error().code, errc::state_corrupt);
}

}  // namespace
}  // namespace millrace::coordination
