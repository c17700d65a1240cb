#include "core/connectors/filesystem/byte_stream.hpp"
#include "core/connectors/filesystem/file_constants.hpp"
#include "core/connectors/filesystem/file_reader.hpp"
#include "core/connectors/filesystem/file_split.hpp"
#include "core/connectors/filesystem/file_table.hpp"
#include "core/connectors/filesystem/filesystem_connector.hpp"

#include <algorithm>

namespace millrace::connectors::filesystem {
namespace {

class file_source final : public source {
 public:
  explicit file_source(std::shared_ptr<const file_table> table) : table_(std::move(table)) {}

  result<std::vector<source_split>> discover(std::uint32_t parallelism) override {
    MILLRACE_TRY(auto listed, list_files(*table_));
    MILLRACE_TRY(const auto files, pruned(std::move(listed), *table_));
    std::vector<source_split> out;
    for (const auto& file : files) add_splits(file, parallelism, out);
    return out;
  }
  std::int64_t discovery_interval_ms() const override { return table_->monitor_ms; }
  bool bounded() const override { return table_->monitor_ms == 0; }
  std::uint32_t max_parallelism() const override {
    if (!bounded()) return source::max_parallelism();
    const auto files = list_files(*table_);
    std::uint64_t bytes = 0;
    if (files.ok())
      for (const auto& file : *files) bytes += file.size;
    return bytes < single_split_bytes ? 1 : source::max_parallelism();
  }
  result<std::unique_ptr<source_reader>> make_reader(
      operators::operator_context& context) override {
    return make_file_reader(table_, context);
  }

 private:
  void add_splits(const file_info& file, std::uint32_t parallelism,
                  std::vector<source_split>& out) const {
    const bool whole = parallelism <= 1 || file.size < single_split_bytes || !bounded() ||
                       is_compressed(file.path) || !table_->format->splits_at_lines;
    if (whole) {
      out.push_back(file_split{file.path, 0, file_split::whole_file, {}}.to_source_split());
      return;
    }
    for (std::uint64_t at = 0; at < file.size; at += single_split_bytes) {
      const std::uint64_t end = at + single_split_bytes;
      out.push_back(file_split{file.path, at, end < file.size ? end : file_split::whole_file, {}}
                        .to_source_split());
    }
  }

  std::shared_ptr<const file_table> table_;
};

}  // namespace

result<std::unique_ptr<source>> make_file_source(const plan::source_spec& spec,
                                                 const option_map& session) {
  MILLRACE_TRY(auto table, file_table::make(spec, session));
  return std::unique_ptr<source>(std::make_unique<file_source>(std::move(table)));
}

}  // namespace millrace::connectors::filesystem
