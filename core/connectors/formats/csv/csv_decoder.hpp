#pragma once

#include "core/connectors/formats/format.hpp"

namespace millrace::connectors::formats::csv {

/// Errors: 2004 for a column type that no CSV field stands for, 2032.
[[nodiscard]] result<std::unique_ptr<record_decoder>> make_csv_decoder(
    const decode_request& request);

}  // namespace millrace::connectors::formats::csv
