#include "core/expr/registry.hpp"
#include "core/sql/bind/clause_binder.hpp"
#include "core/sql/bind/from.hpp"
#include "core/sql/bind/nodes.hpp"

#include <algorithm>
#include <cctype>
#include <map>

namespace millrace::sql {

using plan::window_kind;

namespace {

std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return text;
}

std::optional<window_kind> kind_of(const function_call& call) {
  if (call.function.size() != 1) return std::nullopt;
  const auto name = upper(call.function[0].text);
  if (name == "TUMBLE") return window_kind::tumble;
  if (name == "HOP") return window_kind::hop;
  if (name == "CUMULATE") return window_kind::cumulate;
  if (name == "SESSION") return window_kind::session;
  return std::nullopt;
}

std::vector<std::string> parameters_of(window_kind kind) {
  switch (kind) {
    case window_kind::tumble: return {"DATA", "TIMECOL", "SIZE", "OFFSET"};
    case window_kind::hop: return {"DATA", "TIMECOL", "SLIDE", "SIZE", "OFFSET"};
    case window_kind::cumulate: return {"DATA", "TIMECOL", "STEP", "SIZE", "OFFSET"};
    case window_kind::session: return {"DATA", "TIMECOL", "GAP"};
  }
  return {};
}

using argument_map = std::map<std::string, const expression*>;

// Arguments by parameter, given by name or by position.
result<argument_map> arguments_of(const function_call& call, window_kind kind, text_position at) {
  const auto parameters = parameters_of(kind);
  argument_map out;
  for (std::size_t i = 0; i < call.arguments.size(); ++i) {
    const auto& a = call.arguments[i];
    if (!a.parameter && i >= parameters.size())
      return make_error(errc::sql_bad_window, a.value.at, "too many arguments",
                        "there are at most " + std::to_string(parameters.size()));
    const auto name = a.parameter ? upper(a.parameter->text) : parameters[i];
    if (std::find(parameters.begin(), parameters.end(), name) == parameters.end())
      return make_error(errc::sql_bad_window, a.parameter->at,
                        "no parameter '" + a.parameter->text + "'", hint_for(name, parameters));
    if (!out.emplace(name, &a.value).second)
      return make_error(errc::sql_bad_window, a.value.at, "parameter " + name + " is given twice");
  }
  for (const auto& p : parameters)
    if (p != "OFFSET" && out.count(p) == 0)
      return make_error(errc::sql_bad_window, at,
                        upper(call.function[0].text) + " misses its argument " + p);
  return out;
}

result<relation> bind_data(query_binder& queries, const expression& e) {
  const auto* table = e.get_if<table_argument>();
  if (table == nullptr)
    return make_error(errc::sql_bad_window, e.at, "the first argument must be a table",
                      "write TABLE t or (SELECT ...)");
  if (!table->order_by.empty())
    return make_error(errc::sql_not_supported, e.at,
                      "ORDER BY of a table argument is not supported");
  if (!table->subquery) return queries.bind_named(table->table, {});
  MILLRACE_TRY(auto bound, queries.bind(*table->subquery, nullptr));
  return make_relation(bound.node);
}

result<std::uint32_t> time_column(const relation& input, const expression& e) {
  const auto* d = e.get_if<descriptor>();
  if (d == nullptr || d->columns.size() != 1)
    return make_error(errc::sql_bad_window, e.at, "the time column must be one DESCRIPTOR(column)");
  MILLRACE_TRY(const auto found, find_column(input, d->columns));
  const auto& column = d->columns[0];
  if (!found)
    return make_error(errc::sql_unknown_column, column.at, "no column '" + column.text + "'",
                      hint_for(column.text, visible_names(input)));
  const auto index = found->value->column;
  if (input.node->columns[index].time == plan::time_attribute::none)
    return make_error(
        errc::sql_bad_window, column.at,
        "column '" + column.text + "' of type " + data::to_text(found->value->type) +
            " is no time attribute",
        "declare WATERMARK FOR it in CREATE TABLE, or use a PROCTIME() column; casts, "
        "expressions and plain aggregates lose the attribute");
  return index;
}

class interval_reader {
 public:
  interval_reader(query_binder& queries, const argument_map& arguments)
      : scope_{&nothing_, nullptr},
        binder_(queries, scope_, "a window's arguments"),
        arguments_(arguments) {}

  result<std::int64_t> read(const std::string& parameter) {
    const auto& e = *arguments_.at(parameter);
    MILLRACE_TRY(const auto bound, binder_.bind(e));
    return interval_ms(bound, e.at, parameter);
  }
  /// May be negative or zero.
  result<std::int64_t> read_offset() {
    const auto found = arguments_.find("OFFSET");
    if (found == arguments_.end()) return std::int64_t{0};
    MILLRACE_TRY(const auto bound, binder_.bind(*found->second));
    if (bound->type.id() != data::type_id::interval_day_time)
      return make_error(errc::sql_bad_window, found->second->at,
                        "OFFSET needs a day-time interval");
    expr::eval_context context;
    MILLRACE_TRY(const auto value,
                 placed(expr::evaluate_constant(bound, context), found->second->at));
    return value->value<std::int64_t>(0);
  }

 private:
  relation nothing_{make_node(plan::values_node{}, {}, {}), {}, {}};
  name_scope scope_;
  expression_binder binder_;
  const argument_map& arguments_;
};

result<void> read_lengths(plan::window_spec& window, query_binder& queries,
                          const argument_map& arguments) {
  interval_reader reader(queries, arguments);
  const bool session = window.kind == window_kind::session;
  MILLRACE_TRY(window.size, reader.read(session ? "GAP" : "SIZE"));
  if (window.kind == window_kind::hop) {
    MILLRACE_TRY(window.slide, reader.read("SLIDE"));
  }
  if (window.kind == window_kind::cumulate) {
    MILLRACE_TRY(window.slide, reader.read("STEP"));
    if (window.size % window.slide != 0)
      return make_error(errc::sql_bad_window, arguments.at("SIZE")->at,
                        "the size of a CUMULATE window, " + std::to_string(window.size) +
                            " ms, is no multiple of its step, " + std::to_string(window.slide) +
                            " ms",
                        "make it one");
  }
  MILLRACE_TRY(window.offset, reader.read_offset());
  return {};
}

result<std::vector<std::uint32_t>> partition_columns(query_binder& queries, const relation& input,
                                                     const expression& data, window_kind kind) {
  std::vector<std::uint32_t> out;
  const auto& keys = data.as<table_argument>().partition_by;
  if (!keys.empty() && kind != window_kind::session)
    return make_error(errc::sql_bad_window, keys[0].at,
                      "only SESSION takes PARTITION BY of its table",
                      "group by the column behind the window");
  const name_scope scope{&input, nullptr};
  expression_binder binder(queries, scope, "PARTITION BY");
  for (const auto& key : keys) {
    MILLRACE_TRY(const auto bound, binder.bind(key));
    if (bound->kind != expr::expr_kind::column)
      return make_error(errc::sql_bad_window, key.at, "PARTITION BY of SESSION takes columns only",
                        "compute the value in a sub-query");
    out.push_back(bound->column);
  }
  return out;
}

}  // namespace

bool is_window_function(const function_call& call) { return kind_of(call).has_value(); }

result<relation> bind_window_function(query_binder& queries, const function_call& call,
                                      text_position at, const name_scope*) {
  plan::window_function_node node;
  node.window.kind = *kind_of(call);
  MILLRACE_TRY(const auto arguments, arguments_of(call, node.window.kind, at));
  MILLRACE_TRY(const auto input, bind_data(queries, *arguments.at("DATA")));
  MILLRACE_TRY(node.window.time_column, time_column(input, *arguments.at("TIMECOL")));
  MILLRACE_CHECK(read_lengths(node.window, queries, arguments));
  MILLRACE_TRY(node.partition,
               partition_columns(queries, input, *arguments.at("DATA"), node.window.kind));
  auto columns = input.node->columns;
  const auto time = columns[node.window.time_column];
  node.window.processing_time = time.time == plan::time_attribute::processing_time;
  node.window.local_zone = time.type.id() == data::type_id::timestamp_ltz;
  const auto bound_type = data::data_type::timestamp(3, false);
  columns.push_back({"window_start", bound_type, {}});
  columns.push_back({"window_end", bound_type, {}});
  columns.push_back({"window_time", time.type.as_nullable(false), time.time});
  return make_relation(make_node(std::move(node), {input.node}, std::move(columns)));
}

}  // namespace millrace::sql
