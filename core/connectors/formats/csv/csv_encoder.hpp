#pragma once

#include "core/connectors/formats/format.hpp"

namespace millrace::connectors::formats::csv {

/// Writes a row a line; text is quoted where it holds a delimiter, a quote or a line end. NULL is
/// the null literal, or nothing. Errors: 2004 for a column that has no CSV form, 2032.
[[nodiscard]] result<std::unique_ptr<record_encoder>> make_csv_encoder(
    const encode_request& request);

}  // namespace millrace::connectors::formats::csv
