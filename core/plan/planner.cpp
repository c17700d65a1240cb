#include "core/plan/planner.hpp"

#include "core/plan/lower/batch_mode.hpp"
#include "core/plan/lower/lowering.hpp"
#include "core/plan/physical/chains.hpp"
#include "core/plan/physical/changelog_inference.hpp"
#include "core/plan/rules/rule.hpp"

#include <fmt/format.h>

namespace millrace::plan {
namespace {

// In this order; filters are pushed before columns are pruned, so that pruning sees what filters
// read.
constexpr rule rules[] = {fold_constants, push_filters, fold_constants, split_distinct,
                          prune_columns};

struct job_options {
  std::uint32_t parallelism = 1;
  std::uint32_t max_parallelism = 128;
  bool chaining = true;
};

result<job_options> read_options(const option_map& options) {
  const option_reader reader(options);
  MILLRACE_TRY(const auto parallelism, reader.integer("parallelism.default", 1));
  MILLRACE_TRY(const auto most, reader.integer("pipeline.max-parallelism", 128));
  MILLRACE_TRY(const auto chaining, reader.boolean("pipeline.operator-chaining.enabled", true));
  if (most < 1 || most > 32768)
    return make_error(errc::config_bad_value,
                      fmt::format("pipeline.max-parallelism is {}, it must lie in 1..32768", most));
  if (parallelism < 1 || parallelism > most)
    return make_error(
        errc::config_bad_value,
        fmt::format("parallelism.default is {}, it must lie in 1..{}", parallelism, most),
        "pipeline.max-parallelism sets the upper bound");
  return job_options{static_cast<std::uint32_t>(parallelism), static_cast<std::uint32_t>(most),
                     chaining};
}

result<bool> wants_old_rows(const physical_node& node, const planning_input& input) {
  const auto* sink = std::get_if<sink_spec>(&node.spec);
  if (sink == nullptr) return false;
  if (sink->collect) return true;
  MILLRACE_TRY(const auto traits, input.traits(*sink->table));
  return traits.accepts == changelog_mode::retract;
}

result<physical_plan> make_plan(const planning_input& input) {
  MILLRACE_TRY(const auto options, read_options(input.options));
  auto roots = input.sinks;
  for (const auto& apply : rules) {
    MILLRACE_TRY(roots, apply(roots, input.options));
  }
  MILLRACE_CHECK(read_batch_mode(option_reader(input.options)));
  plan_builder builder(options.parallelism);
  MILLRACE_TRY(auto advice, advise_scans(roots));
  lowering lower(input, roots, std::move(advice), builder);
  for (const auto& root : roots) {
    MILLRACE_TRY(const auto made, lower.lower(root));
    (void)made;
  }
  std::vector<bool> needs;
  for (std::uint32_t i = 0; i < builder.size(); ++i) {
    MILLRACE_TRY(const bool wants, wants_old_rows(builder.node(i), input));
    needs.push_back(wants);
  }
  infer_changelog_modes(builder, needs);
  auto plan = builder.take();
  plan.max_parallelism = options.max_parallelism;
  plan.options = input.options;
  assign_chains(plan, options.chaining);
  assign_operator_ids(plan);
  return plan;
}

}  // namespace

result<physical_plan> plan_job(const planning_input& input) {
  auto plan = make_plan(input);
  if (plan.ok()) return plan;
  error e = plan.take_error();
  if (!e.at) e.at = input.at;
  return e;
}

}  // namespace millrace::plan
