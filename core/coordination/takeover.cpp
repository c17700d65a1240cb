#include "core/coordination/takeover.hpp"

#include <algorithm>
#include <utility>

namespace millrace::coordination {

using verdict = takeover::verdict;

takeover::takeover(attempt_number attempt, std::string plan_digest, timestamp_ms now,
                   std::int64_t grace_ms)
    : attempt_(attempt),
      plan_digest_(std::move(plan_digest)),
      grace_ms_(grace_ms),
      now_(now),
      deadline_(now + grace_ms) {}

verdict takeover::on_report(const std::string& worker, attempt_report report) {
  if (stopping_) {
    // It has not been told yet.
    take(worker, report);
    return verdict::stop;
  }
  if (!workers_.contains(worker)) {
    if (!fits(worker, report)) fit_ = false;
    take(worker, report);
  }
  return judge();
}

// Whoever reports says itself what is there: it is believed only where all fits together.
bool takeover::fits(const std::string& worker, const attempt_report& report) const {
  const deploy_order& order = report.order;
  if (order.attempt != attempt_ || order.job.plan_digest != plan_digest_) return false;
  if (!report.started || report.stopping) return false;
  if (!workers_.empty() && order.places != order_.places) return false;
  if (std::ranges::find(order.peers, worker, &deploy_order::peer::name) == order.peers.end()) {
    return false;
  }
  return std::ranges::all_of(report.parts, [&](const attempt_report::part& p) {
    const bool here =
        p.task < order.places.size() && order.peers[order.places[p.task]].name == worker;
    return here && (!p.end || p.end->end == end_report::how::finished);
  });
}

void takeover::take(const std::string& worker, attempt_report& report) {
  if (!workers_.insert(worker).second) return;
  if (workers_.size() == 1) order_ = std::move(report.order);
  newest_ = std::max(newest_, report.newest);
  for (attempt_report::part& p : report.parts) {
    if (!p.end) running_[p.task] = worker;
    const std::uint32_t task = p.task;
    parts_[task] = std::move(p);
  }
}

verdict takeover::judge() {
  const bool all = !workers_.empty() && workers_.size() >= order_.peers.size() &&
                   parts_.size() >= order_.places.size();
  if (!all) return verdict::wait;
  if (!fit_) return stop();
  whole_ = true;
  return verdict::adopt;
}

verdict takeover::stop() {
  stopping_ = true;
  deadline_ = now_ + grace_ms_;
  return running_.empty() ? verdict::restart : verdict::stop;
}

verdict takeover::on_ended(std::uint32_t task) {
  if (running_.erase(task) == 0 || !running_.empty()) return verdict::wait;
  return stopping_ ? verdict::restart : verdict::wait;
}

verdict takeover::on_worker_gone(const std::string& worker) {
  if (!workers_.contains(worker)) return verdict::wait;
  fit_ = false;
  std::erase_if(running_, [&](const auto& task) { return task.second == worker; });
  if (!stopping_) return judge();
  return running_.empty() ? verdict::restart : verdict::wait;
}

verdict takeover::on_time(timestamp_ms now) {
  now_ = now;
  const bool settled = whole_ && fit_;
  if (settled || now < deadline_) return verdict::wait;
  return stopping_ || workers_.empty() ? verdict::restart : stop();
}

adopted_attempt takeover::adopted() {
  adopted_attempt all{std::move(order_), newest_, {}};
  for (auto& [task, part] : parts_) all.parts.push_back(std::move(part));
  return all;
}

}  // namespace millrace::coordination
