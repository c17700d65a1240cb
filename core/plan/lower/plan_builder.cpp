#include "core/plan/lower/plan_builder.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace millrace::plan {
namespace {

std::string bytes_of(const data::buffer_ref& buffer) {
  if (!buffer) return "-";
  std::string out;
  for (std::size_t i = 0; i < buffer->size(); ++i)
    out += fmt::format("{:02x}", static_cast<unsigned>(buffer->data()[i]));
  return out;
}

std::string value_digest(const data::column& c) {
  if (c.is_null(0)) return "null";
  std::string out = bytes_of(c.offsets) + "/" + bytes_of(c.values);
  for (const auto& child : c.children) out += "(" + value_digest(*child) + ")";
  return out;
}

}  // namespace

std::uint32_t plan_builder::parallelism_of(const draft& d) const {
  if (d.parallelism != 0) return d.parallelism;
  if (d.inputs.empty()) return parallelism_;
  std::uint32_t widest = 0;
  for (const auto& edge : d.inputs) {
    if (edge.exchange == exchange_kind::single) return 1;
    if (edge.exchange == exchange_kind::hash || edge.exchange == exchange_kind::rebalance)
      return parallelism_;
    widest = std::max(widest, node(edge.from).parallelism);
  }
  return widest;
}

std::uint32_t plan_builder::add(draft d) {
  std::string key;
  if (!d.digest.empty()) {
    key = d.name + "|" + d.digest;
    for (const auto& edge : d.inputs) {
      key += fmt::format("|{}:{}", edge.from, static_cast<int>(edge.exchange));
      for (const auto k : edge.keys) key += fmt::format(",{}", k);
    }
    if (const auto it = by_digest_.find(key); it != by_digest_.end()) return it->second;
  }
  physical_node made;
  made.parallelism = parallelism_of(d);
  made.name = std::move(d.name);
  made.description = std::move(d.description);
  made.spec = std::move(d.spec);
  made.inputs = std::move(d.inputs);
  made.columns = std::move(d.columns);
  if (!made.inputs.empty()) {
    d.facts.bounded = true;
    for (const auto& edge : made.inputs) d.facts.bounded &= facts_[edge.from].bounded;
  }
  const auto index = size();
  plan_.nodes.push_back(std::move(made));
  facts_.push_back(std::move(d.facts));
  if (!key.empty()) by_digest_.emplace(std::move(key), index);
  return index;
}

std::string digest_of(const expr::bound_expr& e) {
  switch (e.kind) {
    case expr::expr_kind::column: return fmt::format("${}", e.column);
    case expr::expr_kind::literal:
      return fmt::format("[{} {}]", data::to_text(e.type), value_digest(*e.literal));
    case expr::expr_kind::call: break;
  }
  std::string out = e.function + "<" + data::to_text(e.type) + ">(";
  for (const auto& a : e.arguments) out += digest_of(*a) + ",";
  if (!expr::is_deterministic(e)) out += fmt::format("@{}", static_cast<const void*>(&e));
  return out + ")";
}

std::string digest_of(const std::vector<expr::expr_ptr>& all) {
  std::string out;
  for (const auto& e : all) out += (e ? digest_of(*e) : std::string("-")) + ";";
  return out;
}

std::string names_of(const std::vector<std::uint32_t>& columns,
                     const std::vector<logical_column>& of) {
  std::string out;
  for (const auto c : columns) out += (out.empty() ? "" : ", ") + of[c].name;
  return out;
}

std::vector<std::string> column_names(const std::vector<logical_column>& columns) {
  std::vector<std::string> names;
  for (const auto& c : columns) names.push_back(c.name);
  return names;
}

}  // namespace millrace::plan
