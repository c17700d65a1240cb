#include "core/coordination/in_flight.hpp"

#include "core/codec/element_codec.hpp"

#include <algorithm>
#include <cstring>
#include <span>
#include <utility>

namespace millrace::coordination {

namespace {

using runtime::channel_state;
using tables::delta_entry;

constexpr std::size_t key_size = 12;

void put_big_endian(std::string& to, std::uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8) to.push_back(static_cast<char>(value >> shift));
}

std::uint32_t big_endian(std::string_view from) {
  std::uint32_t value = 0;
  for (int i = 0; i < 4; ++i) value = value << 8 | static_cast<std::uint8_t>(from[i]);
  return value;
}

void put_little_endian(std::string& to, std::size_t value) {
  for (int shift = 0; shift < 32; shift += 8) to.push_back(static_cast<char>(value >> shift));
}

std::uint32_t little_endian(const std::byte* from) {
  std::uint32_t value = 0;
  for (int i = 3; i >= 0; --i) value = value << 8 | static_cast<std::uint8_t>(from[i]);
  return value;
}

// Cap'n Proto's framing of a message: the segments behind a table of their sizes in words.
std::string framed(const codec::encoded_element& message) {
  const auto segments = message.segments();
  std::string out;
  out.reserve(message.byte_size() + 8 * segments.size() + 8);
  put_little_endian(out, segments.size() - 1);
  for (const auto& s : segments) put_little_endian(out, s.size() / 8);
  if (segments.size() % 2 == 0) put_little_endian(out, 0);
  for (const auto& s : segments) out.append(reinterpret_cast<const char*>(s.data()), s.size());
  return out;
}

error damaged(const char* what) {
  return make_error(errc::state_corrupt, std::string("rows in flight are damaged: ") + what,
                    "restore from an older checkpoint");
}

result<std::vector<std::span<const std::byte>>> segments_of(std::span<const std::byte> message) {
  if (message.size() < 8) return damaged("an element is cut short");
  const std::size_t count = std::size_t{little_endian(message.data())} + 1;
  const std::size_t table = (count + 2) / 2 * 8;
  if (count > message.size() / 4 || table > message.size()) return damaged("too many segments");
  std::vector<std::span<const std::byte>> all;
  std::size_t at = table;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t size = std::size_t{little_endian(message.data() + 4 * (i + 1))} * 8;
    if (size > message.size() - at) return damaged("a segment is cut short");
    all.push_back(message.subspan(at, size));
    at += size;
  }
  return all;
}

/// Gives one element per block.
class channel_reader final : public tables::delta_reader {
 public:
  explicit channel_reader(std::vector<channel_state> channels) : channels_(std::move(channels)) {
    const auto place = [](const channel_state& c) { return std::pair(c.input.value, c.writer); };
    std::sort(channels_.begin(), channels_.end(),
              [&](const auto& a, const auto& b) { return place(a) < place(b); });
  }

  [[nodiscard]] result<std::span<const delta_entry>> next() override {
    while (channel_ < channels_.size() && element_ == channels_[channel_].elements.size()) {
      ++channel_;
      element_ = 0;
    }
    if (channel_ == channels_.size()) return std::span<const delta_entry>();
    const channel_state& from = channels_[channel_];
    MILLRACE_TRY(const auto message, codec::encode({}, from.elements[element_]));
    value_ = framed(*message);
    key_.clear();
    put_big_endian(key_, from.input.value);
    put_big_endian(key_, from.writer);
    put_big_endian(key_, element_++);
    entry_ = {key_, value_, false};
    return std::span<const delta_entry>(&entry_, 1);
  }

 private:
  std::vector<channel_state> channels_;
  std::size_t channel_ = 0;
  std::uint32_t element_ = 0;
  std::string key_;
  std::string value_;
  delta_entry entry_;
};

result<data::element> read_element(std::string_view value, const data::schema& expected) {
  // Words, so that columns are aligned as they are in memory.
  auto words = std::make_shared<std::vector<std::uint64_t>>((value.size() + 7) / 8);
  if (!value.empty()) std::memcpy(words->data(), value.data(), value.size());
  const std::span message(reinterpret_cast<const std::byte*>(words->data()), value.size());
  MILLRACE_TRY(const auto segments, segments_of(message));
  auto decoded = codec::decode(segments, words, expected);
  if (decoded.ok()) return std::move(decoded->element);
  return make_error(errc::state_type_changed,
                    "rows in flight do not fit the query: " + decoded.error().message,
                    "take a savepoint with the old query first: nothing is in flight there");
}

}  // namespace

std::string in_flight_id(const std::string& id) { return id + "/in-flight"; }

std::unique_ptr<tables::delta_reader> read_channels(std::vector<channel_state> channels) {
  return std::make_unique<channel_reader>(std::move(channels));
}

result<std::vector<channel_state>> load_channels(tables::delta_reader& from,
                                                 const std::vector<data::schema>& inputs) {
  std::vector<channel_state> all;
  for (;;) {
    MILLRACE_TRY(const auto block, from.next());
    if (block.empty()) return all;
    for (const delta_entry& e : block) {
      if (e.key.size() != key_size) return damaged("a key of another size");
      const input_id input(big_endian(e.key));
      const std::uint32_t writer = big_endian(e.key.substr(4));
      if (input.value >= inputs.size()) return damaged("an input that the operator has not");
      if (all.empty() || all.back().input != input || all.back().writer != writer) {
        all.push_back({input, writer, {}});
      }
      MILLRACE_TRY(auto element, read_element(e.value, inputs[input.value]));
      all.back().elements.push_back(std::move(element));
    }
  }
}

}  // namespace millrace::coordination
