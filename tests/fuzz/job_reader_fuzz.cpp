// A job as its coordinators keep it, two ways by the first byte: odd, the input itself is the
// entry; even, edits of ten bytes to a valid one: the word, in two bytes, and its value. What the
// reader lets through must be fit to be kept.

#include "core/codec/control/job_codec.hpp"
#include "tests/support/control/control_samples.hpp"

#include <cstdlib>
#include <cstring>

namespace {

using namespace millrace;

std::string edited(std::string_view edits) {
  static const std::string valid = codec::encode_job(tests::full_job_entry());
  std::string out = valid;
  for (; edits.size() >= 10; edits.remove_prefix(10)) {
    std::uint16_t word = 0;
    std::memcpy(&word, edits.data(), sizeof word);
    std::memcpy(out.data() + word % (out.size() / 8) * 8, edits.data() + 2, 8);
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view input(reinterpret_cast<const char*>(bytes) + 1, size - 1);
  const auto entry = codec::decode_job(bytes[0] % 2 != 0 ? std::string(input) : edited(input));
  if (entry && !codec::decode_job(codec::encode_job(*entry)).ok()) std::abort();
  return 0;
}
