#pragma once

#include "core/data/bitmap.hpp"
#include "core/data/column_builder.hpp"
#include "core/expr/scalar_function.hpp"

#include <bit>
#include <cstring>
#include <string_view>
#include <type_traits>
#include <utility>

namespace millrace::expr {

// What kernels are written with: readers that hide flat and constant storage, writers for one
// column, loops over the rows of a call. Nothing here is virtual or allocates per row.

/// Reads a flat fixed-width column: `v[row]`.
template <class T>
struct flat_values {
  const T* at;
  T operator[](std::uint32_t row) const { return at[row]; }
};
/// Reads a constant: `v[row]` is the one value.
template <class T>
struct one_value {
  T value;
  T operator[](std::uint32_t) const { return value; }
};
/// Reads either, one AND more per row: for arguments that are not worth a loop of their own.
template <class T>
struct any_values {
  const T* at;
  std::uint32_t mask;  ///< 0 for a constant
  explicit any_values(const data::column& c) : at(c.data<T>()), mask(c.is_constant() ? 0 : ~0U) {}
  T operator[](std::uint32_t row) const { return at[row & mask]; }
};
/// Reads the strings of a flat or constant column.
struct any_text {
  const std::uint32_t* offsets;
  const char* bytes;
  std::uint32_t mask;
  explicit any_text(const data::column& c)
      : offsets(c.offset_data()), bytes(c.data<char>()), mask(c.is_constant() ? 0 : ~0U) {}
  std::string_view operator[](std::uint32_t row) const {
    const std::uint32_t i = row & mask;
    return {bytes + offsets[i], offsets[i + 1] - offsets[i]};
  }
};
template <class T>
struct reader_of {
  using type = any_values<T>;
};
template <>
struct reader_of<std::string_view> {
  using type = any_text;
};
template <class T>
using reader = typename reader_of<T>::type;

/// Calls `f` with a reader of the column's layout.
template <class T, class F>
decltype(auto) with_values(const data::column& c, F&& f) {
  if (c.is_constant()) return f(one_value<T>{c.data<T>()[0]});
  return f(flat_values<T>{c.data<T>()});
}

/// A flat column of `rows` fixed-width values that the caller fills.
template <class T>
struct values_writer {
  std::shared_ptr<data::column> column;
  T* at;

  values_writer(const data::data_type& type, std::uint32_t rows)
      : column(std::make_shared<data::column>()) {
    auto buffer = data::buffer::allocate(std::size_t{rows} * sizeof(T));
    at = buffer->template mutable_as<T>();
    column->type = type;
    column->length = rows;
    column->values = std::move(buffer);
  }
};

/// A BOOLEAN column under construction: false where nothing is written, for a byte of it is 0 or 1
/// in every row, also those that a selection leaves out (the wire refuses others).
struct truth_writer : values_writer<std::uint8_t> {
  explicit truth_writer(const kernel_call& call)
      : values_writer(call.result_type, call.rows.stored) {
    std::memset(at, 0, call.rows.stored);
  }
};
/// The same for kernels of any type: only truth values of some rows have to be filled in.
template <class T>
void fill_left_out(const values_writer<T>& out, const row_set& rows) {
  if constexpr (std::is_same_v<T, std::uint8_t>)
    if (!rows.dense()) std::memset(out.at, 0, rows.stored);
}

/// Validity bits that start as all ones (or as a copy) and lose some: made at the first loss.
class null_marks {
 public:
  explicit null_marks(std::uint32_t rows) : rows_(rows) {}
  void mark(std::uint32_t row) {
    if (words_ == nullptr) make();
    data::clear_bit(words_, row);
  }
  /// Null when nothing was marked.
  [[nodiscard]] data::buffer_ref take() { return std::move(buffer_); }

 private:
  void make() {
    buffer_ = data::buffer::allocate(data::bitmap_bytes(rows_));
    words_ = buffer_->mutable_as<std::uint64_t>();
    std::memset(words_, 0xff, data::bitmap_bytes(rows_));
  }
  std::uint32_t rows_;
  std::shared_ptr<data::buffer> buffer_;
  std::uint64_t* words_ = nullptr;
};

/// Most bytes of all texts in one column. Offsets have 32 bits, and a few texts that grow by each
/// call must not take all memory.
inline constexpr std::size_t most_text_bytes = std::size_t{1} << 30;

/// Builds a string column row by row, ascending; rows left out are empty strings.
class text_writer {
 public:
  text_writer(const data::data_type& type, std::uint32_t rows, std::size_t expected_bytes);

  /// Room for at most `size` bytes of row `row`; `commit` says how many were used.
  char* room(std::uint32_t row, std::size_t size) {
    fill_to(row);
    if (used_ + size > capacity_) grow(size);
    return bytes_ + used_;
  }
  void commit(std::size_t size) {
    used_ += size;
    offsets_[++next_] = static_cast<std::uint32_t>(used_);
  }
  void put(std::uint32_t row, std::string_view text) {
    char* to = room(row, text.size());
    if (!text.empty()) std::memcpy(to, text.data(), text.size());
    commit(text.size());
  }
  /// Like `put` for at most 32 bytes of a text that may be read for 32: no call of memcpy.
  void put_padded(std::uint32_t row, const char* text, std::size_t size) {
    char* to = room(row, 32);
    std::memcpy(to, text, 32);
    commit(size);
  }
  void put_null(std::uint32_t row) { nulls_.mark(row); }
  /// Of a text that is not even tried, because it would be longer than `most_text_bytes`.
  void refuse() { too_long_ = true; }
  /// The column; 3004 if its texts are longer than `most_text_bytes`.
  [[nodiscard]] result<data::column_ptr> finish();

 private:
  void fill_to(std::uint32_t row) {
    while (next_ < row) offsets_[++next_] = static_cast<std::uint32_t>(used_);
  }
  void grow(std::size_t more);

  data::data_type type_;
  std::uint32_t rows_;
  std::uint32_t next_ = 0;  // rows written
  bool too_long_ = false;
  std::size_t used_ = 0;
  std::size_t capacity_ = 0;
  char* bytes_ = nullptr;
  std::uint32_t* offsets_ = nullptr;
  std::shared_ptr<data::buffer> bytes_buffer_;
  std::shared_ptr<data::buffer> offsets_buffer_;
  null_marks nulls_;
};

/// Rows for a kernel that neither fails nor costs much: all of them, unless few are wanted.
[[nodiscard]] inline row_set widened(const row_set& rows) {
  return rows.dense() || rows.count < rows.stored / 8 ? rows : row_set::all(rows.stored);
}

/// True if no argument is NULL at the row.
[[nodiscard]] inline bool is_valid(const kernel_call& call, std::uint32_t row) {
  return call.valid == nullptr || data::get_bit(call.valid, row);
}
/// Calls `f(row)` for the rows of the call whose arguments are all not NULL.
template <class F>
void for_each_valid(const kernel_call& call, F&& f) {
  if (call.valid == nullptr) {
    call.rows.for_each(f);
  } else {
    call.rows.for_each([&](std::uint32_t row) {
      if (data::get_bit(call.valid, row)) f(row);
    });
  }
}
/// Like `for_each_valid`; `f` gives false to stop. Gives false and sets `failed_row` if it did.
template <class F>
[[nodiscard]] bool try_each_valid(const kernel_call& call, F&& f) {
  const row_set& rows = call.rows;
  for (std::uint32_t i = 0; i < rows.count; ++i) {
    const std::uint32_t row = rows.dense() ? i : rows.selection[i];
    if (is_valid(call, row) && !f(row)) {
      call.context.failed_row = row;
      return false;
    }
  }
  return true;
}

/// out[row] = f(argument 0 [row]) for a function that cannot fail on any bits.
template <class In, class Out, class F>
data::column_ptr map_values(const kernel_call& call, F&& f) {
  const row_set rows = widened(call.rows);
  values_writer<Out> out(call.result_type, rows.stored);
  fill_left_out(out, rows);
  with_values<In>(*call.arguments[0], [&](auto in) {
    Out* to = out.at;
    rows.for_each([&](std::uint32_t row) { to[row] = f(in[row]); });
  });
  return out.column;
}
/// out[row] = f(argument 0 [row], argument 1 [row]), likewise; a loop of its own for constants.
template <class A, class B, class Out, class F>
data::column_ptr map_pairs(const kernel_call& call, F&& f) {
  const row_set rows = widened(call.rows);
  values_writer<Out> out(call.result_type, rows.stored);
  fill_left_out(out, rows);
  with_values<A>(*call.arguments[0], [&](auto a) {
    with_values<B>(*call.arguments[1], [&](auto b) {
      Out* to = out.at;
      rows.for_each([&](std::uint32_t row) { to[row] = f(a[row], b[row]); });
    });
  });
  return out.column;
}
/// out[row] = f(text of argument 0) for valid rows; other rows hold zero.
template <class Out, class F>
data::column_ptr map_texts(const kernel_call& call, F&& f) {
  values_writer<Out> out(call.result_type, call.rows.stored);
  std::memset(out.at, 0, std::size_t{call.rows.stored} * sizeof(Out));
  const any_text in(*call.arguments[0]);
  for_each_valid(call, [&](std::uint32_t row) { out.at[row] = f(in[row]); });
  return out.column;
}

/// The lowest bits of 64 truth bytes from `at`, or of `count` where fewer are left.
[[nodiscard]] std::uint64_t truth_word(const std::uint8_t* at, std::uint32_t count);
/// 64 truth bytes of a word.
void spread_truth(std::uint64_t word, std::uint8_t* to, std::uint32_t count);

/// Validity of two columns together, without copying when one has none. Either may be null.
[[nodiscard]] data::buffer_ref both_valid(const data::buffer_ref& a, const data::buffer_ref& b,
                                          std::uint32_t rows);
/// The column with `validity` in place of its own. Takes the column over when nobody shares it.
[[nodiscard]] data::column_ptr with_validity(data::column_ptr c, data::buffer_ref validity);
/// The column with another type of the same physical form.
[[nodiscard]] data::column_ptr with_type(const data::column_ptr& c, const data::data_type& type);

/// Calls `f` with a null pointer of the C++ type that holds values of a fixed-width type.
template <class F>
decltype(auto) with_physical(data::type_id id, F&& f) {
  using data::type_id;
  switch (id) {
    case type_id::boolean: return f(static_cast<std::uint8_t*>(nullptr));
    case type_id::tinyint: return f(static_cast<std::int8_t*>(nullptr));
    case type_id::smallint: return f(static_cast<std::int16_t*>(nullptr));
    case type_id::integer:
    case type_id::date:
    case type_id::time:
    case type_id::raw_symbol: return f(static_cast<std::int32_t*>(nullptr));
    case type_id::float32: return f(static_cast<float*>(nullptr));
    case type_id::float64: return f(static_cast<double*>(nullptr));
    case type_id::decimal: return f(static_cast<data::int128*>(nullptr));
    default: return f(static_cast<std::int64_t*>(nullptr));
  }
}

}  // namespace millrace::expr
