#pragma once

#include "core/base/result.hpp"
#include "core/data/types.hpp"

#include <span>
#include <string_view>

namespace millrace::expr {

// Types of results, as Flink derives them (LogicalTypeMerging, FlinkTypeSystem).

/// `DECIMAL(p, s)` cut to 38 digits: the fraction gives way down to 6 digits.
[[nodiscard]] data::data_type bounded_decimal(std::int32_t precision, std::int32_t scale);
/// The DECIMAL that holds every value of an integer or decimal type.
[[nodiscard]] data::data_type as_decimal(const data::data_type& type);
/// Result of `+ - * / %` on two DECIMALs.
[[nodiscard]] data::data_type decimal_result(std::string_view op, const data::data_type& a,
                                             const data::data_type& b);
/// The numeric type that both numbers go into.
[[nodiscard]] data::data_type common_numeric(const data::data_type& a, const data::data_type& b);

[[nodiscard]] bool any_nullable(std::span<const data::data_type> types);
/// STRING and CHAR, BYTES and BINARY.
[[nodiscard]] bool is_text(const data::data_type& type);
[[nodiscard]] bool is_bytes(const data::data_type& type);
[[nodiscard]] bool is_approximate(const data::data_type& type);
[[nodiscard]] bool is_interval(const data::data_type& type);
[[nodiscard]] bool is_timestamp(const data::data_type& type);
/// Same physical form of values: a column of one may stand for a column of the other.
[[nodiscard]] bool same_storage(const data::data_type& a, const data::data_type& b);

}  // namespace millrace::expr
