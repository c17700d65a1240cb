#include "cli/job_state.hpp"

#include "cli/output_position.hpp"
#include "core/coordination/state_comparison.hpp"
#include "state/checkpoint/checkpoint_store.hpp"
#include "state/storage/file_io.hpp"
#include "state/storage/open_folder.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <random>
#include <utility>
#include <variant>

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

bool prints(const plan::physical_plan& plan) {
  return std::ranges::any_of(plan.nodes, [](const plan::physical_node& node) {
    const auto* sink = std::get_if<plan::sink_spec>(&node.spec);
    return sink != nullptr && sink->collect;
  });
}

// Where stdout was when the job began lies beside its id, for a resume from before the first
// checkpoint.
result<std::string> output_at_start(state::object_folder& folder, const std::string& job,
                                    bool resume) {
  const std::string name = job + ".output";
  auto text = resume ? state::read_object(folder, name, 1 << 10) : result<std::string>("");
  if (!text && text.error().code != state_not_found) return text.take_error();
  if (text && !text->empty()) return text->substr(0, text->find('\n'));
  const std::string now = output_position();
  if (!now.empty()) MILLRACE_CHECK(folder.replace(name, now + '\n'));
  return std::string();
}

// A job that had ended prints nothing, and what stands behind its rows is another's.
std::string output_of(const coordination::checkpoint_manifest& m) {
  const bool ended = std::ranges::all_of(m.operators, &coordination::operator_state::finished);
  const auto at = m.properties.find("output");
  return ended || at == m.properties.end() ? std::string() : at->second;
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

// Whether the job may have what it is restored from (Flink's RestoreMode).
result<bool> claims(const option_map& options) {
  const option_reader read(options);
  const std::string old_name = read.text("execution.savepoint-restore-mode", "NO_CLAIM");
  const std::string mode = read.text("execution.state-recovery.claim-mode", old_name);
  if (mode == "CLAIM" || mode == "NO_CLAIM") return mode == "CLAIM";
  return make_error(errc::config_bad_value, "execution.state-recovery.claim-mode is '" + mode + "'",
                    "CLAIM and NO_CLAIM are supported");
}

// Only a savepoint stands alone: the files of a checkpoint may belong to others of its job, too.
result<void> claim(const std::string& path, job_state& state) {
  const bool alone = state.restore->manifest().savepoint;
  if (!alone || !std::filesystem::is_directory(path)) {
    return make_error(
        errc::config_bad_value,
        "'" + path + "' is no local folder of a savepoint, which claim mode CLAIM needs",
        "leave execution.state-recovery.claim-mode at NO_CLAIM");
  }
  state.claimed = path;
  return {};
}

result<void> start_from_savepoint(const checkpoint_request& request, const option_map& options,
                                  job_state& state) {
  if (request.from_savepoint.empty()) return {};
  MILLRACE_TRY(const std::string path, savepoint_of(request.from_savepoint, state.name, options));
  MILLRACE_TRY(auto opened,
               state::open_snapshot(path, coordination::verification::contents, options));
  std::shared_ptr<const coordination::snapshot_reader> files(std::move(opened.files));
  state.restore =
      std::make_shared<const restore_plan>(std::move(opened.manifest), std::move(files));
  MILLRACE_TRY(const bool claimed, claims(options));
  // Without checkpoints of its own the job needs the savepoint for ever.
  return claimed && state.store ? claim(path, state) : result<void>();
}

result<void> check_takeover(const checkpoint_request& request, const plan::physical_plan& plan,
                            const job_state& state) {
  if (!state.restore) return {};
  const option_reader read(plan.options);
  MILLRACE_TRY(const bool old_name,
               read.boolean("execution.savepoint.ignore-unclaimed-state", false));
  MILLRACE_TRY(const bool ignored,
               read.boolean("execution.state-recovery.ignore-unclaimed-state", old_name));
  return coordination::check_takeover(plan, state.restore->manifest(),
                                      ignored || request.allow_dropped_state);
}

result<void> find_restore(const checkpoint_request& request, const option_map& options,
                          job_state& state) {
  MILLRACE_TRY(auto found, state.store->latest());
  if (!found) return start_from_savepoint(request, options, state);
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
  state.output = output_of(found->manifest);
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
                                 const plan::physical_plan& plan) {
  job_state state;
  state.name = "job-" + std::to_string(ordinal);
  if (request.directory.empty()) {
    MILLRACE_CHECK(start_from_savepoint(request, plan.options, state));
    MILLRACE_CHECK(check_takeover(request, plan, state));
    return state;
  }
  state::store_options where;
  where.directory = request.directory;
  where.job = state.name;
  MILLRACE_TRY(where.retained, retained(plan.options));
  where.take_over = request.resume;
  where.storage = plan.options;
  MILLRACE_TRY(auto store, state::open_checkpoint_store(where));
  state.store = std::move(store);
  MILLRACE_TRY(const auto folder, state::open_folder(request.directory, plan.options));
  MILLRACE_TRY(state.job_id, job_id_in(*folder, state.name));
  MILLRACE_CHECK(find_restore(request, plan.options, state));
  MILLRACE_CHECK(check_takeover(request, plan, state));
  if (!prints(plan) || (state.restore && request.from_savepoint.empty())) return state;
  MILLRACE_TRY(state.output, output_at_start(*folder, state.name, request.resume));
  return state;
}

void drop_claimed(const std::string& savepoint) {
  if (!savepoint.empty()) state::remove_all(savepoint);
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
