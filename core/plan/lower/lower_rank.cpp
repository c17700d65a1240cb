#include "core/plan/lower/lowering.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <numeric>

namespace millrace::plan {
namespace {

using expr::expr_kind;
using expr::expr_ptr;

struct rank_range {
  std::int64_t first = 1;
  std::int64_t last = std::numeric_limits<std::int64_t>::max();
};

std::optional<std::int64_t> integer_of(const expr::bound_expr& e) {
  if (e.kind == expr_kind::call && e.function == "CAST") return integer_of(*e.arguments[0]);
  if (e.kind != expr_kind::literal || e.literal->is_null(0)) return std::nullopt;
  switch (e.type.id()) {
    case data::type_id::tinyint: return e.literal->value<std::int8_t>(0);
    case data::type_id::smallint: return e.literal->value<std::int16_t>(0);
    case data::type_id::integer: return e.literal->value<std::int32_t>(0);
    case data::type_id::bigint: return e.literal->value<std::int64_t>(0);
    default: return std::nullopt;
  }
}

// `rank <= 10`, `10 >= rank`, `rank = 1`, ... narrows the range; false for any other condition.
bool narrows(const expr::bound_expr& e, std::uint32_t rank, rank_range& range) {
  if (e.kind != expr_kind::call || e.arguments.size() != 2) return false;
  const auto is_rank = [&](const expr::bound_expr& a) {
    return a.kind == expr_kind::column && a.column == rank;
  };
  const bool turned = is_rank(*e.arguments[1]);
  if (!turned && !is_rank(*e.arguments[0])) return false;
  const auto bound = integer_of(*e.arguments[turned ? 0 : 1]);
  if (!bound) return false;
  std::string op = e.function;
  if (turned && (op[0] == '<' || op[0] == '>') && op != "<>") op[0] = op[0] == '<' ? '>' : '<';
  if (op == "=") range.first = std::max(range.first, *bound);
  if (op == "=" || op == "<=")
    range.last = std::min(range.last, *bound);
  else if (op == "<")
    range.last = std::min(range.last, *bound - 1);
  else if (op == ">=")
    range.first = std::max(range.first, *bound);
  else if (op == ">")
    range.first = std::max(range.first, *bound + 1);
  else
    return false;
  return true;
}

std::optional<rank_spec::function> rank_function(const std::string& name) {
  if (name == "ROW_NUMBER") return rank_spec::function::row_number;
  if (name == "RANK") return rank_spec::function::rank;
  if (name == "DENSE_RANK") return rank_spec::function::dense_rank;
  return std::nullopt;
}

std::string order_text(const std::vector<sort_key>& order,
                       const std::vector<logical_column>& columns) {
  std::string out;
  for (const auto& k : order)
    out += fmt::format("{}{} {}", out.empty() ? "" : ", ", columns[k.column].name,
                       k.descending ? "DESC" : "ASC");
  return out;
}

bool reads(const expr_ptr& e, std::uint32_t column) {
  std::vector<std::uint32_t> columns;
  expr::collect_columns(*e, columns);
  return std::find(columns.begin(), columns.end(), column) != columns.end();
}

}  // namespace

result<std::uint32_t> lowering::lower_rank(const calc_stack& stack,
                                           const std::vector<logical_column>& as, bool& found) {
  const auto& over = std::get<over_node>(stack.base->detail);
  if (over.calls.size() != 1 || over.order.empty()) return 0u;
  const auto what = rank_function(over.calls[0].function);
  if (!what) return 0u;
  const auto column = static_cast<std::uint32_t>(stack.base->columns.size() - 1);
  rank_range range;
  std::vector<expr_ptr> rest;
  for (const auto& c : stack.conditions)
    if (!narrows(*c, column, range)) rest.push_back(c);
  if (range.last == std::numeric_limits<std::int64_t>::max()) return 0u;
  found = true;

  MILLRACE_TRY(const auto input, lower(stack.base->inputs[0]));
  rank_spec spec;
  spec.what = *what;
  spec.partition = over.partition;
  spec.order = over.order;
  spec.first = range.first;
  spec.last = range.last;
  const auto uses_rank = [&](const expr_ptr& e) { return reads(e, column); };
  spec.output_rank = std::any_of(stack.columns.begin(), stack.columns.end(), uses_rank) ||
                     std::any_of(rest.begin(), rest.end(), uses_rank);
  auto columns = stack.base->inputs[0]->columns;
  auto expressions = stack.columns;
  // One row of rank 1: the rank is a constant, and it need not be kept up to date.
  if (spec.output_rank && spec.first == 1 && spec.last == 1) {
    spec.output_rank = false;
    auto one = data::buffer::allocate(sizeof(std::int64_t));
    one->mutable_as<std::int64_t>()[0] = 1;
    auto literal = std::make_shared<data::column>();
    literal->type = stack.base->columns[column].type;
    literal->layout = data::encoding::constant;
    literal->length = 1;
    literal->values = std::move(one);
    std::vector<expr_ptr> by;
    for (std::uint32_t i = 0; i < columns.size(); ++i)
      by.push_back(expr::make_column(i, columns[i].type));
    by.push_back(expr::make_literal(std::move(literal)));
    for (auto& e : expressions) e = expr::substitute(e, by);
    for (auto& e : rest) e = expr::substitute(e, by);
  }
  if (spec.output_rank) columns.push_back(stack.base->columns[column]);

  const auto windows = window_columns_of(*stack.base->inputs[0]);
  const auto in_partition = [&](std::uint32_t c) {
    return std::find(spec.partition.begin(), spec.partition.end(), c) != spec.partition.end();
  };
  std::uint32_t ranked = 0;
  if (windows && in_partition(windows->start) && in_partition(windows->end) && !updating(input)) {
    plan_builder::draft d;
    d.name = "WindowRank";
    d.description = fmt::format("partitionBy=[{}], orderBy=[{}], rankRange=[{}-{}]",
                                names_of(spec.partition, columns), order_text(spec.order, columns),
                                spec.first, spec.last);
    window_rank_spec window;
    window.end_column = windows->end;
    window.local_zone = windows->window.local_zone;
    std::erase(spec.partition, windows->start);
    std::erase(spec.partition, windows->end);
    d.columns = columns;
    d.inputs.push_back(plan_builder::hash(input, spec.partition));
    window.rank = std::move(spec);
    d.spec = std::move(window);
    ranked = builder_.add(std::move(d));
  } else {
    MILLRACE_TRY(ranked, rank(input, std::move(spec), columns));
  }
  return calc(ranked, std::move(rest), std::move(expressions), as);
}

result<std::uint32_t> lowering::rank(std::uint32_t input, rank_spec spec,
                                     const std::vector<logical_column>& columns) {
  const auto& below = builder_.node(input);
  const auto& facts = builder_.facts(input);
  plan_builder::draft d;
  d.columns = columns;
  d.inputs.push_back(plan_builder::hash(input, spec.partition));
  const auto time = below.columns[spec.order[0].column].time;
  const bool single =
      spec.first == 1 && spec.last == 1 && spec.what == rank_spec::function::row_number;
  if (single && spec.order.size() == 1 && time != time_attribute::none && !facts.updating) {
    deduplicate_spec dedup;
    dedup.keys = spec.partition;
    dedup.order_column = spec.order[0].column;
    dedup.row_time = time == time_attribute::row_time;
    dedup.keep_last = spec.order[0].descending;
    dedup.ttl_ms = ttl();
    d.name = "Deduplicate";
    d.description =
        fmt::format("keep=[{}Row], key=[{}], order=[{}]", dedup.keep_last ? "Last" : "First",
                    names_of(dedup.keys, below.columns), dedup.row_time ? "ROWTIME" : "PROCTIME");
    // Keep-first on row time waits for the watermark and then inserts only.
    d.facts.updating = dedup.keep_last;
    auto key = dedup.keys;
    std::sort(key.begin(), key.end());
    d.facts.unique_keys.push_back(std::move(key));
    d.spec = std::move(dedup);
    return add_keeping(std::move(d));
  }
  spec.retracting_input = facts.updating;
  spec.ttl_ms = ttl();
  if (facts.updating && !facts.unique_keys.empty()) spec.upsert_key = facts.unique_keys[0];
  d.name = "Rank";
  constexpr std::string_view functions[] = {"ROW_NUMBER", "RANK", "DENSE_RANK"};
  d.description =
      fmt::format("rankType=[{}], rankRange=[{}-{}], partitionBy=[{}], orderBy=[{}]",
                  functions[static_cast<int>(spec.what)], spec.first, spec.last,
                  names_of(spec.partition, below.columns), order_text(spec.order, below.columns));
  d.facts.updating = true;
  auto partition = spec.partition;
  if (single) {
    std::sort(partition.begin(), partition.end());
    d.facts.unique_keys.push_back(partition);
  } else if (spec.output_rank && spec.what == rank_spec::function::row_number) {
    partition.push_back(static_cast<std::uint32_t>(columns.size() - 1));
    std::sort(partition.begin(), partition.end());
    d.facts.unique_keys.push_back(partition);
  }
  for (const auto& key : facts.unique_keys) d.facts.unique_keys.push_back(key);
  d.spec = std::move(spec);
  return add_keeping(std::move(d));
}

result<std::uint32_t> lowering::lower_over(const logical_node& node) {
  const auto& over = std::get<over_node>(node.detail);
  MILLRACE_TRY(const auto input, lower(node.inputs[0]));
  const auto& below = builder_.node(input);
  over_spec spec;
  spec.over = over;
  const auto time =
      over.order.empty() ? time_attribute::none : below.columns[over.order[0].column].time;
  spec.order = time == time_attribute::row_time          ? over_spec::order_kind::row_time
               : time == time_attribute::processing_time ? over_spec::order_kind::processing_time
                                                         : over_spec::order_kind::value;
  if (batch_ && time == time_attribute::row_time && over.order[0].descending)
    spec.order = over_spec::order_kind::value;
  else if (time != time_attribute::none && over.order[0].descending)
    return make_error(errc::sql_unsupported_order, "OVER windows cannot go backwards in time",
                      "order by the time attribute ascending");
  spec.retracting_input = updating(input);
  const bool time_range = !over.frame.rows && over.frame.preceding;
  if (spec.retracting_input && time != time_attribute::none && time_range)
    return make_error(errc::sql_changelog_not_accepted,
                      "OVER with a RANGE of time cannot follow an updating query",
                      "use ROWS, or an unbounded RANGE");
  if (spec.retracting_input) spec.order = over_spec::order_kind::value;
  spec.ttl_ms = ttl();
  std::string calls;
  for (const auto& c : over.calls) calls += (calls.empty() ? "" : ", ") + c.function;
  plan_builder::draft d;
  d.name = "OverAggregate";
  d.description = fmt::format("partitionBy=[{}], orderBy=[{}], select=[{}]",
                              names_of(over.partition, below.columns),
                              order_text(over.order, below.columns), calls);
  d.columns = node.columns;
  d.facts.updating = spec.order == over_spec::order_kind::value;
  d.facts.unique_keys = builder_.facts(input).unique_keys;
  d.inputs.push_back(plan_builder::hash(input, over.partition));
  d.spec = std::move(spec);
  return add_keeping(std::move(d));
}

result<std::uint32_t> lowering::lower_sort(const logical_node& node) {
  const auto& sort = std::get<sort_node>(node.detail);
  MILLRACE_TRY(const auto input, lower(node.inputs[0]));
  plan_builder::draft d;
  d.columns = node.columns;
  d.inputs.push_back(plan_builder::single(input));
  d.facts.unique_keys = builder_.facts(input).unique_keys;
  if (sort.limit && (!sort.keys.empty() || updating(input))) {
    rank_spec spec;
    spec.order = sort.keys;
    if (spec.order.empty())
      for (std::uint32_t i = 0; i < node.columns.size(); ++i)
        spec.order.push_back({i, false, true});
    spec.first = sort.offset + 1;
    spec.last = sort.offset + *sort.limit;
    return rank(input, std::move(spec), node.columns);
  }
  if (sort.limit || sort.keys.empty()) {
    d.name = "Limit";
    d.spec = limit_spec{sort.offset, sort.limit.value_or(std::numeric_limits<std::int64_t>::max())};
    d.description = fmt::format("offset=[{}], fetch=[{}]", sort.offset,
                                sort.limit ? std::to_string(*sort.limit) : "ALL");
    return builder_.add(std::move(d));
  }
  d.description = fmt::format("orderBy=[{}]", order_text(sort.keys, node.columns));
  const bool by_time = node.columns[sort.keys[0].column].time == time_attribute::row_time &&
                       !sort.keys[0].descending;
  if (batch_) {
    d.name = "Sort";
    d.spec = sort_spec{sort.keys};
    return builder_.add(std::move(d));
  }
  if (by_time && !updating(input)) {
    d.name = "TemporalSort";
    d.spec = temporal_sort_spec{sort.keys};
    return builder_.add(std::move(d));
  }
  return make_error(
      errc::sql_unsupported_order,
      "ORDER BY of a stream must start with its row time, ascending, or come with a LIMIT",
      "add LIMIT n for a top-n that is kept up to date, or order by the time attribute");
}

}  // namespace millrace::plan
