#pragma once

#include "core/connectors/filesystem/file_list.hpp"
#include "core/connectors/formats/format.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace millrace::connectors::filesystem {

/// Bounded input below this many bytes is read by one subtask, in the order of (path, offset).
inline constexpr std::uint64_t single_split_bytes = 64ULL << 20;

/// What a table's options and columns say about reading it.
struct file_table {
  /// Where an output column comes from.
  enum class origin : std::uint8_t { record, partition, path, name, size, modified };
  struct output {
    origin from = origin::record;
    std::uint32_t decoded = 0;  ///< record: index into `request.wanted`
    std::string key;            ///< partition: its name
    data::data_type type;
  };

  std::string name;  ///< of the table, for errors
  std::string path;
  std::string pattern;
  std::int64_t monitor_ms = 0;  ///< 0: bounded
  std::string default_partition;
  std::string bad_records_path;  ///< empty: none
  bool skip_bad_records = false;
  option_map options;
  const formats::format* format = nullptr;
  formats::decode_request request;  ///< its `options` point to `options`
  std::vector<output> outputs;
  expr::expr_ptr filter;  ///< over `outputs`, of which it reads only what is no record's; or null
  std::optional<std::int64_t> limit;  ///< rows that are enough, of all readers together

  /// Errors: 2030, 2032, 4007. The table must not move afterwards.
  [[nodiscard]] static result<std::shared_ptr<const file_table>> make(const plan::source_spec& spec,
                                                                      const option_map& session);
};

/// Files there are now. Errors: 4001, 4002, 2032.
[[nodiscard]] inline result<std::vector<file_info>> list_files(const file_table& table) {
  return list_files(table.path, table.pattern);
}

}  // namespace millrace::connectors::filesystem
