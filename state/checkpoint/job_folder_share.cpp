#include "state/checkpoint/job_folder_share.hpp"

#include "state/checkpoint/checkpoint_store.hpp"
#include "state/checkpoint/open_checkpoint.hpp"
#include "state/storage/open_folder.hpp"

#include <fmt/format.h>

#include <map>
#include <mutex>
#include <utility>

namespace millrace::state {

using coordination::state_file;

namespace {

class job_folder_share final : public coordination::snapshot_writer {
 public:
  explicit job_folder_share(std::shared_ptr<object_folder> root) : root_(std::move(root)) {}

  result<void> begin(checkpoint_id id) override {
    auto open = std::make_shared<open_checkpoint>(root_, id);
    MILLRACE_CHECK(open->make_folder());
    const std::scoped_lock hold(mutex_);
    open_.emplace(id, std::move(open));
    return {};
  }

  result<state_file> write_state(checkpoint_id id, std::string_view owner,
                                 coordination::state_file_kind kind,
                                 tables::delta_reader& from) override {
    MILLRACE_TRY(const auto open, find(id));
    return open->write_state(owner, kind, from, store_options{}.inline_below);
  }

  result<state_file> keep_file(checkpoint_id id, std::string_view owner, const std::string& path,
                               std::string_view local_name) override {
    MILLRACE_TRY(const auto open, find(id));
    return open->keep_file(owner, path, local_name);
  }

  void abort(checkpoint_id id) override {
    const std::scoped_lock hold(mutex_);
    const auto at = open_.find(id);
    if (at == open_.end()) return;
    at->second->close();
    open_.erase(at);
  }

 private:
  result<std::shared_ptr<open_checkpoint>> find(checkpoint_id id) const {
    const std::scoped_lock hold(mutex_);
    if (const auto at = open_.find(id); at != open_.end()) return at->second;
    return make_error(errc::state_io,
                      fmt::format("checkpoint {} was given up or never begun", id.value));
  }

  std::shared_ptr<object_folder> root_;
  mutable std::mutex mutex_;
  std::map<checkpoint_id, std::shared_ptr<open_checkpoint>> open_;  // guarded by mutex_
};

}  // namespace

result<std::unique_ptr<coordination::snapshot_writer>> open_job_folder_share(
    const std::string& directory, const std::string& job, const option_map& storage) {
  MILLRACE_TRY(auto root, open_folder(directory + "/" + job, storage));
  return std::unique_ptr<coordination::snapshot_writer>(
      std::make_unique<job_folder_share>(std::move(root)));
}

}  // namespace millrace::state
