#include "core/operators/aggregate/group_calls.hpp"

#include "core/operators/state_spec.hpp"
#include "core/tables/table_set.hpp"

#include <algorithm>

namespace millrace::operators {
namespace {

std::vector<data::data_type> pick(const std::vector<data::data_type>& types,
                                  const std::vector<std::uint32_t>& columns) {
  std::vector<data::data_type> out;
  for (const std::uint32_t c : columns) out.push_back(types[c]);
  return out;
}

}  // namespace

group_calls::group_calls(settings s)
    : settings_(std::move(s)),
      group_types_(pick(settings_.columns, settings_.groups)),
      calls_(settings_.calls) {
  plan_distinct();
  plan_ordered();
}

// One table for all DISTINCT calls over the same columns. MIN and MAX do not care for doubles.
void group_calls::plan_distinct() {
  std::vector<distinct_values::plan> plans;
  for (std::size_t i = 0; i < calls_.size(); ++i) {
    const auto& call = calls_.call(i);
    if (!call.distinct || call.overload.needs_ordered_values) continue;
    auto found = std::ranges::find(plans, call.arguments, &distinct_values::plan::arguments);
    if (found == plans.end()) {
      auto types = group_types_;
      for (const auto& t : pick(settings_.columns, call.arguments)) types.push_back(t);
      plans.push_back({{},
                       settings_.groups,
                       call.arguments,
                       std::move(types),
                       settings_.retracting,
                       settings_.ttl_ms});
      found = plans.end() - 1;
    }
    found->members.push_back(i);
  }
  for (auto& p : plans) distinct_.emplace_back(std::move(p));
}

void group_calls::plan_ordered() {
  for (std::size_t i = 0; i < calls_.size(); ++i) {
    const auto& call = calls_.call(i);
    if (!call.overload.needs_ordered_values) continue;
    const std::uint32_t argument = call.arguments.at(0);
    ordered_.emplace_back(i, argument, settings_.columns[argument],
                          call.function.starts_with("MAX"));
  }
}

void group_calls::open(std::vector<tables::slot_spec> header, operator_context& context) {
  auto spec = state_spec("groups", group_types_, settings_.ttl_ms);
  spec.slots = std::move(header);
  calls_.append_slots(spec.slots);
  table_ = &context.tables->open_hash(std::move(spec));
  for (std::size_t i = 0; i < distinct_.size(); ++i)
    distinct_[i].open("distinct_" + std::to_string(i), context);
  for (auto& o : ordered_)
    o.open("ordered_" + std::to_string(o.call()), group_types_, settings_.ttl_ms, *context.tables);
}

tables::readiness group_calls::prefetch(const data::record_batch& batch,
                                        const std::uint64_t* hashes, tables::table_set& tables) {
  if (distinct_.empty() || tables.cold_groups() == 0) return tables::readiness::ready;
  std::vector<std::uint64_t> wanted;
  for (const auto& d : distinct_) d.append_hashes(batch, hashes, wanted);
  return tables.prefetch(wanted);
}

result<void> group_calls::update(const data::record_batch& batch, const fed_rows& fed,
                                 const std::uint64_t* hashes) {
  MILLRACE_CHECK(calls_.update(batch, fed, *table_));
  for (auto& d : distinct_) MILLRACE_CHECK(d.update(batch, fed, hashes, calls_, *table_));
  for (auto& o : ordered_) {
    const auto& filter = calls_.call(o.call()).filter;
    o.update(batch, filter ? calls_.filtered(batch, fed, *filter) : fed, *table_);
  }
  return {};
}

result<void> group_calls::emit(std::size_t i, std::span<char* const> payloads,
                               data::column_builder& out) {
  for (auto& o : ordered_)
    if (o.call() == i) {
      o.emit(payloads, *table_, out);
      return {};
    }
  return calls_.emit(i, payloads, out);
}

void group_calls::erase(char* payload) {
  for (auto& o : ordered_) o.clear(payload, *table_);
  table_->erase(payload);
}

}  // namespace millrace::operators
