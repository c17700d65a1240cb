#pragma once

#include "core/data/change_kind.hpp"
#include "core/data/record_batch.hpp"

#include <string>

namespace millrace::connectors::print {

/// Appends a value as Java's toString of Flink's external type gives it: `null`, `true`,
/// `2024-01-01T10:00`, `[1, 2]`, `{a=1}`, `+I[1, a]` for a ROW, bytes as `[104, 105]`.
void append_java_text(std::string& out, const data::column& c, std::uint32_t row);

/// Appends `+I[a, b]` of a stored row.
void append_row(std::string& out, const data::record_batch& batch, std::uint32_t row);

}  // namespace millrace::connectors::print
