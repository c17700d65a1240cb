#pragma once

#include "core/base/result.hpp"
#include "core/base/state_errors.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::state {

/// An object that is read. Positions in any order; one thread at a time.
class object_reader {
 public:
  virtual ~object_reader() = default;
  [[nodiscard]] virtual std::uint64_t size() const = 0;
  /// Exactly `size` bytes from `offset` on; state_corrupt when the object ends before, state_io.
  [[nodiscard]] virtual result<void> read_at(std::uint64_t offset, char* to, std::size_t size) = 0;
};

/// A new object that is written from front to back. Given up, with nothing left of it, when it ends
/// before `finish`. One thread.
class object_writer {
 public:
  virtual ~object_writer() = default;
  /// Errors: state_io.
  [[nodiscard]] virtual result<void> write(std::string_view bytes) = 0;
  /// Its bytes are durable when this returns; its name is too after the next `replace` in the same
  /// folder. Errors: state_io, state_sync_failed.
  [[nodiscard]] virtual result<void> finish() = 0;
};

/// Objects under names, in folders one deep: `pointer`, `chk-7/manifest`. Port of checkpoint
/// storage: a local directory (`directory_folder`) and a prefix of an S3 bucket (`s3_folder`).
///
/// Any thread, at the same time; who writes one name does so alone. Blocks on the disk or the
/// network. Errors: state_io (another try may do) with the place and the reason, state_sync_failed
/// (what was written cannot be trusted).
class object_folder {
 public:
  virtual ~object_folder() = default;

  /// A path or URL, for messages. Empty name: of the folder itself.
  [[nodiscard]] virtual std::string place_of(std::string_view name) const = 0;

  /// Makes the folder and keeps other processes away from it while this object lives. Gives false
  /// where the storage cannot do that: runs then keep each other away by `swap`. Errors:
  /// state_locked when a live process holds it.
  [[nodiscard]] virtual result<bool> lock(const std::string& name) = 0;
  /// Makes room for objects `folder/...`.
  [[nodiscard]] virtual result<void> make_folder(const std::string& folder) = 0;
  [[nodiscard]] virtual result<std::unique_ptr<object_writer>> create(const std::string& name) = 0;
  /// Errors: state_not_found.
  [[nodiscard]] virtual result<std::unique_ptr<object_reader>> open(
      const std::string& name) const = 0;

  /// Puts a small object in one step: afterwards there is the old one or the new one. When this
  /// returns it and all names in its folder are durable.
  [[nodiscard]] virtual result<void> replace(const std::string& name, std::string_view bytes) = 0;
  /// The same, if the object still is `expected` (nothing: if there is none), as one step among all
  /// who swap it. Errors: state_locked when it is another one; state_sync_failed when nobody can
  /// say which one a restart will find.
  [[nodiscard]] virtual result<void> swap(const std::string& name,
                                          const std::optional<std::string>& expected,
                                          const std::string& next) = 0;

  /// A closed local file becomes an object, durably; by hard link where that works.
  [[nodiscard]] virtual result<void> take_in(const std::string& path, const std::string& name) = 0;
  /// An object becomes the new local file `path`; by hard link where that works.
  [[nodiscard]] virtual result<void> bring_out(const std::string& name,
                                               const std::string& path) const = 0;

  /// Folders in this one, sorted by name.
  [[nodiscard]] virtual result<std::vector<std::string>> folders() const = 0;
  /// Names of objects in `folder`, without it, sorted; of this folder itself when empty.
  [[nodiscard]] virtual result<std::vector<std::string>> names_in(
      const std::string& folder) const = 0;

  // What cannot be removed stays for the next time.
  virtual void remove(const std::string& name) = 0;
  virtual void remove_folder(const std::string& folder) = 0;
  /// Removes what interrupted writers left half done; nobody else may be writing.
  virtual void remove_leftovers() = 0;

  /// True where a byte costs more than packing it does: behind a network.
  [[nodiscard]] virtual bool bytes_are_dear() const { return false; }
};

/// The whole object. Errors: state_not_found; state_corrupt above `limit` bytes; state_io.
[[nodiscard]] result<std::string> read_object(const object_folder& folder, const std::string& name,
                                              std::uint64_t limit);
/// Errors: state_io when that cannot be found out.
[[nodiscard]] result<bool> has_object(const object_folder& folder, const std::string& name);

}  // namespace millrace::state
