#include "actors/jobs/task_state_files.hpp"

#include "core/base/fail_point.hpp"
#include "core/coordination/in_flight.hpp"
#include "core/tables/table_set.hpp"

#include <string>
#include <utility>

namespace millrace::actors {

using coordination::operator_state;
using coordination::state_file_kind;

namespace {

result<void> write_in_flight(coordination::snapshot_writer& to, std::uint32_t task,
                             runtime::task_snapshot& snapshot, operator_state& state) {
  MILLRACE_CHECK(pass_step(protocol_step::write));
  const auto reader = coordination::read_channels(std::move(snapshot.overtaken));
  const std::string owner = "in-flight-" + std::to_string(task);
  MILLRACE_TRY(auto file,
               to.write_state(snapshot.barrier.id, owner, state_file_kind::snapshot, *reader));
  state.files = {std::move(file)};
  return {};
}

// A delta goes behind the files that are there already, a snapshot stands alone.
result<void> write_operator(coordination::snapshot_writer& to, checkpoint_id id,
                            const std::shared_ptr<tables::frozen_delta>& delta,
                            operator_state& state) {
  MILLRACE_CHECK(pass_step(protocol_step::write));
  const bool whole = delta->mode() == tables::freeze_mode::snapshot;
  if (whole) state.files.clear();
  MILLRACE_TRY(const auto reader, tables::table_set::read_delta(delta));
  const std::string owner = state.operator_id + "-" + std::to_string(state.subtask);
  const auto kind = whole ? state_file_kind::snapshot : state_file_kind::delta;
  MILLRACE_TRY(auto file, to.write_state(id, owner, kind, *reader));
  state.files.push_back(std::move(file));
  return {};
}

}  // namespace

result<void> write_task_state(coordination::snapshot_writer& to, std::uint32_t task,
                              runtime::task_snapshot& snapshot,
                              std::vector<operator_state>& states) {
  for (std::size_t i = 0; i < states.size(); ++i) {
    if (states[i].in_flight) {
      MILLRACE_CHECK(write_in_flight(to, task, snapshot, states[i]));
      continue;
    }
    const auto& delta = snapshot.state.stages[i];
    if (!delta || states[i].tables.empty()) continue;
    MILLRACE_CHECK(write_operator(to, snapshot.barrier.id, delta, states[i]));
  }
  return {};
}

}  // namespace millrace::actors
