#include "core/connectors/nexmark/text_tables.hpp"

#include <fmt/format.h>

#include <cmath>
#include <cstring>

namespace millrace::connectors::nexmark {
namespace {

enum lane : std::uint64_t { letter_lane = 100, word_lane, url_lane };

std::string random_letters(std::uint64_t seed, std::size_t size) {
  std::string out(size, ' ');
  for (std::size_t i = 0; i < size; ++i)
    out[i] = static_cast<char>('a' + low_dice(random_word(seed, i, letter_lane)).roll(26));
  return out;
}

std::string random_words(std::uint64_t seed, std::size_t size, char special) {
  std::string out(size, special);
  for (std::size_t i = 0; i < size; ++i) {
    auto d = low_dice(random_word(seed, i, word_lane));
    if (d.roll(13) != 0) out[i] = static_cast<char>('a' + d.roll(26));
  }
  return out;
}

// `https://www.nexmark.com/` + three short names + `item.htm?query=1`.
std::string base_url(std::uint64_t seed, std::uint64_t number) {
  std::string out = "https://www.nexmark.com/";
  for (std::uint64_t part = 0; part < 3; ++part) {
    const std::uint64_t word = random_word(seed, number * 3 + part, url_lane);
    out += random_words(word, 3 + low_dice(word).roll(2), '_') + '/';
  }
  return out + "item.htm?query=1";
}

// Bits in reverse as a signed 32-bit number, its sign dropped: what the benchmark's addresses show.
std::uint32_t channel_number(std::uint32_t i) {
  std::uint32_t reversed = 0;
  for (int bit = 0; bit < 32; ++bit) reversed |= ((i >> bit) & 1u) << (31 - bit);
  return (reversed >> 31) != 0 ? 0u - reversed : reversed;
}

channel_entry make_entry(std::string_view channel, std::string_view url) {
  channel_entry out{};
  std::memcpy(out.channel, channel.data(), channel.size());
  std::memcpy(out.url, url.data(), url.size());
  out.channel_size = static_cast<std::uint8_t>(channel.size());
  out.url_size = static_cast<std::uint8_t>(url.size());
  return out;
}

}  // namespace

text_tables::text_tables(std::uint64_t seed, std::size_t longest)
    : letters_(random_letters(seed, starts + longest + slack)),
      words_(random_words(seed, starts + slack * 2, ' ')) {
  for (int i = 0; i < 10'000; ++i) digits_ += fmt::format("{:04}", i);
  for (std::size_t i = 0; i < coarse_.size(); ++i) {
    const auto part = static_cast<double>(i);
    coarse_[i] = 100.0 * std::pow(10.0, 6.0 * part / 1024.0);
    fine_[i] = std::pow(10.0, 6.0 * part / 1024.0 / 1024.0);
  }
  fill_channels(seed);
}

void text_tables::fill_channels(std::uint64_t seed) {
  channels_.reserve(channels + hot_channels);
  for (std::uint32_t i = 0; i < channels; ++i) {
    std::string url = base_url(seed, i);
    if (high_dice(random_word(seed, i, url_lane)).roll(10) != 0)
      url += fmt::format("&channel_id={}", channel_number(i));
    channels_.push_back(make_entry(fmt::format("channel-{}", i), url));
  }
  std::uint32_t next = channels;
  for (const char* name : {"Google", "Facebook", "Baidu", "Apple"})
    channels_.push_back(make_entry(name, base_url(seed, next++)));
}

}  // namespace millrace::connectors::nexmark
