#include "cli/manifest_json.hpp"
#include "cli/state_view.hpp"
#include "state/checkpoint/checkpoint_store.hpp"
#include "state/checkpoint/entry_json.hpp"
#include "state/checkpoint/folder_layout.hpp"
#include "state/storage/open_folder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <map>
#include <set>
#include <vector>

namespace millrace::cli {

using coordination::checkpoint_manifest;
using coordination::operator_state;
using coordination::verification;

namespace {

void print(const std::string& text) { std::fwrite(text.data(), 1, text.size(), stdout); }

std::string time_text(timestamp_ms at) {
  const std::time_t seconds = at / 1000;
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &parts);
  return text;
}

std::string kind_of(const checkpoint_manifest& m) {
  return m.savepoint ? "savepoint" : "checkpoint";
}

std::string line_of(const std::string& name, const checkpoint_manifest& m) {
  std::set<std::string> operators;
  for (const auto& o : m.operators) operators.insert(o.operator_id);
  return fmt::format("{}  {} {}  {} UTC  {} operators  {} bytes\n", name, kind_of(m), m.id.value,
                     time_text(m.triggered_at), operators.size(), state_bytes(m));
}

// Folders in `path` that hold something, by name; checkpoints newest first.
result<std::vector<std::string>> folders_of(const std::string& path, const option_map& storage) {
  MILLRACE_TRY(const auto folder, state::open_folder(path, storage));
  MILLRACE_TRY(auto names, folder->folders());
  std::sort(names.begin(), names.end(), [](const std::string& a, const std::string& b) {
    const auto left = state::id_of_folder(a);
    const auto right = state::id_of_folder(b);
    return left && right ? *left > *right : a < b;
  });
  return names;
}

// All instances of one operator.
using operator_group = std::vector<const operator_state*>;
std::map<std::string, operator_group> by_operator(const checkpoint_manifest& m) {
  std::map<std::string, operator_group> groups;
  for (const auto& o : m.operators) groups[o.operator_id].push_back(&o);
  return groups;
}

std::string types_text(const std::vector<data::data_type>& types) {
  std::string out;
  for (const auto& t : types) out += (out.empty() ? "" : ", ") + data::to_text(t);
  return out;
}

std::string table_text(const tables::table_spec& t) {
  std::string out = fmt::format("    table {} ({})", t.name, state::name_of(t.kind));
  if (!t.key_types.empty()) out += fmt::format("  key ({})", types_text(t.key_types));
  if (!t.sub_key_types.empty()) out += fmt::format("  sub-key ({})", types_text(t.sub_key_types));
  if (!t.value_types.empty()) out += fmt::format("  value ({})", types_text(t.value_types));
  if (t.ttl_ms > 0) out += fmt::format("  ttl {} ms", t.ttl_ms);
  return out + "\n";
}

std::string instance_text(const operator_state& o) {
  std::string out = fmt::format("    subtask {}/{}  key groups {}-{}", o.subtask, o.parallelism,
                                o.range.first, o.range.first + std::max(o.range.count, 1U) - 1);
  if (o.finished) out += "  finished";
  if (o.in_flight) out += "  rows in flight";
  out += '\n';
  for (const auto& f : o.files) {
    out += fmt::format("      {} {}  {} entries  {} bytes\n", name_of(f.kind), f.name, f.entries,
                       f.bytes);
  }
  return out;
}

std::string text_of(const checkpoint_manifest& m) {
  std::string out =
      fmt::format("{} {} of job {}  {} UTC  max parallelism {}  {} bytes\n", kind_of(m), m.id.value,
                  m.job, time_text(m.triggered_at), m.max_parallelism, state_bytes(m));
  if (!m.script.empty()) out += fmt::format("script {}\n", m.script);
  for (const auto& [id, instances] : by_operator(m)) {
    out += fmt::format("  operator {}  {}\n", id, instances.front()->description);
    for (const auto& t : instances.front()->tables) out += table_text(t);
    for (const auto* o : instances) out += instance_text(*o);
  }
  for (const auto& r : m.readers) {
    out += fmt::format("  reader {}/{}  {} splits\n", r.operator_id, r.subtask, r.splits.size());
    for (const auto& s : r.splits) out += fmt::format("    {}\n", s.id);
  }
  for (const auto& e : m.enumerators) {
    out += fmt::format("  enumerator {}  {} splits seen, {} waiting\n", e.operator_id,
                       e.seen.size(), e.waiting.size());
  }
  for (const auto& s : m.sinks) {
    out += fmt::format("  sink {}/{}  {} committables\n", s.operator_id, s.subtask,
                       s.committables.size());
  }
  return out;
}

}  // namespace

result<void> list_state(const std::string& path, const option_map& storage) {
  MILLRACE_TRY(const auto names, folders_of(path, storage));
  std::string text;
  for (const std::string& name : names) {
    const auto opened = state::open_snapshot(path + "/" + name, verification::presence, storage);
    if (opened) {
      text += line_of(name, opened->manifest);
    } else if (opened.error().code != state_not_found) {
      text += fmt::format("{}  damaged: {}\n", name, opened.error().message);
    }
  }
  if (text.empty()) {
    MILLRACE_TRY(const auto opened, state::open_snapshot(path, verification::presence, storage));
    text = line_of(std::filesystem::path(path).filename().string(), opened.manifest);
  }
  print(text);
  return {};
}

result<void> show_state(const std::string& path, const option_map& storage, bool json) {
  MILLRACE_TRY(const auto opened, state::open_snapshot(path, verification::presence, storage));
  print(json ? to_json(opened.manifest) : text_of(opened.manifest));
  return {};
}

}  // namespace millrace::cli
