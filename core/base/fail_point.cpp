#include "core/base/fail_point.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <iterator>
#include <mutex>
#include <thread>

namespace millrace {

namespace fail_points {
std::atomic<bool> armed{false};
}

namespace {

constexpr std::array<std::string_view, 17> names{
    "recover", "clear",       "trigger",  "inject",       "align", "freeze",
    "write",   "acknowledge", "manifest", "rename",       "sync",  "clean-up",
    "notify",  "commit",      "publish",  "publish-sync", "settle"};
static_assert(names.size() == static_cast<std::size_t>(protocol_step::settle) + 1);

constexpr std::array<std::string_view, 3> actions{"kill", "error", "delay"};
enum class action : std::uint8_t { kill, error, delay };

constexpr std::chrono::milliseconds delay{250};

/// What was asked for.
struct fail_point {
  protocol_step at{};
  action what{};
  std::uint64_t left = 1;  // passes until it happens
};

std::mutex guard;
fail_point point;  // guarded

error bad_value(std::string_view what, std::string_view value,
                std::span<const std::string_view> all) {
  return make_error(errc::config_bad_value,
                    fmt::format("MILLRACE_FAIL_POINT names the {} '{}', allowed are {}", what,
                                value, fmt::join(all, ", ")),
                    "write step:action[:nth]");
}

// The text up to the next colon, which the text loses.
std::string_view take_word(std::string_view& text) {
  const auto end = std::min(text.find(':'), text.size());
  const auto word = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return word;
}

result<std::size_t> index_of(std::string_view what, std::string_view word,
                             std::span<const std::string_view> all) {
  const auto at = std::find(all.begin(), all.end(), word);
  if (at == all.end()) return bad_value(what, word, all);
  return static_cast<std::size_t>(at - all.begin());
}

result<std::uint64_t> count_of(std::string_view word) {
  std::uint64_t count = 0;
  const auto [end, bad] = std::from_chars(word.data(), word.data() + word.size(), count);
  if (bad == std::errc() && end == word.data() + word.size() && count > 0) return count;
  return make_error(errc::config_bad_value,
                    fmt::format("MILLRACE_FAIL_POINT counts '{}', allowed are 1 and more", word));
}

result<fail_point> parse(std::string_view text) {
  fail_point out;
  MILLRACE_TRY(const auto step, index_of("step", take_word(text), names));
  out.at = static_cast<protocol_step>(step);
  MILLRACE_TRY(const auto what, index_of("action", take_word(text), actions));
  out.what = static_cast<action>(what);
  if (text.empty()) return out;
  MILLRACE_TRY(out.left, count_of(text));
  return out;
}

// Whether it happens now.
bool due(protocol_step step, action& what) {
  const std::scoped_lock hold(guard);
  if (!fail_points::armed || step != point.at || --point.left > 0) return false;
  fail_points::armed = false;
  what = point.what;
  return true;
}

}  // namespace

std::span<const std::string_view> step_names() { return names; }

result<void> arm_fail_point(std::string_view text) {
  const std::scoped_lock hold(guard);
  fail_points::armed = false;
  if (text.empty()) return {};
  MILLRACE_TRY(point, parse(text));
  fail_points::armed = true;
  return {};
}

result<void> fail_points::pass_armed(protocol_step step) {
  action what{};
  if (!due(step, what)) return {};
  switch (what) {
    case action::kill: ::kill(::getpid(), SIGKILL); break;
    case action::delay: std::this_thread::sleep_for(delay); break;
    case action::error:
      return make_error(errc::state_io, fmt::format("the fail point '{}' was told to fail",
                                                    names[static_cast<std::size_t>(step)]));
  }
  return {};
}

}  // namespace millrace
