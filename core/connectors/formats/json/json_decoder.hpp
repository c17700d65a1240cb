#pragma once

#include "core/connectors/formats/format.hpp"
#include "core/connectors/formats/json/json_reader.hpp"

#include <memory>
#include <vector>

namespace millrace::connectors::formats::json {

/// NDJSON: a JSON object a line into columns. Lines that look like those before go through
/// `line_template`, all others through `json_reader`.
[[nodiscard]] std::unique_ptr<record_decoder> make_line_decoder(std::vector<json_field> fields,
                                                                const json_options& options,
                                                                std::int64_t longest_record);

}  // namespace millrace::connectors::formats::json
