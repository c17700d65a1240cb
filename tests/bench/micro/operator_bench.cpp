// Nanoseconds per input row of single operators over synthetic bids, CPU time, one thread, no
// runtime: state tables, expressions and emission, nothing else. Arguments: rows (default 8
// million), then names of cases (default all).
#include "core/expr/literals.hpp"
#include "core/expr/registry.hpp"
#include "core/operators/factory.hpp"
#include "core/operators/operator_context.hpp"
#include "core/tables/table_set.hpp"

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <string>
#include <vector>

namespace millrace::operators {
namespace {

// CPU time: other work on the machine does not count.
double cpu_ns() { return static_cast<double>(std::clock()) * (1e9 / CLOCKS_PER_SEC); }

data::data_type of(data::type_id id) { return data::data_type(id, false); }
const data::data_type bigint = of(data::type_id::bigint);
const data::data_type boolean = of(data::type_id::boolean);
const data::data_type time_type = data::data_type::timestamp(3, false);
const data::data_type text = data::data_type::string(false);

// auction, bidder, price, ts, day, cheap, dear
const std::vector<data::data_type> bid_types = {bigint, bigint,  bigint, time_type,
                                                text,   boolean, boolean};

class counting_sink final : public output {
 public:
  result<void> emit(data::batch_ptr batch) override {
    rows += batch->row_count();
    return {};
  }
  [[nodiscard]] bool full() const override { return false; }
  result<void> emit_watermark(timestamp_ms) override { return {}; }
  result<void> emit_idle(bool) override { return {}; }
  std::uint64_t rows = 0;
};

std::uint64_t next_random(std::uint64_t& state) {
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return state;
}

// Like the public benchmark's bids: half of them on a hot auction, the rest among recent ones.
std::vector<data::batch_ptr> make_bids(std::uint64_t rows, double events_per_ms) {
  std::vector<data::batch_ptr> batches;
  std::uint64_t seed = 42;
  for (std::uint64_t at = 0; at < rows; at += data::default_batch_rows) {
    data::batch_builder b(bid_types);
    for (std::uint64_t i = at; i < at + data::default_batch_rows; ++i) {
      const std::uint64_t r = next_random(seed);
      const auto newest = static_cast<std::int64_t>(i / 15);
      const std::int64_t auction =
          (r & 1) != 0 ? newest / 100 * 100 : newest - std::int64_t((r >> 8) % 100);
      const auto price = static_cast<std::int64_t>((r >> 20) % 10'000'000);
      b.column_at(0).append(auction + 1000);
      b.column_at(1).append((r & 2) != 0 ? newest / 100 * 100
                                         : newest - std::int64_t((r >> 30) % 1000));
      b.column_at(2).append(price);
      b.column_at(3).append(static_cast<std::int64_t>(static_cast<double>(i) / events_per_ms));
      b.column_at(4).append_text("2024-01-15");
      b.column_at(5).append(static_cast<std::uint8_t>(price < 10'000));
      b.column_at(6).append(static_cast<std::uint8_t>(price >= 1'000'000));
    }
    b.end_rows(data::default_batch_rows);
    batches.push_back(b.finish());
  }
  return batches;
}

std::vector<plan::logical_column> named(const std::vector<data::data_type>& types) {
  std::vector<plan::logical_column> out;
  for (const auto& t : types) out.push_back({"c", t, plan::time_attribute::none});
  return out;
}

plan::aggregate_call call(std::string_view name, std::vector<std::uint32_t> arguments,
                          std::optional<std::uint32_t> filter = {}, bool distinct = false) {
  std::vector<data::data_type> types;
  for (const auto a : arguments) types.push_back(bid_types[a]);
  const std::vector<data::column_ptr> literals(types.size());
  plan::aggregate_call c;
  c.function = name;
  c.overload =
      std::move(expr::find_aggregate(name)->resolve({name, types, literals, nullptr}, false))
          .value();
  c.arguments = std::move(arguments);
  c.filter = filter;
  c.distinct = distinct;
  return c;
}

struct bench_case {
  std::string name;
  plan::operator_spec spec;
  std::vector<data::data_type> output;
  double events_per_ms = 10'000;
};

void add_aggregate(std::vector<bench_case>& cases, std::string name,
                   std::vector<std::uint32_t> groups, std::vector<plan::aggregate_call> calls) {
  plan::group_aggregate_spec spec;
  std::vector<data::data_type> output;
  for (const auto g : groups) output.push_back(bid_types[g]);
  for (const auto& c : calls) output.push_back(c.overload.result_type);
  spec.groups = std::move(groups);
  spec.calls = std::move(calls);
  cases.push_back({std::move(name), spec, std::move(output)});
}

void add_window(std::vector<bench_case>& cases, std::string name, plan::window_kind kind,
                std::int64_t size, std::int64_t slide, std::vector<std::uint32_t> groups,
                std::vector<plan::aggregate_call> calls, double events_per_ms) {
  plan::window_aggregate_spec spec;
  spec.window.emplace();
  spec.window->kind = kind;
  spec.window->time_column = 3;
  spec.window->size = size;
  spec.window->slide = slide;
  std::vector<data::data_type> output;
  for (const auto g : groups) output.push_back(bid_types[g]);
  for (const auto& c : calls) output.push_back(c.overload.result_type);
  spec.groups = std::move(groups);
  spec.calls = std::move(calls);
  spec.properties = {plan::window_aggregate_spec::property::window_start,
                     plan::window_aggregate_spec::property::window_end};
  output.push_back(time_type);
  output.push_back(time_type);
  cases.push_back({std::move(name), spec, std::move(output), events_per_ms});
}

expr::expr_ptr function(std::string_view name, std::vector<expr::expr_ptr> arguments) {
  return std::move(expr::make_call(name, std::move(arguments))).value();
}

std::vector<bench_case> all_cases() {
  std::vector<bench_case> cases;
  const auto column = [](std::uint32_t i) { return expr::make_column(i, bid_types[i]); };
  const auto literal = [](std::int64_t v) { return expr::make_literal(expr::bigint_literal(v)); };
  plan::calc_spec project;
  project.columns = {column(0), column(1), function("*", {column(2), literal(2)}), column(3)};
  cases.push_back({"calc_project", project, {bigint, bigint, bigint, time_type}});
  plan::calc_spec filter;
  filter.condition = function("=", {function("%", {column(0), literal(123)}), literal(0)});
  filter.columns = {column(0), column(2)};
  cases.push_back({"calc_filter", filter, {bigint, bigint}});
  add_aggregate(cases, "group_count", {0}, {call("COUNT", {})});
  add_aggregate(
      cases, "group_q17", {0, 4},
      {call("COUNT", {}), call("COUNT", {}, 5), call("COUNT", {}, 6), call("COUNT", {}, 5),
       call("MIN", {2}), call("MAX", {2}), call("AVG", {2}), call("SUM", {2})});
  add_aggregate(
      cases, "group_q15", {4},
      {call("COUNT", {}), call("COUNT", {}, 5), call("COUNT", {}, 6), call("COUNT", {1}, {}, true),
       call("COUNT", {1}, 5, true), call("COUNT", {1}, 6, true), call("COUNT", {0}, {}, true),
       call("COUNT", {0}, 5, true), call("COUNT", {0}, 6, true)});
  const auto hop = plan::window_kind::hop;
  add_window(cases, "hop_q5", hop, 10'000, 2'000, {0}, {call("COUNT", {})}, 10'000);
  add_window(cases, "hop_q5_many", hop, 10'000, 2'000, {0}, {call("COUNT", {})}, 100);
  add_window(cases, "tumble_q7", plan::window_kind::tumble, 10'000, 0, {}, {call("MAX", {2})},
             10'000);
  add_window(cases, "session_q11", plan::window_kind::session, 10'000, 0, {1}, {call("COUNT", {})},
             100);
  return cases;
}

void run(const bench_case& c, std::uint64_t rows) {
  const auto batches = make_bids(rows, c.events_per_ms);
  memory_budget budget(std::int64_t{8} << 30);
  tables::table_context tables;
  tables.budget = &budget;
  tables.time = &system_clock();
  tables::table_set set(tables);
  operator_metrics metrics;
  operator_context context;
  context.time = &system_clock();
  context.budget = &budget;
  context.metrics = &metrics;
  context.tables = &set;
  context.eval.time = &system_clock();
  plan::physical_node node;
  node.spec = c.spec;
  node.columns = named(c.output);
  const std::vector<std::vector<plan::logical_column>> inputs = {named(bid_types)};
  auto made = std::move(make_operator({node, inputs})).value();
  if (!made->open(context).ok()) std::abort();
  counting_sink sink;
  const double start = cpu_ns();
  for (const auto& batch : batches) {
    if (!made->process(input_id(0), batch, sink).ok()) std::abort();
    const auto last = batch->column_at(3)->data<std::int64_t>()[batch->stored_rows() - 1];
    if (!made->on_watermark(last - 1000, sink).ok()) std::abort();
  }
  const double fed = cpu_ns() - start;
  if (!made->on_watermark(max_watermark, sink).ok()) std::abort();
  const double all = cpu_ns() - start;
  const auto count = static_cast<double>(batches.size() * data::default_batch_rows);
  std::printf(
      "%-14s %7.1f ns/row %7.2f M rows/s %9llu rows out %8.1f MB state, last watermark %5.1f %%\n",
      c.name.c_str(), all / count, count * 1e3 / all, static_cast<unsigned long long>(sink.rows),
      static_cast<double>(set.memory_bytes()) / 1e6, 100 * (1 - fed / all));
}

}  // namespace
}  // namespace millrace::operators

int main(int argc, char** argv) {
  const std::uint64_t rows = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 8'000'000;
  for (const auto& c : millrace::operators::all_cases()) {
    bool wanted = argc <= 2;
    for (int i = 2; i < argc; ++i) wanted |= c.name.find(argv[i]) != std::string::npos;
    if (wanted) millrace::operators::run(c, rows);
  }
}
