#pragma once

#include "core/tables/row_codec.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace millrace::tables {

/// One ORDER BY item. Flink's default: NULLs are smallest (first when ascending, last when
/// descending).
struct order_field {
  std::uint32_t column = 0;  ///< of the batch
  bool ascending = true;
  bool nulls_first = true;
};

/// Encodes sort keys so that memcmp orders them as ORDER BY does. Immutable.
///
/// Per column: one byte for NULL or not; numbers big endian with the sign bit flipped, floats in
/// total order (-0 before 0, NaN last); strings with 0x00 escaped and a terminator; DESC inverts
/// the bytes of the value. Rows and arrays element by element; maps by their `row_codec` bytes.
class order_encoder {
 public:
  /// `types[i]` is the type of `fields[i]`'s column.
  order_encoder(std::vector<order_field> fields, std::vector<data::data_type> types);

  /// Appends the sort keys of the rows at `stored_rows`.
  void encode(const data::record_batch& batch, std::span<const std::uint32_t> stored_rows,
              encoded_rows& out) const;
  /// The same for loose columns, one per field (`order_field::column` is not used).
  void encode_columns(std::span<const data::column_ptr> columns,
                      std::span<const std::uint32_t> stored_rows, encoded_rows& out) const;

  /// Bytes of the encoding of a time or any BIGINT: 8, for bounds made by hand.
  static constexpr std::uint32_t bigint_size = 8;
  /// The value part (no NULL byte) of an ascending BIGINT.
  static void put_bigint(std::int64_t value, char* to);
  [[nodiscard]] static std::int64_t get_bigint(const char* from);

 private:
  [[nodiscard]] bool encode_one_bigint(std::span<const data::column_ptr> columns,
                                       std::span<const std::uint32_t> stored_rows,
                                       encoded_rows& out) const;

  std::vector<order_field> fields_;
  std::vector<data::data_type> types_;
};

/// The encoding of one not-NULL ascending BIGINT or timestamp as `order_encoder` writes it:
/// for range bounds.
[[nodiscard]] std::string order_key_of(std::int64_t value);

}  // namespace millrace::tables
