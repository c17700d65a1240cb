#include "core/connectors/feed/feed.hpp"
#include "tests/unit/core/connectors/table_support.hpp"

namespace millrace::connectors {
namespace {

using data::data_type;
using data::type_id;

plan::source_spec two_columns(option_map options) {
  return test::read_all_of(test::make_table(
      {{"a", data_type(type_id::integer)}, {"b", data_type::string()}}, std::move(options)));
}

TEST(feed, gives_rows_and_watermarks_in_order_and_ends_when_closed) {
  const auto spec = two_columns({{"connector", "feed"}, {"feed.name", "feed_test"}});
  const auto queue = feed::open_feed("feed_test");
  manual_clock time;
  operators::operator_context context;
  context.time = &time;
  int woken = 0;
  context.wake = [&] { ++woken; };
  auto source = make_source(spec, {});
  auto reader = (*source)->make_reader(context);
  (*reader)->add_split((*source)->discover(1)->at(0));
  (*reader)->no_more_splits();
  EXPECT_EQ((*reader)->read(10)->state, read_state::pending);
  data::schema columns{{{"a", data_type(type_id::integer)}, {"b", data_type::string()}}};
  queue->push(*data::parse_table(columns, "+I | 1 | x\n-D | 2 | y\n"));
  queue->push(data::watermark{77});
  EXPECT_EQ(woken, 2);
  EXPECT_EQ(data::print_table(*(*reader)->read(1)->batch), "+I | 1 | x\n");
  EXPECT_EQ((*reader)->snapshot().at(0).position, "0,1");
  EXPECT_EQ(data::print_table(*(*reader)->read(1)->batch), "-D | 2 | y\n");
  EXPECT_EQ((*reader)->read(1)->watermark, 77);
  EXPECT_EQ((*reader)->read(1)->state, read_state::pending);
  queue->close();
  EXPECT_EQ((*reader)->read(1)->state, read_state::split_end);
  EXPECT_EQ((*reader)->read(1)->state, read_state::ended);
  feed::drop_feed("feed_test");
}

TEST(values, gives_the_rows_of_its_option) {
  const auto spec = two_columns({{"connector", "values"},
                                 {"changelog-mode", "UB,UA,D"},
                                 {"rows", "+I | 1 | x\n-D | 1 | x\n"}});
  EXPECT_EQ(test::drain(spec).text, "+I | 1 | x\n-D | 1 | x\n");
}

TEST(print, writes_rows_as_flink_does) {
  manual_clock time;
  operators::operator_context context;
  context.time = &time;
  context.parallelism = 2;
  plan::sink_spec spec;
  const auto stamp = data_type::timestamp(3);
  const std::vector<data::field> columns = {{"a", data_type(type_id::integer)},
                                            {"b", data_type::string()},
                                            {"t", stamp},
                                            {"f", data_type(type_id::boolean)}};
  spec.table = test::make_table(columns, {{"connector", "print"}, {"print-identifier", "out"}});
  auto sink = make_sink(spec, plan::changelog_mode::retract, {});
  auto writer = (*sink)->make_writer(context);
  ::testing::internal::CaptureStdout();
  const auto rows = data::parse_table(
      {columns},
      "+I | 1 | x | 2024-01-01 10:00:00 | TRUE\n-U | NULL | y | 2024-01-01 10:00:01.5 | NULL\n");
  ASSERT_TRUE((*writer)->write(*rows).ok());
  EXPECT_EQ(::testing::internal::GetCapturedStdout(),
            "out:1> +I[1, x, 2024-01-01T10:00, true]\n"
            "out:1> -U[null, y, 2024-01-01T10:00:01.500, null]\n");
}

TEST(blackhole, is_busy_while_its_rate_is_exceeded) {
  manual_clock time(1000);
  operators::operator_context context;
  context.time = &time;
  plan::sink_spec spec;
  const std::vector<data::field> columns = {{"a", data_type(type_id::integer)}};
  spec.table = test::make_table(columns, {{"connector", "blackhole"}, {"rate", "10"}});
  auto writer = (*make_sink(spec, plan::changelog_mode::insert_only, {}))->make_writer(context);
  std::int64_t retry = 0;
  EXPECT_FALSE((*writer)->busy(retry));
  ASSERT_TRUE((*writer)->write(*data::parse_table({columns}, "+I | 1\n+I | 2\n")).ok());
  EXPECT_TRUE((*writer)->busy(retry));
  EXPECT_EQ(retry, 1'200'000);
  time.advance(200);
  EXPECT_FALSE((*writer)->busy(retry));
}

}  // namespace
}  // namespace millrace::connectors
