#pragma once

#include "core/data/record_batch.hpp"
#include "core/tables/row_codec.hpp"

#include <cstdint>
#include <span>
#include <string_view>

namespace millrace::operators {

/// A batch of encoded rows in which only `columns` are decoded; the others are NULLs.
[[nodiscard]] data::batch_ptr decode_columns(const tables::row_codec& codec,
                                             std::span<const std::string_view> rows,
                                             std::span<const std::uint32_t> columns);

}  // namespace millrace::operators
