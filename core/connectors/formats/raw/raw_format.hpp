#pragma once

#include "core/connectors/formats/format.hpp"

namespace millrace::connectors::formats::raw {

/// `'format' = 'raw'`: a line is the value of the table's one column.
extern const format raw_format;

}  // namespace millrace::connectors::formats::raw
