#include "state/checkpoint/open_checkpoint.hpp"

#include "state/checkpoint/checksum.hpp"
#include "state/checkpoint/folder_layout.hpp"
#include "state/checkpoint/state_file_copy.hpp"
#include "state/storage/file_io.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace millrace::state {

using coordination::state_file;
using coordination::state_file_kind;

namespace {

constexpr std::uint64_t part_size = 1U << 20;

// A file as an entry of a manifest: its size and checksum.
result<state_file> describe(const std::string& path) {
  MILLRACE_TRY(const file from, file::open(path));
  state_file out;
  out.kind = state_file_kind::opaque;
  MILLRACE_TRY(out.bytes, from.size());
  running_checksum sum;
  std::string part;
  for (std::uint64_t done = 0; done < out.bytes; done += part.size()) {
    part.resize(std::min(part_size, out.bytes - done));
    MILLRACE_CHECK(from.read_at(done, part.data(), part.size()));
    sum.add(part);
  }
  out.checksum = sum.value();
  return out;
}

}  // namespace

open_checkpoint::open_checkpoint(std::shared_ptr<object_folder> root, checkpoint_id id)
    : root_(std::move(root)), folder_(checkpoint_folder(id)) {}

result<void> open_checkpoint::make_folder() { return root_->make_folder(folder_); }

// Numbered, so that an operator may write several files.
std::string open_checkpoint::next_name(std::string_view owner, std::string_view suffix) {
  std::string safe(owner.substr(0, 100));
  std::replace_if(
      safe.begin(), safe.end(), [](unsigned char c) { return std::isalnum(c) == 0 && c != '-'; },
      '_');
  return fmt::format("{}/{:04}-{}.{}", folder_, files_++, safe, suffix);
}

result<void> open_checkpoint::check_open() const {
  if (!closed_) return {};
  return make_error(errc::state_io, fmt::format("{} was given up meanwhile", folder_));
}

result<state_file> open_checkpoint::write_state(std::string_view owner, state_file_kind kind,
                                                tables::delta_reader& from,
                                                std::uint64_t inline_below) {
  MILLRACE_CHECK(check_open());
  const std::string name = next_name(owner, kind == state_file_kind::delta ? "delta" : "snapshot");
  MILLRACE_TRY(auto file, write_state_file(from, kind, *root_, name, inline_below));
  if (file.inline_bytes.empty()) file.location = name;
  file.name = name;
  if (auto open = check_open(); !open) {
    root_->remove(name);
    return open.take_error();
  }
  return file;
}

result<state_file> open_checkpoint::keep_file(std::string_view owner, const std::string& path,
                                              std::string_view local_name) {
  MILLRACE_CHECK(check_open());
  const std::string name = next_name(owner, "opaque");
  MILLRACE_TRY(auto file, describe(path));
  MILLRACE_CHECK(root_->take_in(path, name));
  MILLRACE_CHECK(check_open());
  file.name = file.location = name;
  file.local_name = local_name;
  return file;
}

}  // namespace millrace::state
