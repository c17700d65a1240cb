#include "core/tables/row_codec.hpp"

#include <algorithm>

namespace millrace::tables {
namespace {

using data::column;
using data::column_ptr;
using data::type_id;

// The types of an inner row of a nested type.
std::vector<data::data_type> inner_types(const data::data_type& type) {
  std::vector<data::data_type> types;
  for (std::size_t i = 0; i < type.child_count(); ++i) types.push_back(type.child(i));
  if (type.id() == type_id::multiset) types.emplace_back(type_id::integer, false);
  return types;
}

/// Where the values of a column lie, whatever its encoding: one branch per column, not per row.
template <class F>
void with_index(const column& c, F&& f) {
  switch (c.layout) {
    case data::encoding::flat: return f([](std::uint32_t row) { return row; });
    case data::encoding::constant: return f([](std::uint32_t) { return std::uint32_t{0}; });
    case data::encoding::dictionary: {
      const auto* codes = c.values->as<std::uint32_t>();
      return f([codes](std::uint32_t row) { return codes[row]; });
    }
  }
}

const column& storage(const column& c) {
  return c.layout == data::encoding::dictionary ? *c.children[0] : c;
}

void put_u32(char* to, std::uint32_t value) { std::memcpy(to, &value, sizeof value); }

// Copies of a pattern one behind the other, each time as many as there are already.
void fill_with(std::span<const char> pattern, std::size_t copies, char* to) {
  if (pattern.empty()) return;  // rows of no columns: then `to` may be null
  const std::size_t size = pattern.size() * copies;
  std::memcpy(to, pattern.data(), pattern.size());
  for (std::size_t done = pattern.size(); done < size; done *= 2)
    std::memcpy(to + done, to, std::min(done, size - done));
}

}  // namespace

std::uint32_t encoded_rows::make_room(std::span<const std::uint32_t> sizes) {
  const std::uint32_t first = count();
  std::size_t end = offsets_.back();
  offsets_.reserve(offsets_.size() + sizes.size());
  for (const std::uint32_t size : sizes) offsets_.push_back(end += size);
  if (end > bytes_.size()) bytes_.resize(std::max(end, bytes_.size() * 2));
  return first;
}

std::uint32_t encoded_rows::make_room(std::uint32_t rows, std::size_t size) {
  const std::uint32_t first = count();
  std::size_t end = offsets_.back();
  offsets_.resize(offsets_.size() + rows);
  for (std::uint32_t i = 1; i <= rows; ++i) offsets_[first + i] = end += size;
  if (end > bytes_.size()) bytes_.resize(std::max(end, bytes_.size() * 2));
  return first;
}

row_codec::row_codec(std::vector<data::data_type> types) : types_(std::move(types)) {
  fixed_size_ = static_cast<std::uint32_t>((types_.size() + 7) / 8);
  std::uint32_t last_variable = none;
  for (const data::data_type& type : types_) {
    const bool fixed = data::is_fixed_width(type.id()) || type.id() == type_id::null;
    offsets_.push_back(fixed_size_);
    before_.push_back(last_variable);
    if (!fixed) last_variable = fixed_size_;
    fixed_size_ += fixed ? static_cast<std::uint32_t>(data::fixed_width(type.id())) : 4;
    inner_of_.push_back(data::is_nested(type.id()) ? static_cast<std::uint32_t>(inner_.size())
                                                   : none);
    if (data::is_nested(type.id())) inner_.emplace_back(inner_types(type));
  }
}

void row_codec::encode(const data::record_batch& batch, std::span<const std::uint32_t> columns,
                       std::span<const std::uint32_t> stored_rows, encoded_rows& out) const {
  std::vector<column_ptr> chosen;
  chosen.reserve(columns.size());
  for (const std::uint32_t c : columns) chosen.push_back(batch.column_at(c));
  encode_columns(chosen, stored_rows, out);
}

void row_codec::encode(const data::record_batch& batch, std::span<const std::uint32_t> stored_rows,
                       encoded_rows& out) const {
  encode_columns(batch.columns(), stored_rows, out);
}

// Rows of a nested column as the bytes that stand in the variable part, one entry per row.
void row_codec::encode_nested(std::size_t c, const column_ptr& source,
                              std::span<const std::uint32_t> rows, encoded_rows& out) const {
  const column_ptr flat = data::decoded(source);
  const bool is_row = types_[c].id() == type_id::row;
  const auto range = [&](std::uint32_t row) -> std::pair<std::uint32_t, std::uint32_t> {
    const std::uint32_t i = flat->index(row);
    if (flat->is_null(row)) return {i, i};
    if (is_row) return {i, i + 1};
    return {flat->offset_data()[i], flat->offset_data()[i + 1]};
  };
  std::vector<std::uint32_t> elements;
  for (const std::uint32_t row : rows) {
    const auto [begin, end] = range(row);
    for (std::uint32_t e = begin; e < end; ++e) elements.push_back(e);
  }
  encoded_rows inner;
  inner_[inner_of_[c]].encode_columns(flat->children, elements, inner);

  const std::uint32_t head = is_row ? 0 : 4;
  std::vector<std::uint32_t> sizes;
  std::size_t at = 0;
  for (const std::uint32_t row : rows) {
    const auto [begin, end] = range(row);
    std::uint32_t size = flat->is_null(row) ? 0 : head;
    for (std::uint32_t e = begin; e < end; ++e)
      size += 4 + static_cast<std::uint32_t>(inner[at++].size());
    sizes.push_back(size);
  }
  const std::uint32_t first = out.make_room(sizes);
  at = 0;
  for (std::uint32_t i = 0; i < rows.size(); ++i) {
    if (flat->is_null(rows[i])) continue;
    const auto [begin, end] = range(rows[i]);
    char* to = out.at(first + i);
    if (!is_row) put_u32(to, end - begin);
    to += head;
    for (std::uint32_t e = begin; e < end; ++e) {
      const std::string_view row = inner[at++];
      put_u32(to, static_cast<std::uint32_t>(row.size()));
      if (!row.empty()) std::memcpy(to + 4, row.data(), row.size());
      to += 4 + row.size();
    }
  }
}

void row_codec::encode_columns(std::span<const column_ptr> columns,
                               std::span<const std::uint32_t> stored_rows,
                               encoded_rows& out) const {
  if (encode_alike(columns, stored_rows, out)) return;
  const auto count = static_cast<std::uint32_t>(stored_rows.size());
  std::vector<std::uint32_t> sizes(count, fixed_size_);
  std::vector<encoded_rows> nested(inner_.size());
  for (std::size_t c = 0; c < types_.size(); ++c) {
    if (inner_of_[c] != none) {
      encoded_rows& values = nested[inner_of_[c]];
      encode_nested(c, columns[c], stored_rows, values);
      for (std::uint32_t i = 0; i < count; ++i)
        sizes[i] += static_cast<std::uint32_t>(values[i].size());
    } else if (data::is_variable_length(types_[c].id())) {
      add_text_sizes(*columns[c], stored_rows, sizes);
    }
  }
  const std::uint32_t first = out.make_room(sizes);
  if (fixed_size_ > 0)  // rows of no columns have no bytes to point at
    for (std::uint32_t i = 0; i < count; ++i) std::memset(out.at(first + i), 0, fixed_size_);
  std::vector<std::uint32_t>& ends = sizes;
  std::fill(ends.begin(), ends.end(), 0);
  for (std::size_t c = 0; c < types_.size(); ++c) {
    if (columns[c]->may_have_nulls()) mark_nulls(c, *columns[c], stored_rows, first, out);
    if (inner_of_[c] != none) {
      put_nested(c, nested[inner_of_[c]], first, ends, out);
    } else if (data::is_variable_length(types_[c].id())) {
      put_text(c, *columns[c], stored_rows, first, ends, out);
    } else {
      put_fixed(c, *columns[c], stored_rows, first, out);
    }
  }
}

// Rows whose strings are constants: one pattern, then the fixed-width values of each row.
bool row_codec::encode_alike(std::span<const column_ptr> columns,
                             std::span<const std::uint32_t> stored_rows, encoded_rows& out) const {
  if (stored_rows.empty() || !inner_.empty()) return false;
  std::vector<char> pattern(fixed_size_, 0);
  for (std::size_t c = 0; c < types_.size(); ++c) {
    if (!data::is_variable_length(types_[c].id())) continue;
    if (!columns[c]->is_constant() || columns[c]->is_null(0)) return false;
    const std::string_view text = columns[c]->text(0);
    pattern.insert(pattern.end(), text.begin(), text.end());
    put_u32(pattern.data() + offsets_[c], static_cast<std::uint32_t>(pattern.size() - fixed_size_));
  }
  const auto count = static_cast<std::uint32_t>(stored_rows.size());
  const std::uint32_t first = out.make_room(count, pattern.size());
  fill_with(pattern, count, out.at(first));
  for (std::size_t c = 0; c < types_.size(); ++c) {
    if (data::is_variable_length(types_[c].id())) continue;
    if (columns[c]->may_have_nulls()) mark_nulls(c, *columns[c], stored_rows, first, out);
    put_fixed(c, *columns[c], stored_rows, first, out);
  }
  return true;
}

void row_codec::add_text_sizes(const column& source, std::span<const std::uint32_t> rows,
                               std::span<std::uint32_t> sizes) {
  const std::uint32_t* offsets = storage(source).offset_data();
  with_index(source, [&](auto index) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const std::uint32_t at = index(rows[i]);
      sizes[i] += offsets[at + 1] - offsets[at];
    }
  });
  if (source.layout == data::encoding::flat || !source.may_have_nulls()) return;
  // Only flat columns promise an empty range for NULL.
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (source.is_null(rows[i]))
      sizes[i] -= static_cast<std::uint32_t>(source.text(rows[i]).size());
  }
}

void row_codec::mark_nulls(std::size_t c, const column& source, std::span<const std::uint32_t> rows,
                           std::uint32_t first, encoded_rows& out) {
  const auto bit = static_cast<char>(1U << (c & 7));
  for (std::uint32_t i = 0; i < rows.size(); ++i) {
    if (source.is_null(rows[i])) out.at(first + i)[c >> 3] |= bit;
  }
}

namespace {

template <std::size_t Width, class At>
void copy_fixed(const column& source, std::span<const std::uint32_t> rows, At&& to) {
  const char* values = storage(source).values->as<char>();
  with_index(source, [&](auto index) {
    if (!source.may_have_nulls()) {
      for (std::uint32_t i = 0; i < rows.size(); ++i)
        std::memcpy(to(i), values + std::size_t{index(rows[i])} * Width, Width);
      return;
    }
    for (std::uint32_t i = 0; i < rows.size(); ++i) {
      if (!source.is_null(rows[i]))
        std::memcpy(to(i), values + std::size_t{index(rows[i])} * Width, Width);
    }
  });
}

}  // namespace

void row_codec::put_fixed(std::size_t c, const column& source, std::span<const std::uint32_t> rows,
                          std::uint32_t first, encoded_rows& out) const {
  if (source.type.id() == type_id::null || rows.empty()) return;
  const auto to = [&](std::uint32_t i) { return out.at(first + i) + offsets_[c]; };
  switch (data::fixed_width(types_[c].id())) {
    case 1: return copy_fixed<1>(source, rows, to);
    case 2: return copy_fixed<2>(source, rows, to);
    case 4: return copy_fixed<4>(source, rows, to);
    case 8: return copy_fixed<8>(source, rows, to);
    case 16: return copy_fixed<16>(source, rows, to);
    default: return;
  }
}

void row_codec::put_text(std::size_t c, const column& source, std::span<const std::uint32_t> rows,
                         std::uint32_t first, std::span<std::uint32_t> ends,
                         encoded_rows& out) const {
  const column& store = storage(source);
  const std::uint32_t* offsets = store.offset_data();
  const char* bytes = store.values ? store.values->as<char>() : nullptr;
  with_index(source, [&](auto index) {
    const bool nulls = source.may_have_nulls();
    for (std::uint32_t i = 0; i < rows.size(); ++i) {
      char* row = out.at(first + i);
      if (!nulls || !source.is_null(rows[i])) {
        const std::uint32_t at = index(rows[i]);
        const std::uint32_t size = offsets[at + 1] - offsets[at];
        if (size != 0) std::memcpy(row + fixed_size_ + ends[i], bytes + offsets[at], size);
        ends[i] += size;
      }
      put_u32(row + offsets_[c], ends[i]);
    }
  });
}

void row_codec::put_nested(std::size_t c, const encoded_rows& values, std::uint32_t first,
                           std::span<std::uint32_t> ends, encoded_rows& out) const {
  for (std::uint32_t i = 0; i < ends.size(); ++i) {
    char* row = out.at(first + i);
    const std::string_view value = values[i];
    if (!value.empty()) std::memcpy(row + fixed_size_ + ends[i], value.data(), value.size());
    ends[i] += static_cast<std::uint32_t>(value.size());
    put_u32(row + offsets_[c], ends[i]);
  }
}

}  // namespace millrace::tables
