#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace disk_faults {

/// What a power cut would take: names that no sync of their folder covers, bytes that no sync of
/// their file covers. Not thread safe.
class entry_journal {
 public:
  /// `shadow`: a folder on the same file system for what renames replace.
  explicit entry_journal(std::string shadow) : shadow_(std::move(shadow)) {}

  void on_created(const std::string& path);
  /// One more name of a file.
  void on_linked(const std::string& path);
  void on_folder(const std::string& path);
  void on_written(const std::string& path);
  /// Before the rename: keeps what it will replace. Then tells of it with `on_renamed`.
  [[nodiscard]] std::string keep_replaced(const std::string& to);
  void on_renamed(const std::string& from, const std::string& to, std::string replaced);
  /// A file's bytes, or a folder's names, are durable.
  void on_synced(const std::string& path);
  /// They never will be.
  void on_sync_failed(const std::string& path);

  /// Undoes what is not durable, last first, of each path only if `chosen` says so.
  template <class Chosen>
  void lose(Chosen chosen);
  /// Undoes what a failed sync should have covered.
  void lose_failed();

 private:
  struct entry {
    enum class kind : std::uint8_t { file, folder, name } what = kind::file;
    std::string path;
    std::string from;      // name: what it was called before
    std::string replaced;  // name: the shadow of what stood there; empty: nothing did
    bool failed = false;
  };
  struct bytes {
    std::uint64_t durable = 0;
    bool failed = false;
  };
  void undo(const entry& e);
  static void cut(const std::string& path, std::uint64_t to);

  std::string shadow_;
  std::uint64_t shadows_ = 0;
  std::vector<entry> entries_;
  std::map<std::string, bytes> written_;
};

template <class Chosen>
void entry_journal::lose(Chosen chosen) {
  for (const auto& [path, b] : written_) {
    if (b.failed || chosen(path)) cut(path, b.durable);
  }
  for (auto e = entries_.rbegin(); e != entries_.rend(); ++e) {
    if (e->failed || chosen(e->path)) undo(*e);
  }
}

}  // namespace disk_faults
