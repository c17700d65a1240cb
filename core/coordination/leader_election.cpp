#include "core/coordination/leader_election.hpp"

#include <algorithm>

namespace millrace::coordination {

namespace {

constexpr std::size_t longest_address = 256;

std::string part_of(const std::string& address) { return address.empty() ? "-" : address; }

std::optional<std::string> read_part(std::string_view part) {
  const bool plain = std::ranges::all_of(part, [](char c) { return c > ' ' && c < '\x7f'; });
  if (part.empty() || part.size() > longest_address || !plain) return std::nullopt;
  return part == "-" ? std::string() : std::string(part);
}

}  // namespace

std::string to_text(const leader_address& address) {
  return part_of(address.control) + " " + part_of(address.rest);
}

std::optional<leader_address> parse_leader_address(std::string_view text) {
  const auto blank = text.find(' ');
  if (blank == text.npos) return std::nullopt;
  auto control = read_part(text.substr(0, blank));
  auto rest = read_part(text.substr(blank + 1));
  if (!control || !rest) return std::nullopt;
  return leader_address{std::move(*control), std::move(*rest)};
}

}  // namespace millrace::coordination
