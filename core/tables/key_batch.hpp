#pragma once

#include "core/data/record_batch.hpp"
#include "core/tables/row_codec.hpp"

#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <vector>

namespace millrace::tables {

/// One encoded key. `bytes` are compared by memcmp, together with `nulls` (a bit per key column; in
/// encodings that keep NULLs inside the bytes it is 0). The hash is the exchange's
/// (`expr::hash_keys`); equal keys must come with equal hashes.
struct key_view {
  std::uint64_t hash = 0;
  const char* data = nullptr;
  std::uint32_t size = 0;
  std::uint8_t nulls = 0;

  [[nodiscard]] std::string_view bytes() const { return {data, size}; }
  friend bool operator==(const key_view& a, const key_view& b) {
    return a.hash == b.hash && a.nulls == b.nulls && a.bytes() == b.bytes();
  }
};

/// The encoded keys of the live rows of a batch: key i belongs to live row i. Filled by
/// `key_encoder`; keeps its memory from batch to batch. May refer to the batch's own buffers, which
/// it keeps alive, and to the hashes the encoder was given.
class key_batch {
 public:
  [[nodiscard]] std::uint32_t count() const { return count_; }
  /// Bytes of every key (8, 16, 24 or 32, or 0 for the empty key list), or `variable`.
  static constexpr std::uint32_t variable = UINT32_MAX;
  [[nodiscard]] std::uint32_t width() const { return width_; }
  /// One per key.
  [[nodiscard]] const std::uint64_t* hashes() const { return hashes_; }
  [[nodiscard]] std::span<const std::uint64_t> hash_span() const { return {hashes_, count_}; }
  /// `width` bytes per key; fixed widths only.
  [[nodiscard]] const char* fixed() const { return fixed_; }
  /// One mask per key, or null when no key has a NULL.
  [[nodiscard]] const std::uint8_t* nulls() const { return nulls_; }
  [[nodiscard]] key_view view(std::uint32_t i) const {
    const std::uint8_t mask = nulls_ ? nulls_[i] : std::uint8_t{0};
    if (width_ != variable) return {hashes_[i], fixed_ + std::size_t{i} * width_, width_, mask};
    return {hashes_[i], texts_[i].data(), static_cast<std::uint32_t>(texts_[i].size()), mask};
  }
  /// Like `view` for a batch that is not of fixed width.
  [[nodiscard]] std::string_view text(std::uint32_t i) const { return texts_[i]; }

 private:
  friend class key_encoder;

  std::uint32_t count_ = 0;
  std::uint32_t width_ = 0;
  const std::uint64_t* hashes_ = nullptr;
  const char* fixed_ = nullptr;
  const std::uint8_t* nulls_ = nullptr;
  std::vector<std::string_view> texts_;

  std::vector<std::uint64_t> hash_store_;
  std::vector<char> byte_store_;
  std::vector<std::uint8_t> null_store_;
  std::vector<data::column_ptr> keep_columns_;
  encoded_rows coded_;
};

}  // namespace millrace::tables
