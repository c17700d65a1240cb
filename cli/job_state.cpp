#include "cli/job_state.hpp"

#include "state/checkpoint/checkpoint_store.hpp"
#include "state/storage/open_folder.hpp"

#include <cstdio>
#include <random>
#include <utility>

namespace millrace::cli {

namespace {

using coordination::restore_plan;

error bad_usage(std::string what, std::string hint) {
  return make_error(errc::config_bad_usage, std::move(what), std::move(hint));
}

std::string new_job_id() {
  std::random_device random;
  char text[17];
  std::snprintf(text, sizeof text, "%08x%08x", random(), random());
  return text;
}

// The id lies beside the job's folder before anything is staged under it, so that a resume from
// before the first checkpoint finds what is left over.
result<std::string> job_id_in(state::object_folder& folder, const std::string& job) {
  const std::string name = job + ".id";
  auto text = state::read_object(folder, name, 1 << 10);
  if (!text && text.error().code != state_not_found) return text.take_error();
  std::string id = text ? text->substr(0, text->find_first_of(" \n")) : std::string();
  if (!id.empty()) return id;
  id = new_job_id();
  MILLRACE_CHECK(folder.replace(name, id + '\n'));
  return id;
}

result<std::uint32_t> retained(const option_map& options) {
  const option_reader read(options);
  MILLRACE_TRY(const auto old_name, read.integer("state.checkpoints.num-retained", 1));
  MILLRACE_TRY(const auto count, read.integer("execution.checkpointing.num-retained", old_name));
  if (count >= 1 && count <= 1000) return static_cast<std::uint32_t>(count);
  return make_error(errc::config_bad_value, "execution.checkpointing.num-retained is " +
                                                std::to_string(count) + ", allowed are 1 to 1000");
}

// A folder with a savepoint per job, or one of a single job. Of several of one job the newest,
// which has the longest name or the last among equally long ones.
result<std::string> savepoint_of(const std::string& path, const std::string& job,
                                 const option_map& options) {
  MILLRACE_TRY(const auto folder, state::open_folder(path, options));
  MILLRACE_TRY(const auto names, folder->folders());
  std::string found;
  for (const std::string& name : names) {
    if (name != job && !name.starts_with(job + "-")) continue;
    if (name.size() > found.size() || (name.size() == found.size() && name > found)) found = name;
  }
  return found.empty() ? path : path + "/" + found;
}

result<std::shared_ptr<const restore_plan>> from_savepoint(const std::string& path,
                                                           const std::string& job,
                                                           const option_map& options) {
  MILLRACE_TRY(const std::string exact, savepoint_of(path, job, options));
  MILLRACE_TRY(auto opened,
               state::open_snapshot(exact, coordination::verification::contents, options));
  std::shared_ptr<const coordination::snapshot_reader> files(std::move(opened.files));
  return std::make_shared<const restore_plan>(std::move(opened.manifest), std::move(files));
}

result<void> find_restore(const checkpoint_request& request, const option_map& options,
                          job_state& state) {
  MILLRACE_TRY(auto found, state.store->latest());
  if (!found) {
    if (request.from_savepoint.empty()) return {};
    MILLRACE_TRY(state.restore, from_savepoint(request.from_savepoint, state.name, options));
    return {};
  }
  if (!request.resume) {
    return bad_usage(
        "'" + request.directory + "/" + state.name + "' holds checkpoints of an earlier run",
        "add --resume to go on from them, or name another directory");
  }
  for (const error& e : found->passed_over) {
    std::fprintf(stderr, "warning: a checkpoint is passed over: %s\n", e.message.c_str());
  }
  std::fprintf(stderr, "%s: resumes from checkpoint %llu\n", state.name.c_str(),
               static_cast<unsigned long long>(found->manifest.id.value));
  const auto staged_as = found->manifest.properties.find("job-id");
  if (staged_as != found->manifest.properties.end()) state.job_id = staged_as->second;
  state.restore = std::make_shared<const restore_plan>(std::move(found->manifest), state.store);
  return {};
}

}  // namespace

void job_state::give_to(actors::job_options& options) const {
  options.checkpoints = store;
  options.restore = restore;
  options.job_id = job_id;
}

result<void> check_request(const checkpoint_request& request) {
  if (!request.directory.empty()) return {};
  if (request.resume) {
    return bad_usage("--resume needs --checkpoint-dir", "name the directory of the run before");
  }
  if (request.savepoint_on_exit) {
    return bad_usage("--savepoint-on-exit needs --checkpoint-dir",
                     "a savepoint is made of a checkpoint");
  }
  return {};
}

result<job_state> open_job_state(const checkpoint_request& request, std::uint32_t ordinal,
                                 const option_map& options) {
  job_state state;
  state.name = "job-" + std::to_string(ordinal);
  if (request.directory.empty()) {
    if (request.from_savepoint.empty()) return state;
    MILLRACE_TRY(state.restore, from_savepoint(request.from_savepoint, state.name, options));
    return state;
  }
  state::store_options where;
  where.directory = request.directory;
  where.job = state.name;
  MILLRACE_TRY(where.retained, retained(options));
  where.take_over = request.resume;
  where.storage = options;
  MILLRACE_TRY(auto store, state::open_checkpoint_store(where));
  state.store = std::move(store);
  MILLRACE_TRY(const auto folder, state::open_folder(request.directory, options));
  MILLRACE_TRY(state.job_id, job_id_in(*folder, state.name));
  MILLRACE_CHECK(find_restore(request, options, state));
  return state;
}

result<std::string> write_savepoint(const checkpoint_request& request, const job_state& state) {
  MILLRACE_TRY(const auto found, state.store->latest());
  if (!found) return std::string();
  const std::string path = request.directory + "/savepoints/" + state.name + "-" +
                           std::to_string(found->manifest.id.value);
  MILLRACE_CHECK(state.store->export_savepoint(found->manifest, path));
  return path;
}

}  // namespace millrace::cli
