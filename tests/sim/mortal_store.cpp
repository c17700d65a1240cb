#include "tests/sim/mortal_store.hpp"

#include <utility>

namespace millrace::sim {

using coordination::checkpoint_manifest;
using coordination::state_file;

result<void> mortal_store::attempt() {
  if (dead_) return make_error(errc::state_io, "simulated: the process is dead");
  if (failing_ > 0 && dice_.once_in(failing_)) {
    return make_error(errc::state_io, "simulated: the disk is full");
  }
  return {};
}

result<std::unique_ptr<tables::delta_reader>> mortal_store::read(const state_file& file) const {
  return inner_->read(file);
}

result<std::unique_ptr<tables::delta_reader>> mortal_store::read_merged(
    const coordination::operator_state& instance) const {
  return inner_->read_merged(instance);
}

result<void> mortal_store::fetch(const state_file& file, const std::string& path) const {
  return inner_->fetch(file, path);
}

result<void> mortal_store::begin(checkpoint_id id) {
  MILLRACE_CHECK(attempt());
  return inner_->begin(id);
}

result<state_file> mortal_store::write_state(checkpoint_id id, std::string_view owner,
                                             coordination::state_file_kind kind,
                                             tables::delta_reader& from) {
  MILLRACE_CHECK(attempt());
  return inner_->write_state(id, owner, kind, from);
}

result<state_file> mortal_store::keep_file(checkpoint_id id, std::string_view owner,
                                           const std::string& path, std::string_view local_name) {
  MILLRACE_CHECK(attempt());
  return inner_->keep_file(id, owner, path, local_name);
}

result<checkpoint_manifest> mortal_store::complete(checkpoint_manifest manifest) {
  if (auto go = attempt(); !go.ok()) {
    abort(manifest.id);
    return go.take_error();
  }
  MILLRACE_TRY(auto stored, inner_->complete(std::move(manifest)));
  completed_ = stored.id;
  return stored;
}

void mortal_store::abort(checkpoint_id id) {
  if (!dead_) inner_->abort(id);
}

result<std::optional<coordination::found_checkpoint>> mortal_store::latest(
    coordination::verification how, checkpoint_id below) {
  return inner_->latest(how, below);
}

checkpoint_id mortal_store::newest_id() const { return inner_->newest_id(); }

result<void> mortal_store::clear() {
  MILLRACE_CHECK(attempt());
  return inner_->clear();
}

result<checkpoint_manifest> mortal_store::export_savepoint(const checkpoint_manifest& manifest,
                                                           const std::string& path) {
  return inner_->export_savepoint(manifest, path);
}

}  // namespace millrace::sim
