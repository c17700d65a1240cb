#pragma once

#include "core/data/bitmap.hpp"
#include "core/data/buffer.hpp"
#include "core/data/types.hpp"

#include <memory>
#include <span>
#include <string_view>
#include <vector>

namespace millrace::data {

struct column;
using column_ptr = std::shared_ptr<const column>;

/// How a column lays its rows out. Kernels meet `flat` and `constant` only (`decoded` brings others
/// there); the wire form keeps what it gets.
enum class encoding : std::uint8_t {
  /// One value per row.
  flat,
  /// Storage holds exactly one value, which stands for every row.
  constant,
  /// `values` holds u32 codes, one per row, into `children[0]`, a flat column of the same type.
  /// Nulls stand in `validity` alone, one bit per row; the dictionary itself has none. Codes of
  /// null rows are in range too.
  dictionary,
};

/// One column of a batch: immutable, shared between batches, threads and the wire.
///
/// Which buffers are set follows from type and encoding:
///  - validity: bits, absent = no nulls (for `constant`: one bit).
///  - values: fixed-width values; for strings the bytes (absent when there are none); for
///  dictionary
///    the codes; absent for nested.
///  - offsets: u32, stored() + 1 entries, first 0 or more, for strings, array, map, multiset.
///    Offsets of null rows are valid too.
///  - children: array [element], multiset [element, count (integer)], map [key, value],
///    row [fields...], of any encoding (`storage_children` gives their types).
/// Values below a null are unspecified but readable.
struct column {
  data_type type;
  encoding layout = encoding::flat;
  std::uint32_t length = 0;  ///< rows
  buffer_ref validity;
  buffer_ref values;
  buffer_ref offsets;
  std::vector<column_ptr> children;

  /// Rows in storage: 1 for constant, length for all others.
  [[nodiscard]] std::uint32_t stored() const { return layout == encoding::constant ? 1 : length; }
  [[nodiscard]] bool is_constant() const { return layout == encoding::constant; }
  [[nodiscard]] bool may_have_nulls() const {
    return validity != nullptr || type.id() == type_id::null;
  }
  /// The storage index of a row: 0 for constant, the row for flat, its code for dictionary.
  [[nodiscard]] std::uint32_t index(std::uint32_t row) const {
    if (layout == encoding::flat) return row;
    return layout == encoding::constant ? 0 : values->as<std::uint32_t>()[row];
  }
  [[nodiscard]] bool is_null(std::uint32_t row) const {
    if (type.id() == type_id::null) return true;
    if (!validity) return false;
    return !get_bit(validity->as<std::uint64_t>(), layout == encoding::constant ? 0 : row);
  }
  [[nodiscard]] const std::uint64_t* validity_words() const {
    return validity ? validity->as<std::uint64_t>() : nullptr;
  }
  /// Typed values; flat and constant only.
  template <class T>
  [[nodiscard]] const T* data() const {
    return values ? values->as<T>() : nullptr;
  }
  template <class T>
  [[nodiscard]] T value(std::uint32_t row) const {
    if (layout == encoding::dictionary) return children[0]->data<T>()[index(row)];
    return data<T>()[index(row)];
  }
  [[nodiscard]] const std::uint32_t* offset_data() const { return offsets->as<std::uint32_t>(); }
  /// The bytes of a string row, any encoding.
  [[nodiscard]] std::string_view text(std::uint32_t row) const {
    const column& store = layout == encoding::dictionary ? *children[0] : *this;
    const std::uint32_t i = index(row);
    const std::uint32_t* o = store.offset_data();
    const char* bytes = store.values ? store.values->as<char>() : nullptr;
    return {bytes + o[i], o[i + 1] - o[i]};
  }
};

/// Bytes the column's buffers hold, children included, for accounting.
[[nodiscard]] std::size_t byte_size(const column& c);
/// `flat` or `constant` form of a column; gives the column itself where it is one already.
[[nodiscard]] column_ptr decoded(const column_ptr& c);
/// `flat` form of a column.
[[nodiscard]] column_ptr flattened(const column_ptr& c);
/// The rows at `rows` in that order, as a flat column (a constant stays constant).
[[nodiscard]] column_ptr take(const column& c, std::span<const std::uint32_t> rows);
/// The rows [begin, begin + count), copied to a flat column (a constant stays constant).
[[nodiscard]] column_ptr slice(const column& c, std::uint32_t begin, std::uint32_t count);
/// One NULL that stands for `length` rows.
[[nodiscard]] column_ptr null_column(const data_type& type, std::uint32_t length);
/// The value of row `row` standing for `length` rows.
[[nodiscard]] column_ptr constant_of(const column& c, std::uint32_t row, std::uint32_t length);
/// A field of a ROW column; null where the row is null. Zero copy but for combining validity.
[[nodiscard]] column_ptr field_of(const column_ptr& row, std::size_t field);

}  // namespace millrace::data
