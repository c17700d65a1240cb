#include "core/tables/row_codec.hpp"

namespace millrace::tables {
namespace {

using data::column_builder;
using data::type_id;

std::uint32_t get_u32(std::string_view bytes) {
  std::uint32_t v;
  std::memcpy(&v, bytes.data(), sizeof v);
  return v;
}

// Takes one `u32 size + bytes` off the front.
std::string_view next_inner(std::string_view& rest) {
  const std::uint32_t size = get_u32(rest);
  const std::string_view row = rest.substr(4, size);
  rest.remove_prefix(4 + size);
  return row;
}

}  // namespace

template <std::size_t Width>
void row_codec::decode_fixed(std::span<const std::string_view> rows, std::uint32_t column,
                             column_builder& out) const {
  struct value {
    char bytes[Width];
  };
  const auto count = static_cast<std::uint32_t>(rows.size());
  const std::uint32_t first = out.length();
  auto* to = out.extend<value>(count);
  const std::uint32_t at = offsets_[column];
  std::uint32_t nulls = 0;
  for (std::uint32_t i = 0; i < count; ++i) {
    const char* row = rows[i].data();
    if (row == nullptr) {
      to[i] = {};
      ++nulls;
    } else {
      std::memcpy(&to[i], row + at, Width);
      nulls += is_null(rows[i], column);
    }
  }
  if (nulls == 0) return;
  for (std::uint32_t i = 0; i < count; ++i) {
    if (missing(rows[i], column)) out.set_null(first + i);
  }
}

void row_codec::decode_text(std::span<const std::string_view> rows, std::uint32_t column,
                            column_builder& out) const {
  for (const std::string_view row : rows) {
    if (missing(row, column)) {
      out.append_null();
    } else {
      out.append_text(text(row, column));
    }
  }
}

// All rows at once: a NULL row has NULL fields.
void row_codec::decode_row(std::span<const std::string_view> rows, std::uint32_t column,
                           column_builder& out) const {
  const row_codec& inner = inner_[inner_of_[column]];
  std::vector<std::string_view> values;
  values.reserve(rows.size());
  for (const std::string_view row : rows) {
    std::string_view bytes = missing(row, column) ? std::string_view() : text(row, column);
    values.push_back(bytes.empty() ? std::string_view() : next_inner(bytes));
  }
  for (std::uint32_t k = 0; k < inner.types_.size(); ++k)
    inner.decode_column(values, k, out.child(k));
  for (const std::string_view row : rows) {
    out.append_nested();
    if (missing(row, column)) out.set_null(out.length() - 1);
  }
}

void row_codec::decode_collection(std::span<const std::string_view> rows, std::uint32_t column,
                                  column_builder& out) const {
  const row_codec& inner = inner_[inner_of_[column]];
  std::vector<std::string_view> elements;
  for (const std::string_view row : rows) {
    if (missing(row, column)) {
      out.append_null();
      continue;
    }
    std::string_view bytes = text(row, column);
    const std::uint32_t count = get_u32(bytes);
    bytes.remove_prefix(4);
    elements.clear();
    for (std::uint32_t e = 0; e < count; ++e) elements.push_back(next_inner(bytes));
    for (std::uint32_t k = 0; k < inner.types_.size(); ++k)
      inner.decode_column(elements, k, out.child(k));
    out.append_nested();
  }
}

void row_codec::decode_column(std::span<const std::string_view> rows, std::uint32_t column,
                              column_builder& out) const {
  const type_id id = types_[column].id();
  if (id == type_id::row) return decode_row(rows, column, out);
  if (data::is_nested(id)) return decode_collection(rows, column, out);
  if (data::is_variable_length(id)) return decode_text(rows, column, out);
  switch (data::fixed_width(id)) {
    case 1: return decode_fixed<1>(rows, column, out);
    case 2: return decode_fixed<2>(rows, column, out);
    case 4: return decode_fixed<4>(rows, column, out);
    case 8: return decode_fixed<8>(rows, column, out);
    case 16: return decode_fixed<16>(rows, column, out);
    default:
      for (std::size_t i = 0; i < rows.size(); ++i) out.append_null();
  }
}

void row_codec::decode(std::span<const std::string_view> rows, data::batch_builder& out,
                       std::uint32_t first_column) const {
  for (std::uint32_t c = 0; c < types_.size(); ++c)
    decode_column(rows, c, out.column_at(first_column + c));
}

bool row_codec::valid_nested(std::string_view value, std::size_t column) const {
  const row_codec& inner = inner_[inner_of_[column]];
  std::uint32_t count = 1;
  if (types_[column].id() != type_id::row) {
    if (value.size() < 4) return false;
    count = get_u32(value);
    value.remove_prefix(4);
  }
  for (; count != 0; --count) {
    if (value.size() < 4 || value.size() - 4 < get_u32(value)) return false;
    if (!inner.valid(next_inner(value))) return false;
  }
  return value.empty();
}

bool row_codec::valid(std::string_view row) const {
  if (row.size() < fixed_size_) return false;
  std::uint32_t end = 0;
  for (std::uint32_t c = 0; c < types_.size(); ++c) {
    const bool nested = inner_of_[c] != none;
    if (!nested && !data::is_variable_length(types_[c].id())) continue;
    const std::uint32_t next = load_u32(row, offsets_[c]);
    if (next < end || next > row.size() - fixed_size_) return false;
    const std::string_view value = row.substr(fixed_size_ + end, next - end);
    if (is_null(row, c) ? !value.empty() : nested && !valid_nested(value, c)) return false;
    end = next;
  }
  return row.size() == fixed_size_ + end;
}

}  // namespace millrace::tables
