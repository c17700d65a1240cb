#include "core/connectors/formats/csv/csv_format.hpp"
#include "tests/fuzz/format_fuzz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  static const millrace::option_map options = {{"csv.ignore-parse-errors", "true"},
                                               {"csv.escape-character", "\\"},
                                               {"csv.allow-comments", "true"}};
  return millrace::fuzz::check_format(millrace::connectors::formats::csv::csv_format, options,
                                      bytes, size);
}
