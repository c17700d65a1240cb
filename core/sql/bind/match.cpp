#include "core/expr/registry.hpp"
#include "core/sql/bind/clause_binder.hpp"
#include "core/sql/bind/from.hpp"
#include "core/sql/bind/match_binder.hpp"
#include "core/sql/bind/nodes.hpp"

#include <algorithm>

namespace millrace::sql {

using expr::expr_ptr;

namespace {

// Binds one clause; its parts fill `spec_` in the order in which they need each other.
class match_planner {
 public:
  match_planner(query_binder& queries, const match_clause& clause, const relation& input)
      : queries_(queries), clause_(clause), input_(input), scope_{&input_, nullptr} {}

  result<relation> run() {
    if (clause_.all_rows_per_match)
      return make_error(errc::sql_bad_pattern, clause_.at,
                        "ALL ROWS PER MATCH is not part of Flink's dialect",
                        "use ONE ROW PER MATCH with MEASURES");
    MILLRACE_CHECK(bind_partition());
    MILLRACE_CHECK(bind_order());
    MILLRACE_TRY(names_, bind_pattern(clause_, spec_));
    MILLRACE_CHECK(bind_definitions());
    MILLRACE_CHECK(bind_measures());
    MILLRACE_CHECK(bind_within());
    auto shared = std::make_shared<const plan::match_spec>(std::move(spec_));
    return make_relation(
        make_node(plan::match_node{std::move(shared)}, {input_.node}, std::move(columns_)));
  }

 private:
  result<std::uint32_t> plain_column(const expression& e, std::string_view what) {
    expression_binder binder(queries_, scope_, what);
    MILLRACE_TRY(const auto bound, binder.bind(e));
    if (bound->kind == expr::expr_kind::column && bound->column < pending_base)
      return bound->column;
    return make_error(errc::sql_bad_pattern, e.at,
                      std::string(what) + " of MATCH_RECOGNIZE takes columns only",
                      "compute the value in a sub-query");
  }

  result<void> bind_partition() {
    for (const auto& e : clause_.partition_by) {
      MILLRACE_TRY(const auto column, plain_column(e, "PARTITION BY"));
      spec_.partition.push_back(column);
      auto out = input_.node->columns[column];
      out.time = plan::time_attribute::none;
      columns_.push_back(std::move(out));
    }
    return {};
  }

  result<void> bind_order() {
    if (clause_.order_by.empty())
      return make_error(errc::sql_bad_pattern, clause_.at,
                        "MATCH_RECOGNIZE needs ORDER BY on a time attribute",
                        "add ORDER BY with the row time column");
    const auto& first = clause_.order_by[0];
    MILLRACE_TRY(spec_.order_column, plain_column(first.value, "ORDER BY"));
    const auto time = input_.node->columns[spec_.order_column].time;
    if (time == plan::time_attribute::none)
      return make_error(errc::sql_bad_pattern, first.value.at,
                        "the first key of ORDER BY must be a time attribute",
                        "order by the column of WATERMARK, or a PROCTIME() column");
    if (first.descending)
      return make_error(errc::sql_bad_pattern, first.value.at,
                        "the time attribute of MATCH_RECOGNIZE must be ascending");
    spec_.processing_time = time == plan::time_attribute::processing_time;
    for (std::size_t i = 1; i < clause_.order_by.size(); ++i) {
      MILLRACE_TRY(const auto column, plain_column(clause_.order_by[i].value, "ORDER BY"));
      spec_.further_order.push_back({column, clause_.order_by[i].descending});
    }
    return {};
  }

  result<void> bind_definitions() {
    spec_.defines.resize(names_.variables.size());
    for (const auto& d : clause_.definitions) {
      const auto found =
          std::find(names_.variables.begin(), names_.variables.end(), d.variable.text);
      if (found == names_.variables.end())
        return make_error(errc::sql_bad_pattern, d.variable.at,
                          "DEFINE names '" + d.variable.text + "', which is not in the pattern",
                          hint_for(d.variable.text, names_.variables));
      const auto index = static_cast<std::uint32_t>(found - names_.variables.begin());
      if (spec_.defines[index])
        return make_error(errc::sql_bad_pattern, d.variable.at,
                          "'" + d.variable.text + "' is defined twice");
      match_binder binder(queries_, scope_, names_, index, spec_);
      MILLRACE_TRY(spec_.defines[index], binder.bind_condition(d.condition));
    }
    return {};
  }

  result<void> bind_measures() {
    match_binder binder(queries_, scope_, names_, std::nullopt, spec_);
    for (const auto& m : clause_.measures) {
      if (std::ranges::count(columns_, m.alias.text, &plan::logical_column::name) != 0)
        return make_error(errc::sql_duplicate_name, m.alias.at,
                          "MATCH_RECOGNIZE gives two columns the name '" + m.alias.text + "'",
                          "columns of PARTITION BY come first, name the measure differently");
      MILLRACE_TRY(auto bound, binder.bind(m.value));
      columns_.push_back({m.alias.text, bound->type, time_of(m.value)});
      spec_.measures.push_back(std::move(bound));
    }
    return {};
  }

  // MATCH_ROWTIME() and MATCH_PROCTIME() are the only measures that stay time attributes.
  plan::time_attribute time_of(const expression& e) const {
    const auto* call = e.get_if<function_call>();
    if (call == nullptr || call->function.size() != 1) return plan::time_attribute::none;
    const auto& name = call->function[0].text;
    const auto same = [&](std::string_view wanted) {
      return std::equal(name.begin(), name.end(), wanted.begin(), wanted.end(),
                        [](char a, char b) { return (a & ~0x20) == (b & ~0x20); });
    };
    if (same("MATCH_ROWTIME") && !spec_.processing_time) return plan::time_attribute::row_time;
    return same("MATCH_PROCTIME") ? plan::time_attribute::processing_time
                                  : plan::time_attribute::none;
  }

  result<void> bind_within() {
    if (!clause_.within) return {};
    expression_binder binder(queries_, scope_, "WITHIN");
    MILLRACE_TRY(const auto bound, binder.bind(*clause_.within));
    MILLRACE_TRY(spec_.within_ms, interval_ms(bound, clause_.within->at, "WITHIN"));
    return {};
  }

  query_binder& queries_;
  const match_clause& clause_;
  const relation& input_;
  name_scope scope_;
  pattern_names names_;
  plan::match_spec spec_;
  std::vector<plan::logical_column> columns_;
};

}  // namespace

result<relation> bind_match(query_binder& queries, const match_recognize& match, text_position,
                            const name_scope*) {
  MILLRACE_TRY(const auto input, bind_from(queries, *match.input, nullptr));
  return match_planner(queries, match.clause, input).run();
}

}  // namespace millrace::sql
