#pragma once

#include "core/connectors/formats/format.hpp"
#include "core/connectors/formats/json/json_options.hpp"

#include <memory>

namespace millrace::connectors::formats::json {

/// Writes an object a line. Error 4003 for a NULL key of a MAP under `map-null-key.mode` = FAIL.
[[nodiscard]] result<std::unique_ptr<record_encoder>> make_json_encoder(
    const encode_request& request);

/// Writes `{"before":..,"after":..,"op":..}` a line: +I and +U are `c`, -U and -D are `d`, as
/// Flink's encoder has it.
[[nodiscard]] result<std::unique_ptr<record_encoder>> make_debezium_encoder(
    const encode_request& request);

}  // namespace millrace::connectors::formats::json
