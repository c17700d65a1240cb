#include "cli/row_printer.hpp"
#include "core/data/column_builder.hpp"
#include "core/expr/temporal/time_zone.hpp"

#include <gtest/gtest.h>

namespace millrace::cli {
namespace {

const data::schema moments{{{"at", data::data_type::timestamp_ltz(0)},
                            {"raw", data::data_type(data::type_id::varbinary)}}};

data::batch_ptr one_moment() {
  data::batch_builder builder(moments, 1);
  builder.column_at(0).append(std::int64_t{1'705'330'810'000});
  builder.column_at(1).append_text("\x0a\xff");
  builder.end_row();
  return builder.finish();
}

std::string printed(row_printer& printer) {
  testing::internal::CaptureStdout();
  printer.rows(*one_moment());
  printer.finish();
  return testing::internal::GetCapturedStdout();
}

TEST(row_printer_test, people_read_moments_in_the_session_zone) {
  const auto zone = *expr::time_zone::find("America/New_York");
  EXPECT_EQ(printed(*make_changelog_printer(zone)), "+I[2024-01-15 10:00:10, x0aff]\n");
  EXPECT_EQ(printed(*make_table_printer({"at", "raw"}, {output_form::table, false, true, zone})),
            "+---------------------+-------+\n"
            "| at                  | raw   |\n"
            "+---------------------+-------+\n"
            "| 2024-01-15 10:00:10 | x0aff |\n"
            "+---------------------+-------+\n"
            "1 row\n");
}

TEST(row_printer_test, programs_read_moments_in_utc) {
  EXPECT_EQ(printed(*make_json_printer({"at", "raw"})),
            "{\"op\":\"+I\",\"row\":{\"at\":\"2024-01-15 15:00:10Z\",\"raw\":\"x0aff\"}}\n");
}

}  // namespace
}  // namespace millrace::cli
