#pragma once

#include "core/connectors/formats/format.hpp"

namespace millrace::connectors::formats::json {

/// `'format' = 'json'`: an object a line.
extern const format json_format;

}  // namespace millrace::connectors::formats::json
