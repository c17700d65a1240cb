#include "core/expr/literals.hpp"
#include "core/expr/registry.hpp"
#include "tests/unit/core/connectors/table_support.hpp"

namespace millrace::connectors {
namespace {

using data::data_type;
using data::type_id;
using test::drain;

// Two days of files; that of Tuesday cannot be read.
class file_pruning : public ::testing::Test {
 protected:
  file_pruning() {
    folder_.write("day=mon/a.csv", "1\n2\n");
    folder_.write("day=mon/b.csv", "3\n");
    folder_.write("day=tue/a.csv", "no number\n");
    auto table =
        test::make_table({{"n", data_type(type_id::integer)}, {"day", data_type::string()}},
                         {{"connector", "filesystem"}, {"path", folder_ / ""}, {"format", "csv"}});
    table->partition_by = {1};
    spec_ = test::read_all_of(std::move(table));
  }

  static expr::expr_ptr day_is(std::string_view day) {
    return expr::make_call("=", {expr::make_column(1, data_type::string()),
                                 expr::make_literal(expr::string_literal(day))})
        .value();
  }

  test::scratch_folder folder_;
  plan::source_spec spec_;
};

TEST_F(file_pruning, reads_no_partition_that_fails_the_filter) {
  EXPECT_NE(drain(spec_).error, "");
  spec_.filter = day_is("mon");
  const auto read = drain(spec_);
  EXPECT_EQ(read.error, "");
  EXPECT_EQ(read.text, "+I | 1 | mon\n+I | 2 | mon\n+I | 3 | mon\n");
  spec_.filter = day_is("sun");
  EXPECT_EQ(drain(spec_).text, "");
}

TEST_F(file_pruning, stops_at_the_limit) {
  for (const std::uint32_t batch : {1u, 4096u}) {
    spec_.limit = 3;
    EXPECT_EQ(drain(spec_, 1, batch).text, "+I | 1 | mon\n+I | 2 | mon\n+I | 3 | mon\n");
    spec_.limit = 1;
    EXPECT_EQ(drain(spec_, 1, batch).text, "+I | 1 | mon\n");
    spec_.limit = 0;
    EXPECT_EQ(drain(spec_, 1, batch).text, "");
  }
}

// A file outside of all partitions is for the reader to refuse.
TEST_F(file_pruning, keeps_files_of_which_it_knows_nothing) {
  folder_.write("stray.csv", "4\n");
  spec_.filter = day_is("mon");
  EXPECT_NE(drain(spec_).error.find("is in no folder 'day=...'"), std::string::npos);
}

}  // namespace
}  // namespace millrace::connectors
