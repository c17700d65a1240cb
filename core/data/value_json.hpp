#pragma once

#include "core/data/column.hpp"

#include <string>
#include <string_view>

namespace millrace::data {

/// Appends row `row` of a column of any type and encoding as `--output json` prints it: numbers and
/// booleans as such (NaN and infinities as strings), DECIMAL, dates, times and intervals as strings
/// with a fraction only where there is one, TIMESTAMP_LTZ in UTC with `Z`, BYTES as `"x0aff"`, ROW
/// and ARRAY as arrays, MAP and MULTISET as `{"map":[[key,value],...]}`, NULL as `null`.
void append_value_json(std::string& out, const column& c, std::uint32_t row);

/// A JSON string with its quotes; characters beyond ASCII stay as they are.
void append_json_string(std::string& out, std::string_view text);

}  // namespace millrace::data
