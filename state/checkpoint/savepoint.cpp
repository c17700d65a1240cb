#include "state/checkpoint/savepoint.hpp"

#include "state/checkpoint/file_io.hpp"
#include "state/checkpoint/manifest_file.hpp"
#include "state/checkpoint/state_file_copy.hpp"

#include <fmt/format.h>

#include <filesystem>

namespace millrace::state {

using coordination::checkpoint_manifest;
using coordination::operator_state;
using coordination::state_file_kind;

namespace {

result<void> copy_instance(const coordination::snapshot_reader& from, operator_state& instance,
                           std::size_t number, const std::string& path) {
  if (instance.files.empty()) return {};
  MILLRACE_TRY(const auto reader, from.read_merged(instance));
  const std::string name = fmt::format("{:04}.state", number);
  MILLRACE_TRY(auto file,
               write_state_file(*reader, state_file_kind::snapshot, path + "/" + name, 0));
  file.name = file.location = name;
  instance.files = {std::move(file)};
  return {};
}

result<checkpoint_manifest> fill(const coordination::snapshot_reader& from,
                                 checkpoint_manifest manifest, const std::string& path) {
  manifest.savepoint = true;
  for (std::size_t i = 0; i < manifest.operators.size(); ++i) {
    MILLRACE_CHECK(copy_instance(from, manifest.operators[i], i, path));
  }
  MILLRACE_CHECK(store_manifest(manifest, path + "/" + std::string(manifest_name)));
  MILLRACE_CHECK(sync_directory(path));
  const auto parent = std::filesystem::absolute(path).parent_path().string();
  MILLRACE_CHECK(sync_directory(parent));
  return manifest;
}

}  // namespace

result<checkpoint_manifest> write_savepoint(const coordination::snapshot_reader& from,
                                            const checkpoint_manifest& manifest,
                                            const std::string& path) {
  if (exists(path) && (!is_directory(path) || !names_in(path).empty())) {
    return make_error(errc::state_io, fmt::format("'{}' is there already and not empty", path),
                      "give the savepoint a folder of its own");
  }
  MILLRACE_CHECK(make_directories(path));
  auto done = fill(from, manifest, path);
  if (!done) remove_all(path);
  return done;
}

}  // namespace millrace::state
