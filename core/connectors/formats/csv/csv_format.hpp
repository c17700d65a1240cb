#pragma once

#include "core/connectors/formats/format.hpp"

namespace millrace::connectors::formats::csv {

/// `'format' = 'csv'`.
extern const format csv_format;

}  // namespace millrace::connectors::formats::csv
