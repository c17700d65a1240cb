#pragma once

#include "core/connectors/formats/format.hpp"

namespace millrace::connectors::formats::debezium {

/// `'format' = 'debezium-json'`: a change a line, `{"before":..,"after":..,"op":"c|r|u|d"}`.
extern const format debezium_json_format;

}  // namespace millrace::connectors::formats::debezium
