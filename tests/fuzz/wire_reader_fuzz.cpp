// Bytes from the network, two ways by the first byte: odd, the input itself is the frames; even, it
// is a list of edits to a valid message, which reaches what lies behind the first checks. Whatever
// `decode` lets through is read from end to end.

#include "core/codec/element_codec.hpp"
#include "core/data/text_table.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace {

using namespace millrace;
using segments = std::vector<std::vector<std::uint64_t>>;

const data::schema& table() {
  using data::data_type, data::type_id;
  static const data::schema s{
      {{"b", data_type(type_id::boolean)},
       {"n", data_type(type_id::bigint)},
       {"d", data_type::decimal(20, 2)},
       {"s", data_type::string()},
       {"raw", data_type::bytes()},
       {"list", data_type::array(data_type::row({{"x", data_type::string()}}))},
       {"map", data_type::map(data_type::string(), data_type(type_id::float64))}}};
  return s;
}

const segments& valid_message() {
  static const segments out = [] {
    const auto batch =
        data::parse_table(table(),
                          "+I | TRUE | 1 | 1.50 | héllo | x00ff | [(a), NULL] | {a=1}\n"
                          "-D | NULL | 2 | NULL | '' | x | [] | NULL\n"
                          "+U | FALSE | 3 | 7.00 | abc | xaa | NULL | {}\n");
    const auto message = codec::encode({}, data::live_slice(*batch, 0, 2)).value();
    segments copy;
    for (const auto s : message->segments()) {
      copy.emplace_back(s.size() / 8);
      std::memcpy(copy.back().data(), s.data(), s.size());
    }
    return copy;
  }();
  return out;
}

// Edits of ten bytes: segment, word, value.
segments edited(const std::uint8_t* bytes, std::size_t size) {
  segments out = valid_message();
  for (; size >= 10; bytes += 10, size -= 10) {
    auto& segment = out[bytes[0] % out.size()];
    if (!segment.empty()) std::memcpy(&segment[bytes[1] % segment.size()], bytes + 2, 8);
  }
  return out;
}

// A byte with the count of segments, a byte with the words of each, the words.
segments as_they_are(const std::uint8_t* bytes, std::size_t size) {
  if (size == 0) return {};
  const std::size_t count = std::min<std::size_t>(bytes[0] % 8, size - 1);
  segments out;
  const std::uint8_t* words = bytes + 1 + count;
  std::size_t left = size - 1 - count;
  for (std::size_t i = 0; i < count; ++i) {
    out.emplace_back(std::min<std::size_t>(bytes[1 + i], left / 8));
    if (!out.back().empty()) std::memcpy(out.back().data(), words, out.back().size() * 8);
    words += out.back().size() * 8;
    left -= out.back().size() * 8;
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  if (size == 0) return 0;
  auto memory = std::make_shared<segments>(bytes[0] % 2 != 0 ? as_they_are(bytes + 1, size - 1)
                                                             : edited(bytes + 1, size - 1));
  std::vector<std::span<const std::byte>> frame;
  for (const auto& s : *memory) frame.push_back(std::as_bytes(std::span(s)));
  const codec::decode_limits limits{.max_rows = 4096, .max_elements = 4096};
  const auto back = codec::decode(frame, memory, table(), limits);
  if (!back.ok()) return 0;
  if (const auto* batch = std::get_if<data::batch_ptr>(&back->element)) {
    const std::string text = data::print_table(**batch);
    if (data::print_table(*data::compacted(*batch)) != text) std::abort();
  }
  return 0;
}
