#include "core/connectors/formats/json/json_format.hpp"
#include "tests/fuzz/format_fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  return millrace::fuzz::check_format(millrace::connectors::formats::json::json_format, {}, bytes,
                                      size);
}
