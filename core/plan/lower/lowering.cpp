#include "core/plan/lower/lowering.hpp"

#include "core/plan/lower/batch_mode.hpp"

#include <fmt/format.h>

namespace millrace::plan {

lowering::lowering(const planning_input& input, const std::vector<logical_ptr>& roots,
                   scan_advice_map advice, plan_builder& builder)
    : input_(input),
      options_(input.options),
      builder_(builder),
      readers_(count_readers(roots)),
      advice_(std::move(advice)) {
  const auto batch = read_batch_mode(options_);
  batch_ = batch.ok() && batch.value();
  const auto ttl = options_.duration_ms("table.exec.state.ttl", 0);
  ttl_ms_ = ttl.ok() && !batch_ ? ttl.value() : 0;
}

std::uint32_t lowering::add_keeping(plan_builder::draft d) {
  if (batch_) wait_for_end(d);
  return builder_.add(std::move(d));
}

result<std::uint32_t> lowering::lower(const logical_ptr& node) {
  if (const auto it = done_.find(node.get()); it != done_.end()) return it->second;
  MILLRACE_TRY(auto made, lower_fresh(node));
  if (builder_.node(made).columns.size() > node->columns.size()) {
    std::vector<std::uint32_t> first(node->columns.size());
    for (std::uint32_t i = 0; i < first.size(); ++i) first[i] = i;
    MILLRACE_TRY(made, selected(made, first, node->columns));
  }
  done_[node.get()] = made;
  kept_alive_.push_back(node);
  return made;
}

result<std::uint32_t> lowering::lower_fresh(const logical_ptr& node) {
  struct visitor {
    lowering& self;
    const logical_ptr& node;
    result<std::uint32_t> operator()(const scan_node&) { return self.lower_scan(*node); }
    result<std::uint32_t> operator()(const values_node&) { return self.lower_values(*node); }
    result<std::uint32_t> operator()(const project_node&) { return self.lower_calc(node); }
    result<std::uint32_t> operator()(const filter_node&) { return self.lower_calc(node); }
    result<std::uint32_t> operator()(const aggregate_node&) { return self.lower_aggregate(node); }
    result<std::uint32_t> operator()(const window_function_node&) {
      return self.lower_window_function(*node);
    }
    result<std::uint32_t> operator()(const group_window_node&) {
      return self.lower_group_window(*node);
    }
    result<std::uint32_t> operator()(const join_node&) { return self.lower_join(node); }
    result<std::uint32_t> operator()(const temporal_join_node& t) {
      return t.lookup ? self.lower_lookup(*node) : self.lower_temporal(*node);
    }
    result<std::uint32_t> operator()(const correlate_node&) { return self.lower_correlate(*node); }
    result<std::uint32_t> operator()(const over_node&) { return self.lower_over(*node); }
    result<std::uint32_t> operator()(const sort_node&) { return self.lower_sort(*node); }
    result<std::uint32_t> operator()(const set_node&) { return self.lower_set(*node); }
    result<std::uint32_t> operator()(const match_node&) { return self.lower_match(*node); }
    result<std::uint32_t> operator()(const single_row_node&) {
      return self.lower_single_row(*node);
    }
    result<std::uint32_t> operator()(const sink_node&) { return self.lower_sink(*node); }
  };
  return std::visit(visitor{*this, node}, node->detail);
}

result<void> lowering::insert_only(std::uint32_t node, std::string_view who) const {
  if (!updating(node)) return {};
  return make_error(
      errc::sql_changelog_not_accepted,
      fmt::format("{} does not take updates, but its input {} gives them", who,
                  builder_.node(node).name),
      "feed it with an insert-only query: a window aggregation or a keep-first deduplication");
}

}  // namespace millrace::plan
