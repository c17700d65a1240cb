#include "core/coordination/job_catalogue.hpp"

#include <algorithm>
#include <functional>
#include <span>
#include <tuple>
#include <utility>

namespace millrace::coordination {

namespace {

bool came_before(const job_entry* a, const job_entry* b) {
  return std::tie(a->submitted_at, a->definition.id) < std::tie(b->submitted_at, b->definition.id);
}

error no_such_job(std::string_view text) {
  return make_error(errc::config_bad_usage, "no job '" + std::string(text) + "'",
                    "'millrace list' shows the jobs with their ids");
}

error ambiguous(std::string_view text, const std::vector<const job_entry*>& jobs) {
  std::string ids;
  for (const auto* job : jobs) ids += (ids.empty() ? "" : ", ") + job->definition.id;
  return make_error(errc::config_bad_usage,
                    "'" + std::string(text) + "' means " + std::to_string(jobs.size()) + " jobs",
                    "name one by its id: " + ids);
}

}  // namespace

std::string_view to_text(job_phase phase) {
  switch (phase) {
    case job_phase::created: return "CREATED";
    case job_phase::running: return "RUNNING";
    case job_phase::restarting: return "RESTARTING";
    case job_phase::cancelling: return "CANCELLING";
    case job_phase::finished: return "FINISHED";
    case job_phase::cancelled: return "CANCELED";
    case job_phase::failed: return "FAILED";
  }
  return "UNKNOWN";
}

job_catalogue::job_catalogue(std::vector<job_entry> kept, std::size_t history) : history_(history) {
  for (auto& entry : kept) {
    last_attempt_ = std::max(last_attempt_, entry.attempt);
    std::string id = entry.definition.id;
    jobs_.insert_or_assign(std::move(id), std::move(entry));
  }
}

result<void> job_catalogue::on_submit(std::string name, job_definition definition,
                                      std::string savepoint, timestamp_ms now) {
  const std::string id = definition.id;
  if (jobs_.contains(id)) {
    return make_error(errc::config_bad_usage, "there is a job '" + id + "' already",
                      "submit it without an id of its own");
  }
  job_entry entry;
  entry.name = std::move(name);
  entry.definition = std::move(definition);
  entry.savepoint = std::move(savepoint);
  entry.submitted_at = now;
  jobs_.emplace(id, std::move(entry));
  changed_.insert(id);
  return {};
}

bool job_catalogue::on_redefine(job_definition definition) {
  job_entry* const entry = open_entry(definition.id);
  if (entry == nullptr) return false;
  entry->definition = std::move(definition);
  return true;
}

std::optional<attempt_number> job_catalogue::on_deploy(std::string_view id) {
  job_entry* const entry = open_entry(id);
  if (entry == nullptr || entry->phase == job_phase::cancelling) return std::nullopt;
  if (entry->attempt != 0) {
    ++entry->restarts;
    entry->phase = job_phase::restarting;
  }
  entry->attempt = ++last_attempt_;
  return entry->attempt;
}

bool job_catalogue::on_running(std::string_view id, timestamp_ms now) {
  job_entry* const entry = open_entry(id);
  if (entry == nullptr) return false;
  if (entry->phase != job_phase::cancelling) entry->phase = job_phase::running;
  if (entry->started_at == 0) entry->started_at = now;
  return true;
}

bool job_catalogue::on_failure(std::string_view id, job_exception exception, bool restarts) {
  job_entry* const entry = open_entry(id);
  if (entry == nullptr) return false;
  const timestamp_ms now = exception.at;
  auto& kept = entry->exceptions;
  kept.push_back(std::move(exception));
  if (kept.size() > kept_exceptions) kept.erase(kept.begin());
  if (entry->phase == job_phase::cancelling) {
    end(*entry, job_phase::cancelled, now);
  } else if (restarts) {
    entry->phase = job_phase::restarting;
  } else {
    end(*entry, job_phase::failed, now);
  }
  return true;
}

bool job_catalogue::on_cancel(std::string_view id) {
  job_entry* const entry = open_entry(id);
  if (entry == nullptr) return false;
  entry->phase = job_phase::cancelling;
  return true;
}

bool job_catalogue::on_cancelled(std::string_view id, timestamp_ms now) {
  job_entry* const entry = open_entry(id);
  if (entry == nullptr) return false;
  end(*entry, job_phase::cancelled, now);
  return true;
}

bool job_catalogue::on_finished(std::string_view id, timestamp_ms now) {
  job_entry* const entry = open_entry(id);
  if (entry == nullptr) return false;
  end(*entry, job_phase::finished, now);
  return true;
}

const job_entry* job_catalogue::find(std::string_view id) const {
  const auto at = jobs_.find(id);
  return at == jobs_.end() ? nullptr : &at->second;
}

result<const job_entry*> job_catalogue::resolve(std::string_view text) const {
  if (const auto* exact = find(text)) return exact;
  std::vector<const job_entry*> open, ended, by_id;
  for (const auto& [id, entry] : jobs_) {
    if (entry.name == text) (has_ended(entry.phase) ? ended : open).push_back(&entry);
    if (!text.empty() && id.starts_with(text)) by_id.push_back(&entry);
  }
  if (open.size() > 1) return ambiguous(text, open);
  if (open.size() == 1) return open.front();
  if (!ended.empty()) return *std::ranges::max_element(ended, came_before);
  if (by_id.size() > 1) return ambiguous(text, by_id);
  if (by_id.empty()) return no_such_job(text);
  return by_id.front();
}

std::vector<const job_entry*> job_catalogue::list() const {
  std::vector<const job_entry*> all;
  for (const auto& [id, entry] : jobs_) all.push_back(&entry);
  std::ranges::sort(all, [](const auto* a, const auto* b) { return came_before(b, a); });
  return all;
}

std::vector<const job_entry*> job_catalogue::unfinished() const {
  std::vector<const job_entry*> open;
  for (const auto& [id, entry] : jobs_) {
    if (!has_ended(entry.phase)) open.push_back(&entry);
  }
  std::ranges::sort(open, came_before);
  return open;
}

std::vector<catalogue_change> job_catalogue::take_changes() {
  std::vector<catalogue_change> changes;
  for (const auto& id : std::exchange(changed_, {})) {
    const auto* entry = find(id);
    changes.push_back({id, entry != nullptr ? std::optional(*entry) : std::nullopt});
  }
  return changes;
}

// To be changed: a job that has not ended.
job_entry* job_catalogue::open_entry(std::string_view id) {
  const auto at = jobs_.find(id);
  if (at == jobs_.end() || has_ended(at->second.phase)) return nullptr;
  changed_.insert(at->first);
  return &at->second;
}

void job_catalogue::end(job_entry& entry, job_phase phase, timestamp_ms now) {
  entry.phase = phase;
  entry.ended_at = now;
  forget_oldest();
}

void job_catalogue::forget_oldest() {
  std::vector<const job_entry*> ended;
  for (const auto& [id, entry] : jobs_) {
    // The largest number must outlive the leader, or it would be given again.
    const bool has_largest = entry.attempt != 0 && entry.attempt == last_attempt_;
    if (has_ended(entry.phase) && !has_largest) ended.push_back(&entry);
  }
  if (ended.size() <= history_) return;
  std::ranges::sort(ended, std::ranges::greater{}, &job_entry::ended_at);
  for (const auto* entry : std::span(ended).subspan(history_)) {
    const std::string id = entry->definition.id;
    changed_.insert(id);
    jobs_.erase(id);
  }
}

}  // namespace millrace::coordination
