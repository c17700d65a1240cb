#include "core/plan/lower/scan_advice.hpp"

#include "core/plan/lower/plan_builder.hpp"
#include "core/plan/rules/rule.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>
#include <set>
#include <string>

namespace millrace::plan {
namespace {

const scan_node* scan_of(const logical_node& node) { return std::get_if<scan_node>(&node.detail); }

const table_definition* table_of(const logical_node& scan) { return scan_of(scan)->table.get(); }

// Equal for scans that may be one: the columns count, since the filter is over them.
std::string digest(const logical_node& scan, const scan_advice& advice) {
  const auto& kept = scan_of(scan)->kept;
  const auto filter = advice.filter ? digest_of(*advice.filter) : std::string("-");
  const bool columns_matter = advice.filter && kept;
  return fmt::format("{} over {} limit {}", filter,
                     columns_matter ? fmt::format("{}", fmt::join(*kept, ",")) : "",
                     advice.limit.value_or(-1));
}

result<expr::expr_ptr> repeatable_conjuncts(const expr::expr_ptr& condition) {
  std::vector<expr::expr_ptr> all;
  expr::split_conjunction(condition, all);
  std::erase_if(all, [](const auto& e) { return !expr::is_deterministic(*e); });
  return conjunction(std::move(all));
}

// What the readers of one scan have said of it.
struct heard_readers {
  scan_advice advice;
  std::uint32_t filters = 0;    // readers that are filters
  std::set<std::string> texts;  // of their conditions
};

class adviser {
 public:
  explicit adviser(const std::vector<logical_ptr>& roots) : readers_(count_readers(roots)) {}

  result<void> look_at(const logical_node& node) {
    if (scan_of(node) != nullptr) heard_.try_emplace(&node);
    const auto* filter = std::get_if<filter_node>(&node.detail);
    if (filter != nullptr && scan_of(*node.inputs[0]) != nullptr) {
      auto& heard = heard_[node.inputs[0].get()];
      ++heard.filters;
      heard.texts.insert(digest_of(*filter->condition));
      MILLRACE_TRY(heard.advice.filter, repeatable_conjuncts(filter->condition));
    }
    const auto* sort = std::get_if<sort_node>(&node.detail);
    if (sort != nullptr && sort->keys.empty() && sort->limit)
      note_limit(node.inputs[0].get(), *sort->limit + sort->offset);
    return {};
  }

  scan_advice_map take() {
    scan_advice_map advice;
    std::map<const table_definition*, std::set<std::string>> given;
    for (auto& [scan, heard] : heard_) {
      const bool agree = heard.texts.size() == 1 && heard.filters == readers_[scan];
      if (!agree) heard.advice.filter = nullptr;
      given[table_of(*scan)].insert(digest(*scan, heard.advice));
      advice.emplace(scan, std::move(heard.advice));
    }
    std::erase_if(advice, [&](const auto& a) { return given[table_of(*a.first)].size() > 1; });
    return advice;
  }

 private:
  void note_limit(const logical_node* below, std::int64_t limit) {
    while (readers_[below] == 1 && std::holds_alternative<project_node>(below->detail))
      below = below->inputs[0].get();
    if (readers_[below] == 1 && scan_of(*below) != nullptr) heard_[below].advice.limit = limit;
  }

  reader_counts readers_;
  std::unordered_map<const logical_node*, heard_readers> heard_;
};

}  // namespace

result<scan_advice_map> advise_scans(const std::vector<logical_ptr>& roots) {
  adviser who(roots);
  for (const auto& node : topological_order(roots)) {
    MILLRACE_CHECK(who.look_at(*node));
  }
  return who.take();
}

}  // namespace millrace::plan
