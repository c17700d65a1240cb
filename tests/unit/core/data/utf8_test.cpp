#include "core/data/utf8.hpp"

#include <gtest/gtest.h>

#include <string>

namespace millrace::data {
namespace {

TEST(utf8, well_formed) {
  for (const std::string_view good : {"", "plain ascii, longer than a word", "héllo", "数据流",
                                      "😀", "\xf4\x8f\xbf\xbf", "\xed\x9f\xbf", "12345678é"})
    EXPECT_TRUE(is_utf8(good)) << good;
  EXPECT_TRUE(is_utf8(std::string(3, '\0')));
}

TEST(utf8, malformed) {
  for (const std::string_view bad :
       {"\xff", "\x80", "\xc3", "\xc0\xaf", "\xc1\xbf", "\xe0\x9f\xbf", "\xed\xa0\x80",
        "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "12345678\xe6\x95", "a\xe6zz"})
    EXPECT_FALSE(is_utf8(bad));
}

TEST(utf8, finds_the_one_wrong_byte_of_a_text_of_any_length) {
  for (std::size_t size = 1; size < 150; ++size) {
    std::string text(size, 'a');
    EXPECT_TRUE(is_utf8(text));
    for (std::size_t at = 0; at < size; ++at) {
      text[at] = '\xff';
      EXPECT_FALSE(is_utf8(text)) << at << " of " << size;
      text[at] = 'a';
    }
  }
}

TEST(utf8, length_of_the_first_character) {
  EXPECT_EQ(utf8_length("ab"), 1U);
  EXPECT_EQ(utf8_length("é"), 2U);
  EXPECT_EQ(utf8_length("数据"), 3U);
  EXPECT_EQ(utf8_length("😀"), 4U);
  EXPECT_EQ(utf8_length("\xe6\x95"), 0U);
}

}  // namespace
}  // namespace millrace::data
