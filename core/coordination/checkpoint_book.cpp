#include "core/coordination/checkpoint_book.hpp"

#include "core/coordination/in_flight.hpp"

#include <string>
#include <utility>

namespace millrace::coordination {

checkpoint_book::checkpoint_book(const plan::physical_plan& plan, const job_graph& graph)
    : plan_(plan), finished_splits_(graph.task_count()) {
  for (const job_vertex& vertex : graph.vertices) {
    for (std::uint32_t s = 0; s < vertex.parallelism; ++s) places_.push_back({&vertex, s});
  }
}

void checkpoint_book::begin(checkpoint_id id, timestamp_ms triggered_at) {
  id_ = id;
  triggered_at_ = triggered_at;
  acknowledged_.clear();
  for (auto& [task, splits] : finished_since_) finished_splits_[task] = std::move(splits);
  finished_since_.clear();
}

void checkpoint_book::take_over(std::uint32_t task, std::vector<std::string> finished_splits,
                                std::vector<runtime::sink_committable> work) {
  for (auto& c : work) committables_.emplace(id_, prepared{task, std::move(c)});
  finished_splits_[task] = std::move(finished_splits);
}

void checkpoint_book::on_acknowledged(std::uint32_t task, std::vector<operator_state> states,
                                      runtime::task_snapshot& snapshot) {
  const checkpoint_id id = snapshot.barrier.id;
  for (auto& c : snapshot.committables) committables_.emplace(id, prepared{task, std::move(c)});
  for (auto& batch : snapshot.collected) rows_.emplace(id, std::move(batch));
  if (id != id_) return;
  finished_splits_[task] = std::move(snapshot.finished_splits);
  acknowledged_[task] = {std::move(states), snapshot.watermark, std::move(snapshot.splits)};
}

void checkpoint_book::on_finished(std::uint32_t task, finished_report report) {
  const bool behind = acknowledged_.contains(task);
  const checkpoint_id id(behind ? id_.value + 1 : id_.value);
  for (auto& c : report.committables) committables_.emplace(id, prepared{task, std::move(c)});
  for (auto& batch : report.collected) rows_.emplace(id, std::move(batch));
  (behind ? finished_since_[task] : finished_splits_[task]) = std::move(report.finished_splits);
}

std::set<std::string, std::less<>> checkpoint_book::reported_splits(std::uint32_t node) const {
  std::set<std::string, std::less<>> ids;
  for (std::uint32_t t = 0; t < places_.size(); ++t) {
    if (places_[t].vertex->nodes[0] != node) continue;
    ids.insert(finished_splits_[t].begin(), finished_splits_[t].end());
    const auto ack = acknowledged_.find(t);
    if (ack == acknowledged_.end()) continue;
    for (const auto& split : ack->second.splits) ids.insert(split.id);
  }
  return ids;
}

std::vector<operator_state> checkpoint_book::describe(
    std::uint32_t task, const runtime::task_snapshot& snapshot) const {
  std::vector<operator_state> all;
  const auto nodes = chain_nodes(plan_, *places_[task].vertex);
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    operator_state state = state_of(nodes[i], places_[task]);
    state.tables = snapshot.tables[i];
    state.watermarks = {snapshot.state.times[i].in, snapshot.state.times[i].out};
    all.push_back(std::move(state));
  }
  if (snapshot.overtaken.empty()) return all;
  operator_state rows = state_of(places_[task].vertex->nodes[0], places_[task]);
  rows.operator_id = in_flight_id(rows.operator_id);
  rows.in_flight = true;
  rows.tables = input_specs(places_[task].vertex->nodes[0]);
  all.push_back(std::move(rows));
  return all;
}

// What rows in flight look like, by input, for those who read the checkpoint without its query.
std::vector<tables::table_spec> checkpoint_book::input_specs(std::uint32_t node) const {
  std::vector<tables::table_spec> all;
  for (const plan::physical_edge& edge : plan_.nodes[node].inputs) {
    tables::table_spec& spec = all.emplace_back();
    spec.name = "input_" + std::to_string(all.size() - 1);
    spec.kind = tables::table_kind::list;
    for (const auto& c : plan_.nodes[edge.from].columns) spec.value_types.push_back(c.type);
  }
  return all;
}

operator_state checkpoint_book::state_of(std::uint32_t node, const task_place& at) const {
  const std::uint32_t parallelism = at.vertex->parallelism;
  return {.operator_id = plan_.nodes[node].id,
          .description = plan_.nodes[node].name,
          .subtask = at.subtask,
          .parallelism = parallelism,
          .range = tables::key_range::of_subtask(at.subtask, parallelism, plan_.max_parallelism),
          .tables = {},
          .files = {},
          .watermarks = {},
          .finished = false,
          .in_flight = false};
}

checkpoint_manifest checkpoint_book::manifest() const {
  checkpoint_manifest all;
  all.id = id_;
  all.triggered_at = triggered_at_;
  all.max_parallelism = plan_.max_parallelism;
  for (std::uint32_t t = 0; t < places_.size(); ++t) {
    const auto ack = acknowledged_.find(t);
    if (ack != acknowledged_.end()) {
      add_running(all, places_[t], ack->second);
    } else {
      add_finished(all, places_[t]);
    }
  }
  add_output(all);
  return all;
}

void checkpoint_book::add_running(checkpoint_manifest& to, const task_place& at,
                                  const acknowledgement& ack) const {
  to.operators.insert(to.operators.end(), ack.states.begin(), ack.states.end());
  if (!at.vertex->is_source) return;
  operator_state source = state_of(at.vertex->nodes[0], at);
  source.watermarks = {ack.watermark, ack.watermark};
  to.operators.push_back(std::move(source));
  to.readers.push_back({plan_.nodes[at.vertex->nodes[0]].id, at.subtask, ack.splits});
}

void checkpoint_book::add_finished(checkpoint_manifest& to, const task_place& at) const {
  for (const std::uint32_t node : at.vertex->nodes) {
    operator_state state = state_of(node, at);
    state.finished = true;
    to.operators.push_back(std::move(state));
  }
}

void checkpoint_book::add_output(checkpoint_manifest& to) const {
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::vector<std::string>> by_writer;
  const auto end = committables_.upper_bound(id_);
  for (auto c = committables_.begin(); c != end; ++c) {
    const prepared& p = c->second;
    by_writer[{p.work.node, places_[p.task].subtask}].push_back(p.work.work.bytes);
  }
  for (auto& [writer, work] : by_writer) {
    to.sinks.push_back({plan_.nodes[writer.first].id, writer.second, std::move(work)});
  }
}

released_output checkpoint_book::release(checkpoint_id id) {
  released_output out;
  const auto due = committables_.upper_bound(id);
  for (auto c = committables_.begin(); c != due; ++c) out.committables.push_back(c->second.work);
  out.rows = take_rows(id);
  return out;
}

std::vector<data::batch_ptr> checkpoint_book::take_rows(checkpoint_id id) {
  std::vector<data::batch_ptr> out;
  const auto shown = rows_.upper_bound(id);
  for (auto r = rows_.begin(); r != shown; ++r) out.push_back(std::move(r->second));
  rows_.erase(rows_.begin(), shown);
  return out;
}

void checkpoint_book::committed(checkpoint_id id) {
  committables_.erase(committables_.begin(), committables_.upper_bound(id));
}

}  // namespace millrace::coordination
