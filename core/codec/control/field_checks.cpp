#include "core/codec/control/field_checks.hpp"

#include "core/codec/control/control_codec.hpp"

#include <algorithm>

namespace millrace::codec {

namespace {

constexpr std::size_t longest_endpoint = 1024;
constexpr std::uint32_t most_slots = 1U << 15;
constexpr std::size_t job_id_digits = 16;

bool is_printable(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f'; });
}

bool is_hex_digit(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

bool leads_up(std::string_view path) {
  while (!path.empty()) {
    const auto end = std::min(path.find('/'), path.size());
    if (path.substr(0, end) == "..") return true;
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return false;
}

}  // namespace

error bad_message(std::string what) {
  return make_error(errc::net_bad_frame, "no valid control message: " + std::move(what),
                    "all processes must run the same version; else look for damage on the network");
}

error too_large(std::string_view what, std::size_t count, std::size_t limit) {
  return make_error(errc::net_frame_too_large, "a control message with " + std::to_string(count) +
                                                   " " + std::string(what) + ", limit " +
                                                   std::to_string(limit));
}

result<void> check_count(std::string_view what, std::size_t count) {
  if (count > max_control_items) return too_large(what, count, max_control_items);
  return {};
}

result<void> check_name(std::string_view name) {
  if (name.empty() || name.size() > max_control_name || !is_printable(name)) {
    return bad_message("a worker's name of " + std::to_string(name.size()) +
                       " bytes, or with bytes that are no ASCII letters");
  }
  return {};
}

result<void> check_endpoint(std::string_view endpoint) {
  if (endpoint.size() > longest_endpoint || !is_printable(endpoint)) {
    return bad_message("an endpoint of " + std::to_string(endpoint.size()) +
                       " bytes, or with bytes that are no ASCII letters");
  }
  return {};
}

result<void> check_slots(std::uint32_t slots) {
  if (slots == 0 || slots > most_slots) {
    return bad_message("a worker with " + std::to_string(slots) + " slots, of 1 to " +
                       std::to_string(most_slots));
  }
  return {};
}

result<void> check_job_id(std::string_view id) {
  if (id.size() != job_id_digits || !std::ranges::all_of(id, is_hex_digit)) {
    return bad_message("a job's id that is not 16 hexadecimal digits");
  }
  return {};
}

result<void> check_savepoint(std::string_view name) {
  if (name.starts_with('/') || name.find('\0') != name.npos || leads_up(name)) {
    return bad_message("a savepoint outside of its root");
  }
  return {};
}

errc known_code(std::uint16_t number) {
  // `info_of` gives the entry of `internal` for a number that is not listed.
  return info_of(errc{number}).code;
}

}  // namespace millrace::codec
