#pragma once

#include "core/data/column.hpp"
#include "core/data/record_batch.hpp"

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

  template <class T>
  void append(T value) {
    reserve_fixed(1);
    reinterpret_cast<T*>(values_->mutable_data())[length_] = value;
    push_valid();
  }
  void append_text(std::string_view bytes);
  /// NULL of any type (ROW children get NULLs too, arrays and maps an empty range).
  void append_null();
  /// ARRAY, MAP, MULTISET: a row made of all child rows appended since the last one. ROW: its
  /// children have one more row each.
  void append_nested();
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
    reserve_fixed(count);
    T* at = reinterpret_cast<T*>(values_->mutable_data()) + length_;
    extend_valid(count);
    return at;
  }
  /// Uninitialised room for the bytes of one string row of `size` bytes.
  [[nodiscard]] char* extend_text(std::size_t size);
  /// Marks a row already appended as NULL.
  void set_null(std::uint32_t row);

  /// The rows so far as an immutable column; the builder is empty afterwards.
  [[nodiscard]] column_ptr finish();

 private:
  void reserve_fixed(std::uint32_t more) {
    if (length_ + more > capacity_) grow(more);
  }
  void push_valid() {
    if (validity_) set_valid_slow(length_);
    ++length_;
  }
  void grow(std::uint32_t more);
  void grow_bytes(std::size_t more);
  void set_valid_slow(std::uint32_t row);
  void extend_valid(std::uint32_t count);
  void make_validity();

  data_type type_;
  std::size_t width_ = 0;
  std::uint32_t length_ = 0;
  std::uint32_t capacity_ = 0;
  std::uint32_t expected_ = 0;
  std::size_t bytes_ = 0;  // used bytes of a string column
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
