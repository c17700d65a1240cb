#pragma once

#include "core/base/result.hpp"
#include "core/base/state_errors.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::state {

/// An open file. Closed by its end. One writer; reads at positions from any thread.
/// Errors are state_io with the path and the system's reason, of `sync` state_sync_failed.
class file {
 public:
  file() = default;
  file(file&& other) noexcept;
  file& operator=(file&& other) noexcept;
  ~file();

  /// A new file; it must not exist.
  [[nodiscard]] static result<file> create(const std::string& path);
  /// The same, written around the page cache where the system can do that: whole pages of
  /// `direct_page` bytes from memory that is aligned to them. From the first write on that is not,
  /// it is an ordinary file.
  [[nodiscard]] static result<file> create_direct(const std::string& path);
  [[nodiscard]] static result<file> open(const std::string& path);

  [[nodiscard]] bool is_open() const { return descriptor_ >= 0; }
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] result<std::uint64_t> size() const;
  /// Behind what was written before.
  [[nodiscard]] result<void> write(std::string_view bytes);
  /// Exactly `size` bytes from `offset` on; state_corrupt when the file ends before.
  [[nodiscard]] result<void> read_at(std::uint64_t offset, char* to, std::size_t size) const;
  [[nodiscard]] result<void> sync();
  void close();

  static constexpr std::size_t direct_page = 4096;

 private:
  [[nodiscard]] bool leave_direct();
  file(int descriptor, std::string path) : descriptor_(descriptor), path_(std::move(path)) {}
  int descriptor_ = -1;
  bool direct_ = false;
  std::string path_;
};

/// The error of the last system call: state_io, `what` and the path, and a hint for a full disk.
[[nodiscard]] error io_error(std::string_view what, const std::string& path);

/// Makes the names in a directory durable. Errors: state_sync_failed.
[[nodiscard]] result<void> sync_directory(const std::string& path);
/// Makes a directory and those above it, durably; exists already: fine. Errors: state_io,
/// state_sync_failed.
[[nodiscard]] result<void> make_directories(const std::string& path);
/// Puts `bytes` at `path` so that a crash leaves the old file or the new one: a synced file `.tmp`,
/// renamed. The directory is not synced.
[[nodiscard]] result<void> replace_file(const std::string& path, std::string_view bytes);
/// All bytes; state_corrupt above `limit` bytes.
[[nodiscard]] result<std::string> read_file(const std::string& path, std::uint64_t limit);
/// Hard link, or a synced copy where links do not work. `to` must not exist.
[[nodiscard]] result<void> link_or_copy(const std::string& from, const std::string& to);
[[nodiscard]] bool exists(const std::string& path);
[[nodiscard]] bool is_directory(const std::string& path);
/// Names in a directory, sorted; none when it cannot be read.
[[nodiscard]] std::vector<std::string> names_in(const std::string& path);
/// Removes a file or a directory with all in it; what cannot be removed stays.
void remove_all(const std::string& path);

}  // namespace millrace::state
