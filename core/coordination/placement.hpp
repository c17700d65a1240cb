#pragma once

#include "core/base/config.hpp"
#include "core/coordination/job_graph.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace millrace::coordination {

/// Which workers a job's slots are taken from.
enum class placement_strategy : std::uint8_t {
  spread,  ///< those that are used least: load is even
  pack,    ///< as few as possible: others can be taken away
};

/// Reads `cluster.evenly-spread-out-slots`; here it is true when not set. Errors: 1002.
[[nodiscard]] result<placement_strategy> placement_from_options(const option_map& options);

/// What a worker has to give.
struct slot_offer {
  std::uint32_t worker = 0;
  std::uint32_t free = 0;
  std::uint32_t slots = 0;  ///< free or not
};

/// Where the tasks of a job run.
struct job_placement {
  std::vector<std::uint32_t> workers;  ///< that take part, ascending
  std::vector<std::uint32_t> slots;    ///< by slot of the job: index into `workers`
  std::vector<std::uint32_t> places;   ///< by task: index into `workers`
  std::uint32_t missing = 0;           ///< slots; above 0 there is no placement
};

/// The slots that a job needs. A slot takes at most one subtask of every vertex, as in Flink: as
/// many as the largest parallelism. Source: Flink documentation, "Flink Architecture", Task Slots.
[[nodiscard]] std::uint32_t slots_needed(const job_graph& graph);

/// The slot of the job that each task runs in; tasks count vertex by vertex, in the graph's order.
/// Subtasks that are joined by a forward edge share a slot. A vertex of fewer subtasks than the job
/// has slots leaves slots out, others than the vertices before it did, so that single tasks do not
/// pile up in one.
[[nodiscard]] std::vector<std::uint32_t> share_slots(const job_graph& graph);

/// Takes slots for a job. `before`: the workers that held its slots, by slot: each is taken again
/// where it is still offered, because files of the slot's state lie there. Deterministic.
[[nodiscard]] job_placement place(const job_graph& graph, std::span<const slot_offer> offers,
                                  placement_strategy strategy,
                                  std::span<const std::uint32_t> before = {});

}  // namespace millrace::coordination
