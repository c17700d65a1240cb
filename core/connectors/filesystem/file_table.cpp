#include "core/connectors/filesystem/file_table.hpp"

#include "core/base/local_paths.hpp"
#include "core/connectors/table_options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

namespace millrace::connectors::filesystem {
namespace {

constexpr std::int64_t default_longest = 16 << 20;
constexpr std::int64_t most_longest = 1 << 30;

bool is_partition(const plan::table_definition& t, std::uint32_t column) {
  return std::find(t.partition_by.begin(), t.partition_by.end(), column) != t.partition_by.end();
}

result<file_table::origin> metadata_origin(const plan::table_column& column) {
  using enum file_table::origin;
  if (column.metadata_key == "file.path") return path;
  if (column.metadata_key == "file.name") return name;
  if (column.metadata_key == "file.size") return size;
  if (column.metadata_key == "file.modification-time") return modified;
  return make_error(errc::sql_bad_ddl,
                    fmt::format("connector 'filesystem' has no metadata '{}'", column.metadata_key),
                    "it has file.path, file.name, file.size and file.modification-time");
}

result<void> read_options(file_table& out) {
  const table_options read(out.options);
  MILLRACE_TRY(out.path, local_path(read.text("path")));
  out.pattern = read.text("source.path.regex-pattern");
  MILLRACE_TRY(out.monitor_ms, read.duration_ms("source.monitor-interval", 0));
  out.default_partition = read.text("partition.default-name", "__DEFAULT_PARTITION__");
  out.bad_records_path = read.text("bad-records.path");
  if (!out.bad_records_path.empty()) {
    MILLRACE_CHECK(check_local_path(out.bad_records_path));
  }
  const auto ignore = fmt::format("{}.ignore-parse-errors", out.format->name);
  MILLRACE_TRY(out.skip_bad_records, read.boolean(ignore, false));
  out.skip_bad_records |= !out.bad_records_path.empty();
  MILLRACE_TRY(const auto longest, read.size_bytes("record.max-size", default_longest));
  if (longest < 1 || longest > most_longest)
    return bad_option("record.max-size", read.text("record.max-size"),
                      "is not between 1 byte and 1 gb");
  out.request.longest_record = longest;
  return {};
}

// Declared columns of a record, and for each column of the table which of them it is.
std::vector<std::uint32_t> declare(const plan::table_definition& t, file_table& out) {
  std::vector<std::uint32_t> at(t.columns.size(), 0);
  for (std::uint32_t i = 0; i < t.columns.size(); ++i) {
    if (t.columns[i].kind != plan::column_kind::physical || is_partition(t, i)) continue;
    at[i] = static_cast<std::uint32_t>(out.request.declared.size());
    out.request.declared.push_back({t.columns[i].name, t.columns[i].type});
  }
  return at;
}

}  // namespace

result<std::shared_ptr<const file_table>> file_table::make(const plan::source_spec& spec,
                                                           const option_map& session) {
  const auto& t = *spec.table;
  auto out = std::make_shared<file_table>();
  out->name = t.name;
  out->options = t.options;
  MILLRACE_TRY(out->format, formats::format_of(t));
  MILLRACE_CHECK(read_options(*out));
  out->request.options = &out->options;
  out->request.time_zone = option_reader(session).text("table.local-time-zone", "UTC");
  out->filter = spec.filter;
  out->limit = spec.limit;
  const auto declared_at = declare(t, *out);
  for (const auto& read : spec.reads) {
    const auto& column = t.columns[read.column];
    output o{origin::record, 0, column.name, read.type};
    if (column.kind == plan::column_kind::metadata) {
      MILLRACE_TRY(o.from, metadata_origin(column));
    } else if (is_partition(t, read.column)) {
      o.from = origin::partition;
    } else {
      o.decoded = static_cast<std::uint32_t>(out->request.wanted.size());
      out->request.wanted.push_back({declared_at[read.column], read.type});
    }
    out->outputs.push_back(std::move(o));
  }
  return std::shared_ptr<const file_table>(std::move(out));
}

}  // namespace millrace::connectors::filesystem
