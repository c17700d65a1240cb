#include "core/expr/string/simple_regex.hpp"

#include <gtest/gtest.h>
#include <re2/re2.h>

#include <random>

namespace millrace::expr {
namespace {

// Match and groups as text, `-` for a group without a part in it.
std::string by_simple(const simple_regex& regex, std::string_view text) {
  std::vector<std::string_view> groups(regex.group_count() + 1);
  if (regex.find(text, groups) != simple_regex::outcome::found) return "none";
  std::string out;
  for (const auto g : groups) out += g.data() == nullptr ? "- " : "[" + std::string(g) + "] ";
  return out;
}

std::string by_re2(const re2::RE2& regex, const std::string& text) {
  std::vector<re2::StringPiece> groups(static_cast<std::size_t>(regex.NumberOfCapturingGroups()) +
                                       1);
  if (!regex.Match(text, 0, text.size(), re2::RE2::UNANCHORED, groups.data(),
                   static_cast<int>(groups.size())))
    return "none";
  std::string out;
  for (const auto& g : groups) out += g.data() == nullptr ? "- " : "[" + g.ToString() + "] ";
  return out;
}

TEST(simple_regex, finds_the_channel_of_a_url) {
  const auto regex = simple_regex::make("(&|^)channel_id=([^&]*)");
  ASSERT_TRUE(regex.has_value());
  EXPECT_EQ(by_simple(*regex, "query=1&channel_id=apple&x=2"), "[&channel_id=apple] [&] [apple] ");
  EXPECT_EQ(by_simple(*regex, "channel_id=7"), "[channel_id=7] [] [7] ");
  EXPECT_EQ(by_simple(*regex, "xchannel_id=7"), "none");
  EXPECT_EQ(by_simple(*regex, "xchannel_id=7&channel_id="), "[&channel_id=] [&] [] ");
}

TEST(simple_regex, leaves_the_rest_to_re2) {
  for (const auto* pattern :
       {"(ab)*", "a{2}", "a*?", "(?i)a", "\\bword", "[[:alpha:]]", "a\\1", ""})
    EXPECT_FALSE(simple_regex::make(pattern).has_value()) << pattern;
}

std::string random_pattern(std::mt19937& random, int depth) {
  static const char* const atoms[] = {"a", "b",  "ab", ".",  "[ab]",  "[^a]", "^",  "$",
                                      "é", "a*", "b+", ".*", "[^b]*", "a?",   "\\."};
  std::string out;
  const auto parts = 1 + random() % 4;
  for (unsigned i = 0; i < parts; ++i) {
    const auto kind = random() % 10;
    if (kind < 7 || depth > 2)
      out += atoms[random() % std::size(atoms)];
    else if (kind < 9)
      out += "(" + random_pattern(random, depth + 1) + ")";
    else
      out +=
          "(" + random_pattern(random, depth + 1) + "|" + random_pattern(random, depth + 1) + ")";
  }
  return out;
}

TEST(simple_regex, agrees_with_re2) {
  std::mt19937 random(7);
  static const char* const pieces[] = {"a", "b", "ab", "é", ".", "c"};
  int compared = 0;
  for (int i = 0; i < 4000; ++i) {
    const auto pattern = random_pattern(random, 0);
    const auto simple = simple_regex::make(pattern);
    if (!simple) continue;
    const re2::RE2 general(pattern, re2::RE2::Quiet);
    ASSERT_TRUE(general.ok()) << pattern;
    for (int k = 0; k < 6; ++k) {
      std::string text;
      for (auto n = random() % 9; n > 0; --n) text += pieces[random() % std::size(pieces)];
      EXPECT_EQ(by_simple(*simple, text), by_re2(general, text)) << pattern << " on " << text;
      ++compared;
    }
  }
  EXPECT_GT(compared, 10'000);
}

}  // namespace
}  // namespace millrace::expr
