#pragma once

#include "core/base/assert.hpp"
#include "core/data/column.hpp"
#include "core/data/record_batch.hpp"

#include <cstring>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace millrace::data {

/// Grows one flat column row by row or range by range. Not thread safe; reusable after `finish`.
///
/// Row-wise appends are typed and not virtual: the caller knows the physical type. For nested types
/// append to the children first (`child(i)`), then call `append_nested`.
class column_builder {
 public:
  explicit column_builder(data_type type, std::uint32_t expected_rows = default_batch_rows);
  column_builder(column_builder&&) noexcept;
  column_builder& operator=(column_builder&&) noexcept;
  ~column_builder();

  [[nodiscard]] const data_type& type() const { return type_; }
  [[nodiscard]] std::uint32_t length() const { return length_; }
  [[nodiscard]] std::size_t byte_size() const;

  /// `T` must have the width of the type's physical form (`append(std::int64_t{5})` for BIGINT).
  template <class T>
  void append(T value) {
    MILLRACE_ASSERT(sizeof(T) == width_);
    reserve(1);
    values_->mutable_as<T>()[length_++] = value;
  }
  void append_text(std::string_view bytes) {
    char* to = extend_text(bytes.size());
    if (!bytes.empty()) std::memcpy(to, bytes.data(), bytes.size());
  }
  /// NULL of any type (ROW children get NULLs too, arrays and maps an empty range).
  void append_null();
  /// ARRAY, MAP, MULTISET: a row made of all child rows appended since the last one. ROW: its
  /// children have one more row each.
  void append_nested();
  /// `count` NULLs.
  void append_nulls(std::uint32_t count);
  [[nodiscard]] column_builder& child(std::size_t i) { return children_[i]; }

  /// Copies row `row` of a column of the same physical type, any encoding.
  void append_from(const column& source, std::uint32_t row);
  /// Copies rows of a column of the same physical type, any encoding; the fast path of exchanges
  /// and joins.
  void append_rows(const column& source, std::span<const std::uint32_t> rows);
  void append_range(const column& source, std::uint32_t begin, std::uint32_t count);

  /// Uninitialised room for `count` fixed-width values, all valid; the caller fills it.
  template <class T>
  [[nodiscard]] T* extend(std::uint32_t count) {
    MILLRACE_ASSERT(sizeof(T) == width_);
    reserve(count == 0 ? 1 : count);  // the buffer must be there in any case
    T* at = values_->mutable_as<T>() + length_;
    length_ += count;
    return at;
  }
  /// Uninitialised room for the bytes of one string row of `size` bytes.
  [[nodiscard]] char* extend_text(std::size_t size) {
    MILLRACE_ASSERT(has_offsets_);
    reserve(1);
    reserve_bytes(size);
    char* at = values_->mutable_as<char>() + bytes_;
    bytes_ += size;
    offsets()[++length_] = static_cast<std::uint32_t>(bytes_);
    return at;
  }
  /// Marks a row already appended as NULL.
  void set_null(std::uint32_t row);
  /// Takes back all rows from `length` on (of ROW, ARRAY and MAP also what their children have
  /// more, appended or not yet part of a row).
  void truncate(std::uint32_t length);

  /// The rows so far as an immutable column; the builder is empty afterwards.
  [[nodiscard]] column_ptr finish();

 private:
  void reserve(std::uint32_t more) {
    if (more > capacity_ - length_) grow(more);
  }
  // Makes room for one byte at least: then `values_` is there once a string is.
  void reserve_bytes(std::size_t more) {
    if (more >= byte_capacity_ - bytes_) grow_bytes(more + 1);
  }
  void grow(std::uint32_t more);
  void grow_bytes(std::size_t more);
  // Bits are made all 1, so an appended row is valid until someone clears its bit.
  void make_validity();
  void mark_nulls(std::uint32_t first_row, std::uint64_t nulls);
  void mark_range_null(std::uint32_t first_row, std::uint32_t count);
  void copy_nulls(const column& source, std::span<const std::uint32_t> rows);
  void copy_nulls(const column& source, std::uint32_t begin, std::uint32_t count);
  void gather(const column& store, std::span<const std::uint32_t> rows);
  void gather_fixed(const column& store, std::span<const std::uint32_t> rows);
  void gather_texts(const column& store, std::span<const std::uint32_t> rows);
  void gather_lists(const column& store, std::span<const std::uint32_t> rows);
  void repeat(const column& source, std::uint32_t count);
  void copy_range(const column& source, std::uint32_t begin, std::uint32_t count);
  void copy_offsets(const std::uint32_t* from, std::uint32_t count, std::uint32_t base);
  [[nodiscard]] std::uint32_t* offsets() { return offsets_->mutable_as<std::uint32_t>(); }

  data_type type_;
  std::size_t width_ = 0;
  bool has_offsets_ = false;
  std::uint32_t length_ = 0;
  std::uint32_t capacity_ = 0;
  std::uint32_t expected_ = 0;
  std::size_t bytes_ = 0;  // of strings: used, room, and what the last column needed
  std::size_t byte_capacity_ = 0;
  std::size_t expected_bytes_ = 0;
  std::size_t copied_ = 0;  // by single rows, counted when the column is finished
  std::shared_ptr<buffer> values_;
  std::shared_ptr<buffer> offsets_;
  std::shared_ptr<buffer> validity_;
  std::vector<column_builder> children_;
};

/// Builders for the columns of a schema, and change kinds once a row is not +I.
class batch_builder {
 public:
  explicit batch_builder(const schema& s, std::uint32_t expected_rows = default_batch_rows);
  explicit batch_builder(std::span<const data_type> types,
                         std::uint32_t expected_rows = default_batch_rows);

  [[nodiscard]] column_builder& column_at(std::size_t i) { return columns_[i]; }
  [[nodiscard]] std::size_t column_count() const { return columns_.size(); }
  /// Rows whose `end_row` was called.
  [[nodiscard]] std::uint32_t rows() const { return rows_; }
  [[nodiscard]] bool empty() const { return rows_ == 0; }
  [[nodiscard]] std::size_t byte_size() const;

  /// Call after every column got its value.
  void end_row(change_kind kind = change_kind::insert);
  /// Call after every column got `count` values.
  void end_rows(std::uint32_t count, change_kind kind = change_kind::insert);
  /// Copies one row of a batch of the same types with its change kind.
  void append_row(const record_batch& source, std::uint32_t stored_row, change_kind kind);
  /// Copies rows of a batch of the same types with their change kinds and, if it has them, hashes.
  void append_rows(const record_batch& source, std::span<const std::uint32_t> stored_rows);

  [[nodiscard]] batch_ptr finish();

 private:
  void note_kind(change_kind kind, std::uint32_t count);

  std::vector<column_builder> columns_;
  std::uint32_t rows_ = 0;
  bool all_insert_ = true;
  std::vector<change_kind> kinds_;
  std::vector<std::uint64_t> hashes_;
};

}  // namespace millrace::data
