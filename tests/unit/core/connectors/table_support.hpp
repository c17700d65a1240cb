#pragma once

#include "core/connectors/registry.hpp"
#include "core/data/text_table.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

namespace millrace::connectors::test {

/// A folder that is gone when the test is.
class scratch_folder {
 public:
  scratch_folder() {
    const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
    path_ = std::filesystem::temp_directory_path() /
            (std::string("millrace_") + test->test_suite_name() + "_" + test->name() + "_" +
             std::to_string(::getpid()));
    std::filesystem::remove_all(path_);
    std::filesystem::create_directories(path_);
  }
  scratch_folder(const scratch_folder&) = delete;
  scratch_folder& operator=(const scratch_folder&) = delete;
  ~scratch_folder() { std::filesystem::remove_all(path_); }

  [[nodiscard]] std::string operator/(const std::string& name) const {
    return (path_ / name).string();
  }
  std::string write(const std::string& name, const std::string& bytes) const {
    const auto file = path_ / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << bytes;
    return file.string();
  }

 private:
  std::filesystem::path path_;
};

inline std::string file_text(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// A table of physical columns.
inline std::shared_ptr<plan::table_definition> make_table(std::vector<data::field> columns,
                                                          option_map options) {
  auto table = std::make_shared<plan::table_definition>();
  table->name = "t";
  table->options = std::move(options);
  for (auto& column : columns) {
    plan::table_column c;
    c.name = std::move(column.name);
    c.type = std::move(column.type);
    table->columns.push_back(std::move(c));
  }
  return table;
}

/// All columns of a table.
inline plan::source_spec read_all_of(plan::table_ptr table) {
  plan::source_spec spec;
  for (std::uint32_t i = 0; i < table->columns.size(); ++i)
    spec.reads.push_back({i, table->columns[i].type});
  spec.table = std::move(table);
  return spec;
}

/// What came out of a source: the rows as text, or the error.
struct source_output {
  std::string text;
  std::string error;
  std::uint64_t rejected = 0;
};

inline source_output drain(const plan::source_spec& spec, std::uint32_t parallelism = 1,
                           std::uint32_t max_rows = 4096) {
  source_output out;
  manual_clock time;
  operators::operator_metrics metrics;
  operators::operator_context context;
  context.time = &time;
  context.metrics = &metrics;
  const auto fail = [&](const error& e) {
    out.error = to_text(e);
    return out;
  };
  auto checked = check_table_options(*spec.table);
  if (!checked.ok()) return fail(checked.error());
  auto made = make_source(spec, {});
  if (!made.ok()) return fail(made.error());
  auto splits = (*made)->discover(parallelism);
  if (!splits.ok()) return fail(splits.error());
  auto reader = (*made)->make_reader(context);
  if (!reader.ok()) return fail(reader.error());
  for (auto& split : *splits) (*reader)->add_split(split);
  (*reader)->no_more_splits();
  for (;;) {
    auto next = (*reader)->read(max_rows);
    out.rejected = metrics.rejected_rows;
    if (!next.ok()) return fail(next.error());
    if (next->state == read_state::ended) return out;
    if (next->state == read_state::batch) out.text += data::print_table(*next->batch);
  }
}

}  // namespace millrace::connectors::test
