// Control messages from the network, two ways by the first byte: odd, the input itself is the
// message; even, it is a list of edits to a valid one, which the second byte picks. What the reader
// lets through must be fit to be sent on.

#include "core/codec/control/control_codec.hpp"
#include "tests/support/control/control_samples.hpp"

#include <cstdlib>
#include <cstring>

namespace {

using namespace millrace;

const std::vector<std::string>& valid_messages() {
  static const std::vector<std::string> out = [] {
    std::vector<std::string> all;
    for (const auto& m : tests::control_samples()) all.push_back(codec::encode_control(m));
    return all;
  }();
  return out;
}

// Edits of ten bytes: the word, in two bytes, and its value.
std::string edited(const std::uint8_t* bytes, std::size_t size) {
  if (size == 0) return {};
  std::string out = valid_messages()[bytes[0] % valid_messages().size()];
  for (++bytes, --size; size >= 10; bytes += 10, size -= 10) {
    const std::size_t word = (bytes[0] + 256U * bytes[1]) % (out.size() / 8);
    std::memcpy(out.data() + word * 8, bytes + 2, 8);
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  if (size == 0) return 0;
  const std::string message = bytes[0] % 2 != 0
                                  ? std::string(reinterpret_cast<const char*>(bytes) + 1, size - 1)
                                  : edited(bytes + 1, size - 1);
  const auto back = codec::decode_control(message);
  if (back && !codec::decode_control(codec::encode_control(*back)).ok()) std::abort();
  return 0;
}
