#include "core/plan/lower/lowering.hpp"
#include "core/plan/rules/requirements.hpp"

#include "core/data/column_builder.hpp"
#include "core/expr/registry.hpp"

#include <fmt/format.h>

namespace millrace::plan {
namespace {

using expr::expr_ptr;

void note(const expr::bound_expr& e, std::vector<column_need>& needs) {
  if (e.kind == expr::expr_kind::column) {
    needs[e.column].whole = true;
  } else if (const auto path = field_path(e)) {
    needs[path->column].fields.insert(path->field);
  } else {
    for (const auto& a : e.arguments) note(*a, needs);
  }
}

// What must be read of each table column, given the output columns, the computed ones and the
// watermark.
class scan_reads {
 public:
  scan_reads(const table_definition& table, const std::vector<std::uint32_t>& kept,
             const std::vector<logical_column>& columns)
      : table_(table), needs_(table.columns.size()), place_(table.columns.size(), absent) {
    for (std::size_t i = 0; i < kept.size(); ++i) add_output(kept[i], columns[i].type);
    if (table.watermark) add_watermark();
    make_reads();
  }

  std::vector<source_spec::read> reads;
  std::vector<logical_column> read_columns;

  // The expression over table columns as one over `reads`.
  result<expr_ptr> rewritten(const expr_ptr& e) const {
    if (e->kind == expr::expr_kind::literal) return e;
    if (e->kind == expr::expr_kind::column) {
      const auto& column = table_.columns[e->column];
      if (column.kind == column_kind::computed) return rewritten(column.computed);
      return expr::make_column(place_[e->column], reads[place_[e->column]].type);
    }
    if (const auto path = field_path(*e); path && narrowed(path->column)) {
      std::int32_t index = 0;
      for (const auto f : needs_[path->column].fields) {
        if (f == path->field) break;
        ++index;
      }
      return make_field(expr::make_column(place_[path->column], reads[place_[path->column]].type),
                        index, e->type);
    }
    auto copy = std::make_shared<expr::bound_expr>(*e);
    for (auto& a : copy->arguments) {
      MILLRACE_TRY(a, rewritten(a));
    }
    return expr_ptr(copy);
  }

 private:
  static constexpr std::uint32_t absent = ~0u;

  bool narrowed(std::uint32_t column) const {
    return table_.columns[column].kind != column_kind::computed && !needs_[column].whole;
  }

  void add_expression(const expr_ptr& e) {
    note(*e, needs_);
    std::vector<std::uint32_t> columns;
    expr::collect_columns(*e, columns);
    for (const auto c : columns)
      if (table_.columns[c].kind == column_kind::computed)
        add_expression(table_.columns[c].computed);
  }

  void add_output(std::uint32_t column, const data::data_type& type) {
    const auto& c = table_.columns[column];
    if (c.kind == column_kind::computed) return add_expression(c.computed);
    if (type.id() != data::type_id::row || type.same_kind(c.type)) {
      needs_[column].whole = true;
      return;
    }
    for (const auto& f : type.fields())
      for (std::uint32_t i = 0; i < c.type.fields().size(); ++i)
        if (c.type.fields()[i].name == f.name) needs_[column].fields.insert(i);
  }

  void add_watermark() {
    const auto& w = *table_.watermark;
    add_output(w.column, table_.columns[w.column].type);
    // The assigner reads its columns whole: its expression is not rewritten for narrowed rows.
    std::vector<std::uint32_t> columns;
    expr::collect_columns(*w.expression, columns);
    for (const auto c : columns) add_output(c, table_.columns[c].type);
  }

  void make_reads() {
    for (std::uint32_t i = 0; i < table_.columns.size(); ++i) {
      const auto& c = table_.columns[i];
      if (c.kind == column_kind::computed || !needs_[i].used()) continue;
      auto type = c.type;
      if (!needs_[i].whole) {
        std::vector<data::field> fields;
        for (const auto f : needs_[i].fields) fields.push_back(c.type.fields()[f]);
        type = data::data_type::row(std::move(fields), c.type.nullable());
      }
      place_[i] = static_cast<std::uint32_t>(reads.size());
      reads.push_back({i, type});
      read_columns.push_back({c.name, type, time_attribute::none});
    }
  }

  const table_definition& table_;
  std::vector<column_need> needs_;
  std::vector<std::uint32_t> place_;
};

std::string type_texts(const std::vector<logical_column>& columns) {
  std::string out;
  for (const auto& c : columns) out += c.name + " " + data::to_text(c.type) + ";";
  return out;
}

}  // namespace

result<std::uint32_t> lowering::lower_scan(const logical_node& node) {
  const auto& scan = std::get<scan_node>(node.detail);
  const auto& table = *scan.table;
  MILLRACE_TRY(const auto traits, input_.traits(table));
  if (!traits.readable)
    return make_error(
        errc::sql_not_supported,
        fmt::format("table '{}' cannot be read: its connector only writes", table.name));
  std::vector<std::uint32_t> kept;
  if (scan.kept)
    kept = *scan.kept;
  else
    for (std::uint32_t i = 0; i < table.columns.size(); ++i) kept.push_back(i);
  const scan_reads needed(table, kept, node.columns);

  plan_builder::draft source;
  source.name = "TableSourceScan";
  source.description = fmt::format("table=[{}], fields=[{}]", table.name,
                                   fmt::join(column_names(needed.read_columns), ", "));
  source.digest = fmt::format("{}@{} {}", table.name, static_cast<const void*>(scan.table.get()),
                              type_texts(needed.read_columns));
  source.spec = source_spec{scan.table, needed.reads, nullptr, std::nullopt};
  source.columns = needed.read_columns;
  source.facts.bounded = traits.bounded;
  source.facts.updating = traits.gives != changelog_mode::insert_only;
  source.parallelism = traits.ordered_single_split ? 1 : builder_.parallelism();
  auto at = builder_.add(std::move(source));
  builder_.node(at).mode = traits.gives;

  // The output columns, then what the watermark needs and nobody else.
  std::vector<expr_ptr> expressions;
  std::vector<logical_column> columns = node.columns;
  std::uint32_t time_column = 0;
  bool time_found = false;
  for (std::size_t i = 0; i < kept.size(); ++i) {
    MILLRACE_TRY(auto e, needed.rewritten(expr::make_column(kept[i], table.columns[kept[i]].type)));
    expressions.push_back(std::move(e));
    if (table.watermark && kept[i] == table.watermark->column) {
      time_column = static_cast<std::uint32_t>(i);
      time_found = true;
    }
  }
  if (!table.watermark) return calc(at, {}, std::move(expressions), columns);
  if (!time_found) {
    const auto& c = table.columns[table.watermark->column];
    MILLRACE_TRY(auto e, needed.rewritten(expr::make_column(table.watermark->column, c.type)));
    time_column = static_cast<std::uint32_t>(expressions.size());
    expressions.push_back(std::move(e));
    columns.push_back({c.name, c.type, time_attribute::row_time});
  }
  // The watermark's expression reads the row time column where it can; other columns ride along.
  std::vector<std::uint32_t> mapping(table.columns.size(), 0);
  std::vector<std::uint32_t> read;
  expr::collect_columns(*table.watermark->expression, read);
  for (const auto c : read) {
    if (c == table.watermark->column) {
      mapping[c] = time_column;
      continue;
    }
    MILLRACE_TRY(auto e, needed.rewritten(expr::make_column(c, table.columns[c].type)));
    mapping[c] = static_cast<std::uint32_t>(expressions.size());
    expressions.push_back(std::move(e));
    columns.push_back({table.columns[c].name, table.columns[c].type, time_attribute::none});
  }
  MILLRACE_TRY(at, calc(at, {}, std::move(expressions), columns));

  plan_builder::draft mark;
  watermark_spec spec;
  spec.time_column = time_column;
  spec.expression = expr::remap_columns(table.watermark->expression, mapping);
  MILLRACE_TRY(spec.interval_ms, options_.duration_ms("pipeline.auto-watermark-interval", 200));
  MILLRACE_TRY(spec.idle_timeout_ms, options_.duration_ms("table.exec.source.idle-timeout", 0));
  mark.name = "WatermarkAssigner";
  mark.description = fmt::format("rowtime=[{}], watermark=[{}]", columns[time_column].name,
                                 expr::to_text(*spec.expression, column_names(columns)));
  mark.digest = fmt::format("{} {}", time_column, digest_of(*spec.expression));
  mark.spec = std::move(spec);
  // Not those of the input: without a calc they are the source's, which know no row time.
  mark.columns = std::move(columns);
  mark.facts.updating = updating(at);
  mark.facts.unique_keys = builder_.facts(at).unique_keys;
  mark.inputs.push_back(plan_builder::forward(at));
  return builder_.add(std::move(mark));
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
