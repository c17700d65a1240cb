#include "actors/cluster/refusal_log.hpp"

#include <algorithm>
#include <bit>

namespace millrace::actors {

namespace {

constexpr std::size_t longest = 300;

std::string plain(std::string_view text) {
  std::string out(text.substr(0, longest));
  std::ranges::replace_if(
      out, [](char c) { return c < ' ' || c > '~'; }, '?');
  return out;
}

}  // namespace

void refusal_log::add(std::string_view from, std::string_view why) {
  if (!std::has_single_bit(++refused_)) return;
  log_("refused a message of " + plain(from) + ", the " + std::to_string(refused_) +
       ". of all: " + plain(why));
}

}  // namespace millrace::actors
