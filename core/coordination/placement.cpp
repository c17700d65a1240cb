#include "core/coordination/placement.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <queue>

namespace millrace::coordination {

namespace {

constexpr std::uint32_t no_worker = UINT32_MAX;

// Hands out the slots of workers, one at a time.
class slot_market {
 public:
  slot_market(std::span<const slot_offer> offers, std::uint32_t needed) : needed_(needed) {
    for (const slot_offer& offer : offers) {
      if (offer.free > 0) offers_[offer.worker] = offer;
      free_ += offer.free;
    }
  }

  [[nodiscard]] std::uint64_t free() const { return free_; }

  bool take(std::uint32_t worker) {
    const auto at = offers_.find(worker);
    if (at == offers_.end() || at->second.free == 0) return false;
    --at->second.free;
    --needed_;
    return true;
  }

  // The rest of what is needed, in the order of the strategy.
  std::vector<std::uint32_t> rest(placement_strategy strategy) {
    return strategy == placement_strategy::spread ? spread() : pack();
  }

 private:
  // Less used first: the part of its slots, then the lower id.
  struct more_used {
    bool operator()(const slot_offer& a, const slot_offer& b) const {
      const auto left = std::uint64_t{a.slots - a.free} * b.slots;
      const auto right = std::uint64_t{b.slots - b.free} * a.slots;
      return left != right ? left > right : a.worker > b.worker;
    }
  };

  std::vector<std::uint32_t> spread() const {
    std::priority_queue<slot_offer, std::vector<slot_offer>, more_used> queue;
    for (const auto& [worker, offer] : offers_) {
      if (offer.free > 0) queue.push(offer);
    }
    std::vector<std::uint32_t> taken;
    while (taken.size() < needed_) {
      slot_offer next = queue.top();
      queue.pop();
      taken.push_back(next.worker);
      if (--next.free > 0) queue.push(next);
    }
    return taken;
  }

  // The smallest gap that holds all that is left, else the largest there is.
  std::vector<std::uint32_t> pack() const {
    std::multimap<std::uint32_t, std::uint32_t> gaps;  // free slots -> worker
    for (const auto& [worker, offer] : offers_) {
      if (offer.free > 0) gaps.emplace(offer.free, worker);
    }
    std::vector<std::uint32_t> taken;
    while (taken.size() < needed_) {
      const auto left = needed_ - static_cast<std::uint32_t>(taken.size());
      auto gap = gaps.lower_bound(left);
      if (gap == gaps.end()) gap = gaps.lower_bound(std::prev(gaps.end())->first);
      taken.insert(taken.end(), std::min(left, gap->first), gap->second);
      gaps.erase(gap);
    }
    return taken;
  }

  std::map<std::uint32_t, slot_offer> offers_;
  std::uint32_t needed_;
  std::uint64_t free_ = 0;
};

// The worker of each slot; there are enough.
std::vector<std::uint32_t> workers_of_slots(slot_market& market, std::uint32_t needed,
                                            placement_strategy strategy,
                                            std::span<const std::uint32_t> before) {
  std::vector<std::uint32_t> of_slot(needed, no_worker);
  const auto known = std::min<std::size_t>(needed, before.size());
  for (std::size_t slot = 0; slot < known; ++slot) {
    if (market.take(before[slot])) of_slot[slot] = before[slot];
  }
  const auto rest = market.rest(strategy);
  auto next = rest.begin();
  for (auto& worker : of_slot) {
    if (worker == no_worker) worker = *next++;
  }
  return of_slot;
}

// The vertex that this one shares slots with, subtask by subtask.
std::optional<std::uint32_t> forward_producer(const job_graph& graph, std::uint32_t vertex) {
  for (const job_edge* edge : graph.inputs_of(vertex_id(vertex))) {
    if (edge->exchange == plan::exchange_kind::forward) return edge->from.value;
  }
  return std::nullopt;
}

// By vertex: the slot of its first subtask.
std::vector<std::uint32_t> first_slots(const job_graph& graph, std::uint32_t slots) {
  std::vector<std::uint32_t> first(graph.vertices.size(), 0);
  std::uint32_t turn = 0;
  for (std::uint32_t v = 0; v < first.size(); ++v) {
    if (graph.vertices[v].parallelism == slots) continue;
    if (const auto producer = forward_producer(graph, v)) {
      first[v] = first[*producer];
    } else {
      first[v] = turn++ % slots;
    }
  }
  return first;
}

}  // namespace

result<placement_strategy> placement_from_options(const option_map& options) {
  MILLRACE_TRY(const bool evenly,
               option_reader(options).boolean("cluster.evenly-spread-out-slots", true));
  return evenly ? placement_strategy::spread : placement_strategy::pack;
}

std::uint32_t slots_needed(const job_graph& graph) {
  std::uint32_t most = 0;
  for (const auto& vertex : graph.vertices) most = std::max(most, vertex.parallelism);
  return most;
}

std::vector<std::uint32_t> share_slots(const job_graph& graph) {
  const std::uint64_t slots = slots_needed(graph);
  const auto first = first_slots(graph, static_cast<std::uint32_t>(slots));
  std::vector<std::uint32_t> slot_of_task;
  slot_of_task.reserve(graph.task_count());
  for (std::size_t v = 0; v < first.size(); ++v) {
    const std::uint64_t subtasks = graph.vertices[v].parallelism;
    for (std::uint64_t i = 0; i < subtasks; ++i) {
      slot_of_task.push_back(static_cast<std::uint32_t>((first[v] + i * slots / subtasks) % slots));
    }
  }
  return slot_of_task;
}

job_placement place(const job_graph& graph, std::span<const slot_offer> offers,
                    placement_strategy strategy, std::span<const std::uint32_t> before) {
  job_placement out;
  const std::uint32_t needed = slots_needed(graph);
  slot_market market(offers, needed);
  if (market.free() < needed) {
    out.missing = needed - static_cast<std::uint32_t>(market.free());
    return out;
  }
  out.slots = workers_of_slots(market, needed, strategy, before);
  out.workers = out.slots;
  std::ranges::sort(out.workers);
  out.workers.erase(std::ranges::unique(out.workers).begin(), out.workers.end());
  for (auto& worker : out.slots) {
    const auto at = std::ranges::lower_bound(out.workers, worker);
    worker = static_cast<std::uint32_t>(at - out.workers.begin());
  }
  out.places = share_slots(graph);
  for (auto& slot : out.places) slot = out.slots[slot];
  return out;
}

}  // namespace millrace::coordination
