#include "core/plan/lower/lowering.hpp"
#include "core/plan/lower/scan_reads.hpp"

#include "core/data/column_builder.hpp"
#include "core/expr/registry.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

namespace millrace::plan {
namespace {

std::string type_texts(const std::vector<logical_column>& columns) {
  std::string out;
  for (const auto& c : columns) out += c.name + " " + data::to_text(c.type) + ";";
  return out;
}

// True for columns that are the same for many rows, so that a source can leave these out at once:
// the partition of a file, its name.
bool tells_rows_apart(const table_definition& table, std::uint32_t column) {
  return table.columns[column].kind == column_kind::metadata ||
         std::ranges::find(table.partition_by, column) != table.partition_by.end();
}

// What the source can use of the conditions on a scan's columns (`expressions` over the reads).
// Not in front of a watermark, which rows that are left out move too.
result<expr::expr_ptr> source_filter(const scan_advice& advice, const scan_reads& reads,
                                     const std::vector<expr::expr_ptr>& expressions,
                                     const table_definition& table) {
  if (!advice.filter || table.watermark) return expr::expr_ptr{};
  std::vector<expr::expr_ptr> all, usable;
  expr::split_conjunction(expr::substitute(advice.filter, expressions), all);
  for (auto& condition : all) {
    std::vector<std::uint32_t> columns;
    expr::collect_columns(*condition, columns);
    const bool helps = !columns.empty() && std::ranges::all_of(columns, [&](auto c) {
      return tells_rows_apart(table, reads.reads()[c].column);
    });
    if (helps) usable.push_back(std::move(condition));
  }
  return conjunction(std::move(usable));
}

std::string source_text(const source_spec& spec, const std::vector<logical_column>& columns) {
  const auto names = column_names(columns);
  auto out = fmt::format("table=[{}], fields=[{}]", spec.table->name, fmt::join(names, ", "));
  if (spec.filter) out += fmt::format(", filter=[{}]", expr::to_text(*spec.filter, names));
  if (spec.limit) out += fmt::format(", limit=[{}]", *spec.limit);
  return out;
}

result<void> check_readable(const table_definition& table, const table_traits& traits) {
  if (!traits.readable)
    return make_error(
        errc::sql_not_supported,
        fmt::format("table '{}' cannot be read: its connector only writes", table.name));
  if (traits.gives == changelog_mode::upsert && table.primary_key.empty())
    return make_error(
        errc::sql_changelog_not_accepted,
        fmt::format("table '{}' gives updates without their old rows, but has no key", table.name),
        "declare its PRIMARY KEY (...) NOT ENFORCED");
  return {};
}

}  // namespace

// The columns of the table that the operators of a scan hand on: those the node gives, in its
// order, then those that only its watermark or its key reads.
class lowering::scanned_columns {
 public:
  explicit scanned_columns(const logical_node& node)
      : table_(*std::get<scan_node>(node.detail).table), columns_(node.columns) {
    const auto& kept = std::get<scan_node>(node.detail).kept;
    for (std::uint32_t i = 0; i < node.columns.size(); ++i) given_.push_back(kept ? (*kept)[i] : i);
  }

  /// Where the table's column stands among them; it is added if it does not.
  std::uint32_t place(std::uint32_t column) {
    const auto at = std::find(given_.begin(), given_.end(), column);
    if (at != given_.end()) return static_cast<std::uint32_t>(at - given_.begin());
    const auto& c = table_.columns[column];
    const bool is_time = table_.watermark && table_.watermark->column == column;
    given_.push_back(column);
    columns_.push_back({c.name, c.type, is_time ? time_attribute::row_time : time_attribute::none});
    return static_cast<std::uint32_t>(given_.size() - 1);
  }
  [[nodiscard]] const std::vector<std::uint32_t>& given() const { return given_; }
  [[nodiscard]] const std::vector<logical_column>& columns() const { return columns_; }

 private:
  const table_definition& table_;
  std::vector<std::uint32_t> given_;
  std::vector<logical_column> columns_;
};

result<std::uint32_t> lowering::lower_scan(const logical_node& node, bool old_rows) {
  const auto& table = *std::get<scan_node>(node.detail).table;
  MILLRACE_TRY(const auto traits, input_.traits(table));
  MILLRACE_CHECK(check_readable(table, traits));
  MILLRACE_TRY(const bool doubled,
               options_.boolean("table.exec.source.cdc-events-duplicate", false));
  const bool updating = traits.gives != changelog_mode::insert_only;
  const bool normalize =
      old_rows && !table.primary_key.empty() &&
      (traits.gives == changelog_mode::upsert || (updating && (doubled || batch_)));
  if (batch_ && !traits.bounded)
    return make_error(
        errc::sql_not_supported,
        fmt::format("table '{}' has no end, so batch mode cannot read it", table.name),
        "SET 'execution.runtime-mode' = 'streaming', or bound the table "
        "('number-of-rows', 'source.monitor-interval' left out)");
  scanned_columns scanned(node);
  std::optional<watermark_spec> mark;
  if (table.watermark && !batch_) {  // with all rows there, none is late
    MILLRACE_TRY(mark, watermark_of(*table.watermark, scanned));
  }
  unique_key key;
  if (updating)
    for (const auto c : table.primary_key) key.push_back(scanned.place(c));
  std::sort(key.begin(), key.end());
  MILLRACE_TRY(auto at, scan_source(node, traits, scanned));
  if (updating && !key.empty()) builder_.facts(at).unique_keys = {key};
  if (batch_ && table.watermark) builder_.node(at).columns = scanned.columns();
  if (mark) at = watermark_assigner(at, std::move(*mark), scanned.columns());
  if (normalize) return changelog_normalize(at, std::move(key));
  return batch_ && old_rows && updating ? final_rows(at) : at;
}

// The source and what computes the columns over its reads.
result<std::uint32_t> lowering::scan_source(const logical_node& node, const table_traits& traits,
                                            const scanned_columns& scanned) {
  const auto& scan = std::get<scan_node>(node.detail);
  const auto& table = *scan.table;
  const scan_reads needed(table, scanned.given(), scanned.columns());
  std::vector<expr::expr_ptr> expressions;
  for (const auto c : scanned.given()) {
    MILLRACE_TRY(auto e, needed.rewritten(expr::make_column(c, table.columns[c].type)));
    expressions.push_back(std::move(e));
  }
  source_spec spec{scan.table, needed.reads(), nullptr, std::nullopt};
  // Changes depend on those before them: none may be missing.
  const auto advised = advice_.find(&node);
  if (advised != advice_.end() && traits.gives == changelog_mode::insert_only) {
    MILLRACE_TRY(spec.filter, source_filter(advised->second, needed, expressions, table));
    if (traits.bounded) spec.limit = advised->second.limit;
  }
  plan_builder::draft source;
  source.name = "TableSourceScan";
  source.description = source_text(spec, needed.columns());
  source.digest =
      fmt::format("{}@{} {} {}", source.description, static_cast<const void*>(scan.table.get()),
                  type_texts(needed.columns()), spec.filter ? digest_of(*spec.filter) : "");
  source.spec = std::move(spec);
  source.columns = needed.columns();
  source.facts.bounded = traits.bounded;
  source.facts.updating = traits.gives != changelog_mode::insert_only;
  source.parallelism = traits.ordered_single_split ? 1 : builder_.parallelism();
  const auto at = builder_.add(std::move(source));
  builder_.node(at).mode = traits.gives;
  return calc(at, {}, std::move(expressions), scanned.columns());
}

result<watermark_spec> lowering::watermark_of(const watermark_definition& watermark,
                                              scanned_columns& scanned) const {
  watermark_spec spec;
  spec.time_column = scanned.place(watermark.column);
  std::vector<std::uint32_t> read;
  expr::collect_columns(*watermark.expression, read);
  std::vector<std::uint32_t> mapping(read.empty() ? 0 : read.back() + 1, 0);
  for (const auto c : read) mapping[c] = scanned.place(c);
  spec.expression = expr::remap_columns(watermark.expression, mapping);
  MILLRACE_TRY(spec.interval_ms, options_.duration_ms("pipeline.auto-watermark-interval", 200));
  MILLRACE_TRY(spec.idle_timeout_ms, options_.duration_ms("table.exec.source.idle-timeout", 0));
  return spec;
}

std::uint32_t lowering::watermark_assigner(std::uint32_t input, watermark_spec spec,
                                           const std::vector<logical_column>& columns) {
  plan_builder::draft d;
  d.name = "WatermarkAssigner";
  d.description = fmt::format("rowtime=[{}], watermark=[{}]", columns[spec.time_column].name,
                              expr::to_text(*spec.expression, column_names(columns)));
  d.digest = fmt::format("{} {}", spec.time_column, digest_of(*spec.expression));
  d.spec = std::move(spec);
  // Not those of the input: without a calc they are the source's, which know no row time.
  d.columns = columns;
  d.facts.updating = updating(input);
  d.facts.unique_keys = builder_.facts(input).unique_keys;
  d.inputs.push_back(plan_builder::forward(input));
  return builder_.add(std::move(d));
}

std::uint32_t lowering::changelog_normalize(std::uint32_t input, unique_key key) {
  plan_builder::draft d;
  d.name = "ChangelogNormalize";
  d.columns = builder_.node(input).columns;
  d.description = fmt::format("key=[{}]", names_of(key, d.columns));
  d.digest = d.description;
  d.spec = changelog_normalize_spec{key, true, ttl()};
  d.facts.updating = true;
  d.facts.unique_keys = {key};
  d.inputs.push_back(plan_builder::hash(input, std::move(key)));
  return add_keeping(std::move(d));
}

// The rows that the changes of a table without a key leave.
std::uint32_t lowering::final_rows(std::uint32_t input) {
  plan_builder::draft d;
  d.name = "FinalRows";
  d.columns = builder_.node(input).columns;
  d.digest = "all";
  d.spec = set_operation_spec{set_kind::except, true};
  std::vector<std::uint32_t> all(d.columns.size());
  std::iota(all.begin(), all.end(), 0u);
  d.inputs.push_back(plan_builder::hash(input, std::move(all)));
  return add_keeping(std::move(d));
}

result<std::uint32_t> lowering::lower_values(const logical_node& node) {
  const auto& values = std::get<values_node>(node.detail);
  values_spec spec;
  spec.rows = static_cast<std::uint32_t>(values.rows.size());
  plan_builder::draft d;
  d.name = "Values";
  d.description = fmt::format("rows=[{}]", spec.rows);
  d.columns = node.columns;
  d.facts.bounded = true;
  d.parallelism = 1;
  expr::eval_context context;
  context.time = &system_clock();
  context.time_zone = options_.text("table.local-time-zone", "UTC");
  for (std::size_t c = 0; c < node.columns.size(); ++c) {
    data::column_builder builder(node.columns[c].type, spec.rows);
    for (const auto& row : values.rows) {
      MILLRACE_TRY(auto cast, expr::make_cast(row[c], node.columns[c].type));
      MILLRACE_TRY(auto value, expr::evaluate_constant(cast, context));
      builder.append_from(*value, 0);
    }
    spec.columns.push_back(builder.finish());
  }
  d.spec = std::move(spec);
  return builder_.add(std::move(d));
}

}  // namespace millrace::plan
