#include "state/checkpoint/job_pointer.hpp"

#include "state/checkpoint/checksum.hpp"

#include <fmt/format.h>

#include <charconv>

namespace millrace::state {

namespace {

constexpr std::string_view first_line = "millrace pointer 1\n";

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

bool take_owner(std::string_view line, job_pointer& to) {
  if (!take_number(line, "reserved ", to.reserved.value) || line.size() < 2) return false;
  to.owner = line.substr(1);
  return line.front() == ' ';
}

}  // namespace

std::string to_text(const job_pointer& pointer) {
  std::string out(first_line);
  out += fmt::format("epoch {}\n", pointer.leader_epoch);
  if (!pointer.owner.empty()) {
    out += fmt::format("reserved {} {}\n", pointer.reserved.value, pointer.owner);
  }
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
    } else if (line.starts_with("reserved ") && out.owner.empty() && out.complete.empty()) {
      if (!take_owner(line, out)) return corrupt();
    } else if (!take_entry(line, out.complete.emplace_back())) {
      return corrupt();
    }
  }
  return out;
}

}  // namespace millrace::state
