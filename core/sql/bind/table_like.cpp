#include "core/sql/bind/table_like.hpp"

#include "core/sql/bind/relation.hpp"
#include "core/sql/bind/table_changes.hpp"

#include <algorithm>

namespace millrace::sql {
namespace {

// The default is INCLUDING ALL, and OVERWRITING for options, generated columns and watermarks.
like_merge merge_of(const like_clause& like, like_feature feature) {
  auto merge = like_merge::including;
  bool given = false;
  for (const auto& option : like.options)
    if (option.feature == like_feature::all) merge = option.merge;
  for (const auto& option : like.options)
    if (option.feature == feature) {
      merge = option.merge;
      given = true;
    }
  if (!given && feature == like_feature::options && merge == like_merge::including)
    return like_merge::overwriting;
  return merge;
}

bool excludes(const like_clause& like, like_feature feature) {
  return merge_of(like, feature) == like_merge::excluding;
}

// Drops computed or metadata columns; indices of what stays are moved.
void keep_columns_of(plan::table_definition& table, const like_clause& like) {
  std::vector<std::uint32_t> kept;
  for (std::uint32_t i = 0; i < table.columns.size(); ++i) {
    const auto kind = table.columns[i].kind;
    if (kind == plan::column_kind::computed && excludes(like, like_feature::generated)) continue;
    if (kind == plan::column_kind::metadata && excludes(like, like_feature::metadata)) continue;
    kept.push_back(i);
  }
  arrange_columns(table, kept);
}

}  // namespace

bool overwrites(const like_clause& like, like_feature feature) {
  return merge_of(like, feature) == like_merge::overwriting;
}

result<plan::table_definition> like_base(const binding_environment& environment,
                                         const like_clause& like) {
  MILLRACE_TRY(const auto path, environment.objects.complete(like.table));
  const auto entry = environment.objects.find(path);
  if (!entry.table)
    return make_error(
        errc::sql_unknown_table, like.table.back().at,
        "LIKE names '" + to_text(path) + "', which is no table",
        hint_for(path.object, environment.objects.tables(path.catalog, path.database)));
  auto table = *entry.table;
  if (excludes(like, like_feature::watermarks)) table.watermark.reset();
  if (excludes(like, like_feature::constraints)) table.primary_key.clear();
  if (excludes(like, like_feature::partitions)) table.partition_by.clear();
  if (excludes(like, like_feature::options)) table.options.clear();
  keep_columns_of(table, like);
  return table;
}

}  // namespace millrace::sql
