#include "state/checkpoint/savepoint.hpp"

#include "state/checkpoint/manifest_file.hpp"
#include "state/checkpoint/state_file_copy.hpp"

#include <fmt/format.h>

namespace millrace::state {

using coordination::checkpoint_manifest;
using coordination::operator_state;
using coordination::state_file_kind;

namespace {

result<void> copy_instance(const coordination::snapshot_reader& from, operator_state& instance,
                           std::size_t number, object_folder& to) {
  if (instance.files.empty()) return {};
  MILLRACE_TRY(const auto reader, from.read_merged(instance));
  const std::string name = fmt::format("{:04}.state", number);
  MILLRACE_TRY(auto file, write_state_file(*reader, state_file_kind::snapshot, to, name, 0));
  file.name = file.location = name;
  instance.files = {std::move(file)};
  return {};
}

result<checkpoint_manifest> fill(const coordination::snapshot_reader& from,
                                 checkpoint_manifest manifest, object_folder& to) {
  manifest.savepoint = true;
  for (std::size_t i = 0; i < manifest.operators.size(); ++i) {
    MILLRACE_CHECK(copy_instance(from, manifest.operators[i], i, to));
  }
  MILLRACE_CHECK(store_manifest(manifest, to, std::string(manifest_name)));
  return manifest;
}

result<void> check_empty(const object_folder& folder) {
  MILLRACE_TRY(const auto names, folder.names_in(""));
  MILLRACE_TRY(const auto folders, folder.folders());
  if (names.empty() && folders.empty()) return {};
  return make_error(errc::state_io,
                    fmt::format("'{}' is there already and not empty", folder.place_of("")),
                    "give the savepoint a folder of its own");
}

result<void> check_nothing_in_flight(const checkpoint_manifest& manifest) {
  for (const operator_state& o : manifest.operators) {
    if (!o.in_flight) continue;
    return make_error(
        errc::state_io,
        fmt::format("checkpoint {} holds rows in flight, a savepoint must not", manifest.id.value),
        "stop the job with --savepoint-on-exit: its last checkpoint is aligned");
  }
  return {};
}

}  // namespace

result<checkpoint_manifest> write_savepoint(const coordination::snapshot_reader& from,
                                            const checkpoint_manifest& manifest,
                                            object_folder& to) {
  MILLRACE_CHECK(check_empty(to));
  MILLRACE_CHECK(check_nothing_in_flight(manifest));
  MILLRACE_CHECK(to.make_folder(""));
  auto done = fill(from, manifest, to);
  if (!done) to.remove_folder("");
  return done;
}

}  // namespace millrace::state
