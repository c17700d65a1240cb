#include "net/transport/channel_message.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

namespace millrace::net {
namespace {

using texts = std::vector<std::string>;

/// Segments as they are given.
class given_element final : public codec::encoded_element {
 public:
  explicit given_element(texts segments) : texts_(std::move(segments)) {
    for (const auto& t : texts_) segments_.push_back(std::as_bytes(std::span(t)));
  }

 private:
  texts texts_;
};

const channel_frame head{.attempt = 3, .channel = 4, .bytes = 5};

link_message message_of(texts segments) {
  return element_message(head, std::make_shared<given_element>(std::move(segments)));
}

texts texts_of(const link_message& message) {
  texts found;
  for (const auto& f : message.frames) {
    found.emplace_back(reinterpret_cast<const char*>(f.data()), f.size());
  }
  return found;
}

link_message refer_to(const texts& frames) {
  link_message message;
  for (const auto& f : frames) message.frames.push_back(std::as_bytes(std::span(f)));
  return message;
}

bool is_read(const texts& frames) { return read_channel_message(refer_to(frames)).has_value(); }

std::string long_text(char of, std::size_t more) {
  return std::string(frame_of_its_own_bytes + more, of);
}

TEST(channel_message, brings_segments_of_all_sizes) {
  const texts sent{
      "", "a", "eight by", long_text('l', 0), std::string(100'000, 's'), long_text('m', 7), "end"};
  link_message message = message_of(sent);
  EXPECT_EQ(message.frames.size(), 3u);
  const auto got = read_channel_message(std::move(message));
  ASSERT_TRUE(got);
  EXPECT_EQ(got->frame.attempt, 3u);
  EXPECT_EQ(got->frame.channel, 4u);
  EXPECT_EQ(got->frame.bytes, 5);
  EXPECT_EQ(texts_of(got->element), sent);
}

TEST(channel_message, refers_to_large_segments_and_to_none_else) {
  const auto large = std::make_shared<given_element>(texts{"small", long_text('l', 0)});
  const auto small = std::make_shared<given_element>(texts{"small", "too"});
  const link_message with = element_message(head, large);
  const link_message without = element_message(head, small);
  EXPECT_EQ(with.frames.back().data(), large->segments().back().data());
  EXPECT_EQ(large.use_count(), 2);
  EXPECT_EQ(small.use_count(), 1);
}

TEST(channel_message, brings_notices) {
  const channel_frame grant{.what = channel_frame::kind::grant, .attempt = 1, .bytes = 9};
  const auto got = read_channel_message(notice_message(grant));
  ASSERT_TRUE(got);
  EXPECT_EQ(got->frame.bytes, 9);
  EXPECT_TRUE(got->element.frames.empty());
}

TEST(channel_message, keeps_words_whole) {
  const link_message message = message_of({"a", "bc", "d"});
  for (const auto& f : message.frames) EXPECT_EQ(f.size() % 8, 0u);
  const auto got = read_channel_message(message);
  for (const auto& s : got->element.frames) {
    EXPECT_EQ((s.data() - message.frames.front().data()) % 8, 0);
  }
}

TEST(channel_message, is_refused_when_something_lacks) {
  const texts whole = texts_of(message_of({"some", long_text('l', 0), "text"}));
  ASSERT_TRUE(is_read(whole));
  for (std::size_t size = 0; size < whole[0].size(); ++size) {
    EXPECT_FALSE(is_read({whole[0].substr(0, size), whole[1]})) << size;
  }
  EXPECT_FALSE(is_read({}));
  EXPECT_FALSE(is_read({whole[0]}));
  EXPECT_FALSE(is_read({whole[0], whole[1].substr(1)}));
}

TEST(channel_message, is_refused_when_something_is_left) {
  const texts whole = texts_of(message_of({"some", long_text('l', 0)}));
  EXPECT_FALSE(is_read({whole[0] + "12345678", whole[1]}));
  EXPECT_FALSE(is_read({whole[0], whole[1], whole[1]}));
}

TEST(channel_message, is_refused_when_its_sizes_are_none) {
  const texts whole = texts_of(message_of({"some", "text"}));
  for (const std::uint64_t size : {~0ULL, ~7ULL, 1ULL << 32, 9ULL}) {
    texts wrong = whole;
    std::memcpy(wrong[0].data() + sizeof(channel_frame), &size, sizeof size);
    EXPECT_FALSE(is_read(wrong)) << size;
  }
}

TEST(channel_message, is_refused_when_it_says_too_many_segments) {
  for (const std::uint32_t count : {3U, std::uint32_t{most_frames} + 1, ~0U}) {
    texts wrong = texts_of(message_of({"some", "text"}));
    std::memcpy(wrong[0].data() + offsetof(channel_frame, segments), &count, sizeof count);
    EXPECT_FALSE(is_read(wrong)) << count;
  }
}

}  // namespace
}  // namespace millrace::net
