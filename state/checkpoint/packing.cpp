#include "state/checkpoint/packing.hpp"

#include <fmt/format.h>

#include <map>

namespace millrace::state {

using coordination::checkpoint_manifest;
using coordination::state_file;

result<void> find_places(checkpoint_manifest& manifest,
                         std::span<const checkpoint_manifest> retained, const std::string& folder) {
  std::map<std::string_view, const state_file*> known;
  for (const auto& m : retained) {
    for (const auto& instance : m.operators) {
      for (const state_file& f : instance.files) known.emplace(f.name, &f);
    }
  }
  for (auto& instance : manifest.operators) {
    for (state_file& f : instance.files) {
      if (f.name.starts_with(folder + "/")) continue;
      const auto at = known.find(f.name);
      if (at == known.end()) {
        return make_error(
            errc::internal,
            fmt::format("{} refers to '{}', which no retained checkpoint holds", folder, f.name));
      }
      f = *at->second;
    }
  }
  return {};
}

result<void> pack_inline_files(checkpoint_manifest& manifest, object_folder& folder,
                               const std::string& location) {
  std::unique_ptr<object_writer> pack;
  std::uint64_t offset = 0;
  for (auto& instance : manifest.operators) {
    for (state_file& f : instance.files) {
      if (f.inline_bytes.empty()) continue;
      if (!pack) {
        MILLRACE_TRY(pack, folder.create(location));
      }
      MILLRACE_CHECK(pack->write(f.inline_bytes));
      f.location = location;
      f.offset = offset;
      f.inline_bytes.clear();
      offset += f.bytes;
    }
  }
  return pack ? pack->finish() : result<void>();
}

}  // namespace millrace::state
