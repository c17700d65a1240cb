#include "core/connectors/filesystem/filesystem_connector.hpp"

#include "core/connectors/filesystem/file_list.hpp"
#include "core/connectors/filesystem/file_table.hpp"
#include "core/connectors/formats/format.hpp"
#include "core/connectors/table_options.hpp"

#include <array>

namespace millrace::connectors::filesystem {
namespace {

using enum option_kind;

constexpr std::array<option_info, 21> options{{
    {"path", text, {}, "a file or a folder, with or without file://", true},
    {"format", text, {}, "csv, json, debezium-json or raw", true},
    {"source.monitor-interval", duration, {}, "looks for new files that often, without end"},
    {"source.path.regex-pattern", text, {}, "reads only files whose whole path matches"},
    {"bad-records.path",
     text,
     {},
     "bad records are skipped and kept in this file with file, row, offset and reason"},
    {"record.max-size", size, "16 mb", "longer records are bad ones"},
    {"partition.default-name", text, "__DEFAULT_PARTITION__", "the folder of NULL"},
    {"partition.time-extractor.kind", text, "default", "only default"},
    {"partition.time-extractor.timestamp-pattern",
     text,
     {},
     "time of a partition out of its values, like `$dt $hm:00`"},
    {"partition.time-extractor.timestamp-formatter", text, {}, "only yyyy-MM-dd HH:mm:ss"},
    {"sink.partition-commit.trigger", text, "process-time", "process-time or partition-time"},
    {"sink.partition-commit.delay", duration, "0 s", "a partition is committed that much later"},
    {"sink.partition-commit.watermark-time-zone", text, "UTC", "zone of partition times"},
    {"sink.partition-commit.policy.kind", text, {}, "success-file, metastore is refused"},
    {"sink.partition-commit.success-file.name", text, "_SUCCESS", "the file that says done"},
    {"sink.rolling-policy.file-size", size, "128 mb", "a file is closed at that size"},
    {"sink.rolling-policy.rollover-interval", duration, "30 min", "or at that age"},
    {"sink.rolling-policy.inactivity-interval", duration, "30 min", "or that long without rows"},
    {"sink.rolling-policy.check-interval", duration, "1 min", "how often ages are looked at"},
    {"lookup.full-cache.periodic-reload.interval",
     duration,
     {},
     "a lookup join reads the table anew that often"},
    {"auto-compaction", boolean, "false", "only false"},
}};

result<plan::table_traits> traits(const plan::table_definition& table) {
  MILLRACE_TRY(const auto* format, formats::format_of(table));
  const table_options read(table.options);
  if (!read.has("path"))
    return make_error(errc::sql_missing_option, "connector 'filesystem' needs option 'path'",
                      "add 'path' = '/folder/or/file'");
  MILLRACE_TRY(const auto path, local_path(read.text("path")));
  MILLRACE_TRY(const auto monitor, read.duration_ms("source.monitor-interval", 0));
  MILLRACE_TRY(const bool compaction, read.boolean("auto-compaction", false));
  if (compaction)
    return make_error(errc::sql_not_supported, "option 'auto-compaction' = 'true'",
                      "leave it out; files are rolled by sink.rolling-policy.*");
  plan::table_traits out;
  out.readable = format->make_decoder != nullptr;
  out.writable = format->make_encoder != nullptr;
  out.bounded = monitor == 0;
  out.lookup = out.bounded;
  out.gives = format->gives;
  out.accepts = format->accepts;
  if (!out.bounded) return out;
  // A path that is not there yet (a sink's) counts as small.
  std::uint64_t bytes = 0;
  if (const auto files = list_files(path, read.text("source.path.regex-pattern")); files.ok())
    for (const auto& file : *files) bytes += file.size;
  out.ordered_single_split = bytes < single_split_bytes;
  return out;
}

}  // namespace

const connector filesystem_connector{
    .name = "filesystem",
    .summary = "files of a local path: csv, json, debezium-json or raw, plain, .gz or .zst",
    .options = options,
    .takes_format = true,
    .traits = traits,
    .make_source = make_file_source,
    .make_sink = make_file_sink,
};

}  // namespace millrace::connectors::filesystem
