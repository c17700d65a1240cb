#pragma once

#include "core/coordination/control_messages.hpp"
#include "core/coordination/job_entry.hpp"

#include <string>
#include <utility>
#include <vector>

namespace millrace::tests {

/// A state as a task reports it, with a table and a file that travels inline.
inline coordination::operator_state reported_state() {
  tables::table_spec table;
  table.name = "sums";
  table.kind = tables::table_kind::map;
  table.key_types = {data::data_type::string(false)};
  table.slots = {tables::slot_spec::bytes(16), tables::slot_spec::blob()};
  coordination::state_file file;
  file.name = "chk-7/sums-1";
  file.bytes = 3;
  file.checksum = UINT64_MAX;
  file.entries = 1;
  file.inline_bytes = std::string("a\0b", 3);
  coordination::operator_state state;
  state.operator_id = "agg-1";
  state.subtask = 1;
  state.parallelism = 2;
  state.range = {128, 128, 256};
  state.tables = {table};
  state.files = {file};
  state.watermarks = {min_watermark, 5};
  return state;
}

inline coordination::deploy_order full_deploy_order() {
  coordination::deploy_order order;
  order.attempt = 3;
  order.job = {"0123456789abcdef",
               "INSERT INTO t SELECT 'é';",
               {{"parallelism.default", "2"}, {"pipeline.name", ""}},
               2,
               "digest"};
  order.peers = {{"worker-1", "tcp://10.0.0.1:7001"}, {"worker-2", "tcp://10.0.0.2:7001"}};
  order.places = {0, 1, 1, 0};
  order.restore = checkpoint_id(6);
  order.savepoint = "daily/2024-02-29";
  order.random_seed = UINT64_MAX;
  return order;
}

inline coordination::state_report full_state_report() {
  coordination::state_report report;
  report.attempt = 3;
  report.task = 1;
  report.checkpoint = checkpoint_id(7);
  report.states = {reported_state(), reported_state()};
  report.watermark = -5;
  report.splits = {{"file-1", std::string("\0\1", 2)}, {"file-2", ""}};
  report.finished_splits = {"file-0"};
  report.committables = {{4, "staged"}, {5, ""}};
  report.failure = error{errc::state_io, "no space", "free some", std::nullopt};
  return report;
}

inline coordination::attempt_report full_attempt_report() {
  using namespace coordination;
  attempt_report report;
  report.order = full_deploy_order();
  report.started = true;
  report.stopping = true;
  report.newest = checkpoint_id(9);
  attempt_report::part running;
  running.task = 1;
  running.acknowledged = checkpoint_id(8);
  running.given = {{"file-1", std::string("\0\1", 2)}, {"file-2", ""}};
  running.finished_splits = {"file-1"};
  running.wants_split = true;
  running.prepared = {{checkpoint_id(7), {{4, "staged"}}}, {checkpoint_id(8), {}}};
  attempt_report::part over;
  over.task = 2;
  over.end = end_report{3, 2, end_report::how::finished, std::nullopt, {{4, "staged"}}, {"file-1"}};
  report.parts = {running, over};
  return report;
}

/// At least one message of every kind, with every field set to something else than its default,
/// and those with optional parts also without them.
inline std::vector<coordination::control_message> control_samples() {
  using namespace coordination;
  const error cause{errc::runtime_cast_failed, "'x' is no INT", "TRY_CAST",
                    text_position{3, 14, 2}};
  const data::barrier barrier{checkpoint_id(7), 1700000000000, true, true, true, 250};
  const connectors::source_split split{"file-1", std::string("\0\1", 2)};
  deploy_order smallest;
  smallest.job.id = "00000000000000ff";
  std::vector<control_body> bodies = {
      worker_greeting{"worker-1", "tcp://10.0.0.1:7000", "tcp://10.0.0.1:7001", 4, "0.1.0",
                      "secret"},
      worker_welcome{7},
      heartbeat{UINT64_MAX},
      full_deploy_order(),
      smallest,
      attempt_deployed{3, cause},
      attempt_deployed{3, std::nullopt},
      start_order{3},
      split_request{3, 1},
      split_order{3, 1, split},
      split_order{3, 1, std::nullopt},
      checkpoint_request{3},
      barrier_order{3, 1, barrier},
      begin_order{3, checkpoint_id(7)},
      full_state_report(),
      state_report{},
      settle_order{3, checkpoint_id(7), true},
      task_report{3, 1, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120, {{4, 1, 2, 3, 5, 6}}},
      stop_order{3},
      end_report{3, 1, end_report::how::failed, cause, {{4, "staged"}}, {"file-1"}},
      end_report{3, 1, end_report::how::cancelled, std::nullopt, {}, {}},
      full_attempt_report()};
  std::vector<control_message> messages;
  for (auto& body : bodies) messages.push_back({messages.size(), std::move(body)});
  return messages;
}

/// A job's entry with every field set to something else than its default.
inline coordination::job_entry full_job_entry() {
  coordination::job_entry entry;
  entry.name = "flights";
  entry.definition = full_deploy_order().job;
  entry.savepoint = "daily/1";
  entry.phase = coordination::job_phase::restarting;
  entry.attempt = 7;
  entry.restarts = 2;
  entry.submitted_at = 1700000000000;
  entry.started_at = 1700000000100;
  entry.ended_at = 1700000000200;
  const error cause{errc::runtime_cast_failed, "'x' is no INT", "TRY_CAST",
                    text_position{3, 14, 2}};
  entry.exceptions = {{1700000000150, 6, "worker-1", cause, "Calc (1)"},
                      {1700000000160, 7, "", cause}};
  return entry;
}

}  // namespace millrace::tests
