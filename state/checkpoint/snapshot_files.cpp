#include "state/checkpoint/snapshot_files.hpp"

#include "state/checkpoint/checksum.hpp"
#include "state/checkpoint/merge_reader.hpp"
#include "state/checkpoint/state_file_reader.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace millrace::state {

using coordination::state_file;
using coordination::state_file_kind;
using coordination::verification;

namespace {

constexpr std::uint64_t part_size = 1U << 20;

error corrupt(const std::string& path, std::string_view what) {
  return make_error(errc::state_corrupt, fmt::format("the state file '{}' {}", path, what),
                    "restore from an older checkpoint");
}

// Opened, and long enough for what the manifest says lies in it.
result<std::unique_ptr<object_reader>> open_checked(const object_folder& folder,
                                                    const state_file& expected) {
  auto from = folder.open(expected.location);
  if (!from) {
    if (from.error().code != state_not_found) return from.take_error();
    return corrupt(folder.place_of(expected.location), "is missing");
  }
  if ((*from)->size() < expected.offset + expected.bytes) {
    return corrupt(folder.place_of(expected.location), "is cut short");
  }
  return from;
}

}  // namespace

result<std::unique_ptr<tables::delta_reader>> snapshot_files::read(const state_file& f) const {
  if (f.kind == state_file_kind::opaque) {
    return make_error(errc::internal,
                      fmt::format("'{}' belongs to a state backend, not to be read", f.name));
  }
  if (f.location.empty()) {
    return std::unique_ptr<tables::delta_reader>(
        std::make_unique<state_file_reader>(byte_input(f.inline_bytes)));
  }
  MILLRACE_TRY(auto from, open_checked(*folder_, f));
  return std::unique_ptr<tables::delta_reader>(std::make_unique<state_file_reader>(
      byte_input(std::move(from), folder_->place_of(f.location), f.offset, f.bytes)));
}

result<std::unique_ptr<tables::delta_reader>> snapshot_files::read_merged(
    const coordination::operator_state& instance) const {
  std::vector<std::unique_ptr<tables::delta_reader>> readers;
  for (const state_file& f : instance.files) {
    MILLRACE_TRY(auto reader, read(f));
    readers.push_back(std::move(reader));
  }
  return std::unique_ptr<tables::delta_reader>(std::make_unique<merge_reader>(std::move(readers)));
}

result<void> snapshot_files::fetch(const state_file& f, const std::string& path) const {
  MILLRACE_CHECK(verify(f, verification::contents));
  return folder_->bring_out(f.location, path);
}

result<void> snapshot_files::verify(const state_file& f, verification how) const {
  MILLRACE_TRY(const auto from, open_checked(*folder_, f));
  if (how == verification::presence) return {};
  running_checksum sum;
  std::string part;
  for (std::uint64_t done = 0; done < f.bytes; done += part.size()) {
    part.resize(std::min(part_size, f.bytes - done));
    MILLRACE_CHECK(from->read_at(f.offset + done, part.data(), part.size()));
    sum.add(part);
  }
  if (sum.value() != f.checksum) {
    return corrupt(folder_->place_of(f.location), "does not fit its checksum");
  }
  return {};
}

result<void> snapshot_files::verify(const coordination::checkpoint_manifest& manifest,
                                    verification how) const {
  for (const auto& instance : manifest.operators) {
    for (const state_file& f : instance.files) MILLRACE_CHECK(verify(f, how));
  }
  return {};
}

}  // namespace millrace::state
