#include "core/coordination/worker_registry.hpp"

#include <algorithm>

namespace millrace::coordination {

admission worker_registry::on_greeting(const worker_greeting& greeting, timestamp_ms now) {
  admission out{++last_id_, std::nullopt};
  if (const auto old = by_name_.find(greeting.name); old != by_name_.end()) {
    out.replaced = old->second;
    forget(old->second);
  }
  known_worker worker;
  worker.id = out.id;
  worker.name = greeting.name;
  worker.control_endpoint = greeting.control_endpoint;
  worker.data_endpoint = greeting.data_endpoint;
  worker.slots = greeting.slots;
  worker.heard = now;
  workers_.emplace(out.id, std::move(worker));
  by_name_[greeting.name] = out.id;
  return out;
}

bool worker_registry::on_heartbeat(std::uint32_t worker, timestamp_ms now) {
  const auto at = workers_.find(worker);
  if (at == workers_.end()) return false;
  at->second.heard = std::max(at->second.heard, now);
  return true;
}

bool worker_registry::on_link_down(std::uint32_t worker) {
  if (!workers_.contains(worker)) return false;
  forget(worker);
  return true;
}

std::vector<std::uint32_t> worker_registry::on_time(timestamp_ms now) {
  const std::int64_t unheard = asked_ ? now - *asked_ : 0;
  asked_ = now;
  std::vector<std::uint32_t> dead;
  for (auto& [id, worker] : workers_) {
    if (unheard > timeout_ms_ / 2) worker.heard = std::min(now, worker.heard + unheard);
    if (now - worker.heard >= timeout_ms_) dead.push_back(id);
  }
  for (const std::uint32_t id : dead) forget(id);
  return dead;
}

timestamp_ms worker_registry::next_time() const {
  timestamp_ms next = max_watermark;
  for (const auto& [id, worker] : workers_) {
    const timestamp_ms last = asked_ ? *asked_ : worker.heard;
    next = std::min({next, worker.heard + timeout_ms_, last + timeout_ms_ / 4});
  }
  return next;
}

bool worker_registry::set_draining(std::uint32_t worker, bool draining) {
  const auto at = workers_.find(worker);
  if (at == workers_.end()) return false;
  at->second.draining = draining;
  return true;
}

const known_worker* worker_registry::find(std::uint32_t worker) const {
  const auto at = workers_.find(worker);
  return at == workers_.end() ? nullptr : &at->second;
}

const known_worker* worker_registry::find(std::string_view name) const {
  const auto at = by_name_.find(name);
  return at == by_name_.end() ? nullptr : find(at->second);
}

std::vector<slot_offer> worker_registry::offers() const {
  std::vector<slot_offer> all;
  for (const auto& [id, worker] : workers_) {
    if (worker.draining || worker.used >= worker.slots) continue;
    all.push_back({id, worker.slots - worker.used, worker.slots});
  }
  return all;
}

void worker_registry::allocate(const std::string& job, const job_placement& placement) {
  release(job);
  auto& held = held_[job];
  for (const std::uint32_t place : placement.slots) {
    const auto at = workers_.find(placement.workers[place]);
    if (at == workers_.end()) continue;
    ++at->second.used;
    ++held[at->first];
  }
}

void worker_registry::release(const std::string& job) {
  const auto held = held_.find(job);
  if (held == held_.end()) return;
  for (const auto& [id, slots] : held->second) workers_.at(id).used -= slots;
  held_.erase(held);
}

std::vector<std::string> worker_registry::jobs_on(std::uint32_t worker) const {
  std::vector<std::string> jobs;
  for (const auto& [job, held] : held_) {
    if (held.contains(worker)) jobs.push_back(job);
  }
  return jobs;
}

std::map<std::uint32_t, std::uint32_t> worker_registry::slots_of(const std::string& job) const {
  const auto held = held_.find(job);
  if (held == held_.end()) return {};
  return held->second;
}

void worker_registry::forget(std::uint32_t worker) {
  for (auto& [job, held] : held_) held.erase(worker);
  const auto at = workers_.find(worker);
  by_name_.erase(at->second.name);
  workers_.erase(at);
}

}  // namespace millrace::coordination
