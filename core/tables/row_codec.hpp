#pragma once

#include "core/data/column_builder.hpp"
#include "core/data/record_batch.hpp"

#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

namespace millrace::tables {

/// Encoded rows one behind the other. Keeps its memory when cleared.
class encoded_rows {
 public:
  [[nodiscard]] std::uint32_t count() const {
    return static_cast<std::uint32_t>(offsets_.size()) - 1;
  }
  [[nodiscard]] std::string_view operator[](std::size_t i) const {
    return {bytes_.data() + offsets_[i], offsets_[i + 1] - offsets_[i]};
  }
  void clear() { offsets_.resize(1); }

 private:
  friend class row_codec;
  friend class order_encoder;
  /// Room for rows whose sizes stand in `sizes`, appended; gives the index of the first.
  std::uint32_t make_room(std::span<const std::uint32_t> sizes);
  /// The same for `count` rows of one size.
  std::uint32_t make_room(std::uint32_t count, std::size_t size);
  [[nodiscard]] char* at(std::size_t i) { return bytes_.data() + offsets_[i]; }

  std::vector<std::size_t> offsets_ = {0};
  std::vector<char> bytes_;
};

/// Rows as compact bytes, the form in which list, map and sorted tables keep them. Immutable after
/// construction, so shared between threads.
///
/// A row is: NULL bits (one byte per 8 columns, 1 = NULL), then per column its fixed-width value
/// or, for strings and nested types, the u32 end of its bytes counted from the row's variable part;
/// then the variable part. Little endian, unaligned. The encoding is canonical: rows are equal
/// (NULL = NULL, floats by bits) exactly when their bytes are. Nested values: ARRAY and MULTISET
/// u32 count and an inner row per element, MAP the same with two columns, ROW an inner row; every
/// inner row is preceded by its u32 size.
class row_codec {
 public:
  explicit row_codec(std::vector<data::data_type> types);

  [[nodiscard]] const std::vector<data::data_type>& types() const { return types_; }

  /// Appends the rows at `stored_rows` of `columns[i]` of the batch, column by column. Any encoding
  /// of columns.
  void encode(const data::record_batch& batch, std::span<const std::uint32_t> columns,
              std::span<const std::uint32_t> stored_rows, encoded_rows& out) const;
  /// The same with all columns of the batch, in their order.
  void encode(const data::record_batch& batch, std::span<const std::uint32_t> stored_rows,
              encoded_rows& out) const;
  void encode_columns(std::span<const data::column_ptr> columns,
                      std::span<const std::uint32_t> stored_rows, encoded_rows& out) const;

  /// Appends column `column` of every row to a builder of its type. A row with `data() == nullptr`
  /// counts as all NULL (the padded side of an outer join).
  void decode_column(std::span<const std::string_view> rows, std::uint32_t column,
                     data::column_builder& out) const;
  /// Appends all columns to the builder's columns from `first_column` on. Does not end the rows.
  void decode(std::span<const std::string_view> rows, data::batch_builder& out,
              std::uint32_t first_column = 0) const;

  // Single cells, without decoding the row.
  [[nodiscard]] bool is_null(std::string_view row, std::uint32_t column) const {
    return (static_cast<std::uint8_t>(row[column >> 3]) >> (column & 7)) & 1;
  }
  template <class T>
  [[nodiscard]] T value(std::string_view row, std::uint32_t column) const {
    T v;
    std::memcpy(&v, row.data() + offsets_[column], sizeof v);
    return v;
  }
  /// Bytes of a string (or of an encoded nested value).
  [[nodiscard]] std::string_view text(std::string_view row, std::uint32_t column) const {
    const std::uint32_t begin = before_[column] == none ? 0 : load_u32(row, before_[column]);
    const std::uint32_t end = load_u32(row, offsets_[column]);
    return row.substr(fixed_size_ + begin, end - begin);
  }

  /// Checks that bytes from outside are a row of these types (offsets, counts, nesting).
  [[nodiscard]] bool valid(std::string_view row) const;

 private:
  static constexpr std::uint32_t none = UINT32_MAX;
  [[nodiscard]] static std::uint32_t load_u32(std::string_view row, std::uint32_t at) {
    std::uint32_t v;
    std::memcpy(&v, row.data() + at, sizeof v);
    return v;
  }
  [[nodiscard]] bool missing(std::string_view row, std::uint32_t column) const {
    return row.data() == nullptr || is_null(row, column);
  }

  using row_span = std::span<const std::uint32_t>;
  using view_span = std::span<const std::string_view>;
  static void add_text_sizes(const data::column& source, row_span rows,
                             std::span<std::uint32_t> sizes);
  static void mark_nulls(std::size_t column, const data::column& source, row_span rows,
                         std::uint32_t first, encoded_rows& out);
  [[nodiscard]] bool encode_alike(std::span<const data::column_ptr> columns, row_span rows,
                                  encoded_rows& out) const;
  void encode_nested(std::size_t column, const data::column_ptr& source, row_span rows,
                     encoded_rows& out) const;
  void put_fixed(std::size_t column, const data::column& source, row_span rows, std::uint32_t first,
                 encoded_rows& out) const;
  void put_text(std::size_t column, const data::column& source, row_span rows, std::uint32_t first,
                std::span<std::uint32_t> ends, encoded_rows& out) const;
  void put_nested(std::size_t column, const encoded_rows& values, std::uint32_t first,
                  std::span<std::uint32_t> ends, encoded_rows& out) const;
  template <std::size_t Width>
  void decode_fixed(view_span rows, std::uint32_t column, data::column_builder& out) const;
  void decode_text(view_span rows, std::uint32_t column, data::column_builder& out) const;
  void decode_row(view_span rows, std::uint32_t column, data::column_builder& out) const;
  void decode_collection(view_span rows, std::uint32_t column, data::column_builder& out) const;
  [[nodiscard]] bool valid_nested(std::string_view value, std::size_t column) const;

  std::vector<data::data_type> types_;
  std::vector<std::uint32_t> offsets_;  // of each column's fixed part
  std::vector<std::uint32_t> before_;   // offset of the variable column before it, or none
  std::uint32_t fixed_size_ = 0;
  std::vector<row_codec> inner_;         // of nested columns' elements
  std::vector<std::uint32_t> inner_of_;  // index into inner_, or none
};

}  // namespace millrace::tables
