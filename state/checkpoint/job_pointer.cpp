#include "state/checkpoint/job_pointer.hpp"

#include "core/base/fail_point.hpp"
#include "state/checkpoint/checksum.hpp"
#include "state/checkpoint/file_io.hpp"

#include <fmt/format.h>

#include <charconv>
#include <filesystem>

namespace millrace::state {

namespace {

constexpr std::string_view first_line = "millrace pointer 1\n";
constexpr std::uint64_t size_limit = 1U << 20;

error corrupt() {
  return make_error(errc::state_corrupt, "the job's pointer is damaged",
                    "the newest manifest that holds is used");
}

// `word number` of a line, which loses them.
bool take_number(std::string_view& line, std::string_view word, std::uint64_t& to) {
  if (!line.starts_with(word)) return false;
  line.remove_prefix(word.size());
  const auto [end, failure] = std::from_chars(line.data(), line.data() + line.size(), to);
  if (failure != std::errc()) return false;
  line.remove_prefix(static_cast<std::size_t>(end - line.data()));
  return true;
}

std::string check_line(std::string_view body) {
  return fmt::format("check {:016x}\n", checksum_of(body));
}

bool take_entry(std::string_view line, pointer_entry& to) {
  if (!take_number(line, "checkpoint ", to.id.value) || line.size() != 33) return false;
  to.manifest_hash = line.substr(1);
  return line.front() == ' ';
}

}  // namespace

std::string to_text(const job_pointer& pointer) {
  std::string out(first_line);
  out += fmt::format("epoch {}\n", pointer.leader_epoch);
  for (const auto& e : pointer.complete) {
    out += fmt::format("checkpoint {} {}\n", e.id.value, e.manifest_hash);
  }
  return out + check_line(out);
}

result<job_pointer> parse_pointer(std::string_view text) {
  const auto check = text.rfind("check ");
  // "checkpoint" does not end in a blank behind "check".
  if (check == text.npos || text.substr(check) != check_line(text.substr(0, check))) {
    return corrupt();
  }
  text = text.substr(0, check);
  if (!text.starts_with(first_line)) return corrupt();
  text.remove_prefix(first_line.size());
  job_pointer out;
  bool epoch_seen = false;
  while (!text.empty()) {
    const auto end = text.find('\n');
    if (end == text.npos) return corrupt();
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 1);
    if (!epoch_seen) {
      epoch_seen = take_number(line, "epoch ", out.leader_epoch) && line.empty();
      if (!epoch_seen) return corrupt();
    } else if (!take_entry(line, out.complete.emplace_back())) {
      return corrupt();
    }
  }
  return out;
}

result<std::optional<job_pointer>> load_pointer(const std::string& path) {
  if (!exists(path)) return std::optional<job_pointer>();
  MILLRACE_TRY(const std::string text, read_file(path, size_limit));
  MILLRACE_TRY(auto pointer, parse_pointer(text));
  return std::optional<job_pointer>(std::move(pointer));
}

result<void> swap_pointer(const std::string& path, const std::optional<job_pointer>& expected,
                          const job_pointer& next) {
  auto now = load_pointer(path);
  // A damaged pointer was seen as none by whoever opened the job: it may be written over.
  const bool same = now ? *now == expected : now.error().code == errc::state_corrupt && !expected;
  if (!same) {
    return make_error(state_locked,
                      fmt::format("another process has completed a checkpoint: '{}' changed", path),
                      "only one run of a job may use its checkpoint folder");
  }
  MILLRACE_CHECK(replace_file(path, to_text(next)));
  auto synced = pass_step(protocol_step::sync);
  if (synced.ok()) synced = sync_directory(std::filesystem::path(path).parent_path().string());
  if (synced.ok()) return {};
  // The new pointer stands, for now: which one a restart finds is not known.
  auto uncertain = synced.take_error();
  uncertain.code = state_sync_failed;
  uncertain.hint = "start the job again from its last complete checkpoint";
  return uncertain;
}

}  // namespace millrace::state
