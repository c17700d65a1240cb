#include "tests/support/disk_faults/entry_journal.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>

namespace disk_faults {

namespace {

std::string parent_of(const std::string& path) { return path.substr(0, path.rfind('/')); }

std::uint64_t size_of(const std::string& path) {
  struct stat about {};
  return ::stat(path.c_str(), &about) == 0 ? static_cast<std::uint64_t>(about.st_size) : 0;
}

}  // namespace

void entry_journal::on_created(const std::string& path) {
  on_linked(path);
  written_[path] = {};
}

void entry_journal::on_linked(const std::string& path) {
  entries_.push_back({entry::kind::file, path, {}, {}, false});
}

void entry_journal::on_folder(const std::string& path) {
  entries_.push_back({entry::kind::folder, path, {}, {}, false});
}

// Of a file that was there before all bytes were durable.
void entry_journal::on_written(const std::string& path) {
  if (!written_.contains(path)) written_[path] = {size_of(path), false};
}

std::string entry_journal::keep_replaced(const std::string& to) {
  std::string kept = shadow_ + "/" + std::to_string(shadows_++);
  return ::link(to.c_str(), kept.c_str()) == 0 ? kept : std::string();
}

void entry_journal::on_renamed(const std::string& from, const std::string& to,
                               std::string replaced) {
  entries_.push_back({entry::kind::name, to, from, std::move(replaced), false});
  written_.erase(to);
  if (auto moved = written_.extract(from)) {
    moved.key() = to;
    written_.insert(std::move(moved));
  }
}

void entry_journal::on_synced(const std::string& path) {
  std::erase_if(entries_, [&](const entry& e) { return !e.failed && parent_of(e.path) == path; });
  const auto at = written_.find(path);
  if (at != written_.end() && !at->second.failed) written_.erase(at);
}

void entry_journal::on_sync_failed(const std::string& path) {
  for (entry& e : entries_) e.failed |= parent_of(e.path) == path;
  if (const auto at = written_.find(path); at != written_.end()) at->second.failed = true;
}

void entry_journal::lose_failed() {
  lose([](const std::string&) { return false; });
}

void entry_journal::undo(const entry& e) {
  std::error_code none;
  if (e.what == entry::kind::folder) {
    std::filesystem::remove_all(e.path, none);
  } else if (e.what == entry::kind::file) {
    ::unlink(e.path.c_str());
  } else if (std::filesystem::exists(e.path, none)) {
    std::rename(e.path.c_str(), e.from.c_str());
    if (!e.replaced.empty()) std::rename(e.replaced.c_str(), e.path.c_str());
  }
}

void entry_journal::cut(const std::string& path, std::uint64_t to) {
  if (::truncate(path.c_str(), static_cast<off_t>(to)) != 0) return;
}

}  // namespace disk_faults
