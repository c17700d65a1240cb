#pragma once

#include "core/data/column_builder.hpp"
#include "core/tables/key_batch.hpp"
#include "core/tables/row_codec.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace millrace::tables {

/// How keys of some column types are encoded:
///  - `packed`: at most 8 fixed-width columns of at most 32 bytes together, one behind the other,
///    zero-padded to a multiple of 8; NULLs are zero bytes and a bit of `key_view::nulls`.
///  - `text`: one string or bytes column: its bytes, and a bit for NULL.
///  - `coded`: all else: a row of `row_codec`.
/// NULL equals NULL. Floating point keys are equal when their bits are.
struct key_layout {
  enum class form : std::uint8_t { packed, text, coded };

  explicit key_layout(std::vector<data::data_type> types);

  std::vector<data::data_type> types;
  form shape = form::packed;
  std::uint32_t width = 0;             ///< of a packed key
  std::vector<std::uint32_t> offsets;  ///< of the columns of a packed key
};

/// Encodes the key columns of batches. Not thread safe; one per operator input.
class key_encoder {
 public:
  explicit key_encoder(std::vector<data::data_type> key_types);

  /// Encodes the live rows. `hashes` has one entry per stored row (from `expr::hash_keys` or
  /// `record_batch::hashes`) and must outlive the use of `out`. A single BIGINT-wide column without
  /// NULLs and without selection is not copied.
  void encode(const data::record_batch& batch, std::span<const std::uint32_t> columns,
              const std::uint64_t* hashes, key_batch& out);
  /// The same for some stored rows only, in their order.
  void encode_rows(const data::record_batch& batch, std::span<const std::uint32_t> columns,
                   std::span<const std::uint32_t> stored_rows, const std::uint64_t* hashes,
                   key_batch& out);
  /// As `encode_rows` for loose columns of one length.
  void encode_columns(std::span<const data::column_ptr> columns,
                      std::span<const std::uint32_t> stored_rows, const std::uint64_t* hashes,
                      key_batch& out);

  [[nodiscard]] const key_layout& layout() const { return layout_; }

 private:
  [[nodiscard]] static bool encode_dense(const data::column_ptr& column, std::uint32_t rows,
                                         const std::uint64_t* hashes, key_batch& out);
  void encode_packed(std::span<const data::column_ptr> columns,
                     std::span<const std::uint32_t> stored_rows, key_batch& out) const;
  void encode_text(const data::column_ptr& column, std::span<const std::uint32_t> stored_rows,
                   key_batch& out) const;
  void encode_coded(std::span<const data::column_ptr> columns,
                    std::span<const std::uint32_t> stored_rows, key_batch& out);

  key_layout layout_;
  row_codec codec_;
  std::vector<data::column_ptr> chosen_;
  std::vector<std::uint32_t> all_rows_;
};

/// Turns keys back into columns.
class key_decoder {
 public:
  explicit key_decoder(std::vector<data::data_type> key_types);

  /// Appends key column `column` of every key to a builder of that column's type.
  void decode_column(std::span<const key_view> keys, std::uint32_t column,
                     data::column_builder& out) const;
  /// Appends all key columns to the builder's columns from `first_column` on. Does not end the
  /// rows.
  void decode(std::span<const key_view> keys, data::batch_builder& out,
              std::uint32_t first_column = 0) const;

 private:
  void decode_packed(std::span<const key_view> keys, std::uint32_t column,
                     data::column_builder& out) const;

  key_layout layout_;
  row_codec codec_;
};

}  // namespace millrace::tables
