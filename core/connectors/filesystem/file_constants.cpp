#include "core/connectors/filesystem/file_constants.hpp"

#include "core/connectors/formats/text_values.hpp"
#include "core/data/column_builder.hpp"
#include "core/expr/evaluator.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <utility>

namespace millrace::connectors::filesystem {
namespace {

using partition = std::vector<std::pair<std::string, std::string>>;

result<void> append_partition(data::column_builder& to, const std::string& key,
                              const partition& values, const file_table& table,
                              const std::string& path) {
  const auto found =
      std::ranges::find_if(values, [&](const auto& part) { return part.first == key; });
  if (found == values.end())
    return make_error(errc::connector_bad_record,
                      fmt::format("'{}' is in no folder '{}=...'", path, key),
                      "files of a table PARTITIONED BY lie in folders key=value");
  formats::timestamp_parser times;
  if (found->second == table.default_partition)
    to.append_null();
  else if (!formats::append_scalar(to, found->second, times))
    return make_error(errc::connector_bad_record,
                      fmt::format("'{}': partition {} = '{}' is no {}", path, key, found->second,
                                  data::to_text(to.type())));
  return {};
}

std::int64_t modified_ticks(const struct stat& s, const data::data_type& type) {
  return (s.st_mtim.tv_sec * 1000 + s.st_mtim.tv_nsec / 1'000'000) *
         (data::ticks_per_second(type.precision()) / 1000);
}

// The constants as a batch of one row; what records give is NULL in it.
data::batch_ptr one_row(const file_table& table, const std::vector<data::column_ptr>& constants) {
  std::vector<data::column_ptr> columns;
  for (std::size_t i = 0; i < constants.size(); ++i)
    columns.push_back(constants[i] ? constants[i]
                                   : data::null_column(table.outputs[i].type.as_nullable(), 1));
  return std::make_shared<const data::record_batch>(std::move(columns), 1);
}

// The filter reads nothing but constants. One that fails here fails again where rows are read.
bool may_pass(const file_table& table, const std::string& path, expr::evaluator& filter) {
  const auto constants = file_constants(table, path);
  if (!constants.ok()) return true;
  std::uint32_t count = 1;
  const auto passed = filter.filter(*one_row(table, *constants), count);
  return !passed.ok() || count != 0;
}

}  // namespace

result<std::vector<data::column_ptr>> file_constants(const file_table& table,
                                                     const std::string& path) {
  struct stat s {};
  static_cast<void>(::stat(path.c_str(), &s));
  const auto values = partition_of(path);
  std::vector<data::column_ptr> columns;
  for (const auto& out : table.outputs) {
    data::column_builder one(out.type, 1);
    switch (out.from) {
      case file_table::origin::record: break;
      case file_table::origin::path: one.append_text(path); break;
      case file_table::origin::name: one.append_text(path.substr(path.rfind('/') + 1)); break;
      case file_table::origin::size: one.append(std::int64_t{s.st_size}); break;
      case file_table::origin::modified: one.append(modified_ticks(s, out.type)); break;
      case file_table::origin::partition:
        MILLRACE_CHECK(append_partition(one, out.key, values, table, path));
    }
    columns.push_back(one.length() == 0 ? nullptr : one.finish());
  }
  return columns;
}

result<std::vector<file_info>> pruned(std::vector<file_info> files, const file_table& table) {
  if (!table.filter) return files;
  expr::eval_context context;
  context.time_zone = table.request.time_zone;
  MILLRACE_TRY(auto filter, expr::evaluator::make({table.filter}, context));
  std::erase_if(files, [&](const auto& file) { return !may_pass(table, file.path, filter); });
  return files;
}

}  // namespace millrace::connectors::filesystem
