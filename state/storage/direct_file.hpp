#pragma once

#include "state/storage/file_io.hpp"

#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

namespace millrace::state {

/// A new file that is written from front to back around the page cache: nobody reads a checkpoint
/// while the job runs, and copying its bytes into fresh pages costs more processor time than making
/// them (ADR 0011). Gathers pages in a buffer of its own. One thread.
class direct_file {
 public:
  /// Errors: state_io.
  [[nodiscard]] static result<direct_file> create(const std::string& path);

  [[nodiscard]] const std::string& path() const { return file_.path(); }
  /// Errors: state_io, also of bytes that were written before.
  [[nodiscard]] result<void> write(std::string_view bytes);
  /// Writes what is left in the buffer and makes the file durable. Once, at the end. Errors:
  /// state_io, state_sync_failed.
  [[nodiscard]] result<void> finish();

 private:
  struct release {
    void operator()(char* memory) const { std::free(memory); }
  };

  explicit direct_file(file to) : file_(std::move(to)) {}

  file file_;
  std::unique_ptr<char, release> pages_;  // made by the first write
  std::size_t used_ = 0;
};

}  // namespace millrace::state
