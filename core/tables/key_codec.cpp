#include "core/tables/key_codec.hpp"

#include <numeric>

namespace millrace::tables {
namespace {

using data::column;
using data::column_ptr;

constexpr std::uint32_t widest_packed = 32;
constexpr std::size_t most_packed_columns = 8;

template <std::size_t Width>
void gather(const column& c, std::span<const std::uint32_t> rows, char* to, std::size_t stride,
            std::uint8_t* nulls, std::uint8_t bit) {
  const column& store = c.layout == data::encoding::dictionary ? *c.children[0] : c;
  const char* values = store.values ? store.values->as<char>() : nullptr;
  if (!c.may_have_nulls() && c.layout == data::encoding::flat) {
    for (std::size_t i = 0; i < rows.size(); ++i)
      std::memcpy(to + i * stride, values + std::size_t{rows[i]} * Width, Width);
    return;
  }
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (c.is_null(rows[i])) {
      nulls[i] |= bit;
    } else {
      std::memcpy(to + i * stride, values + std::size_t{c.index(rows[i])} * Width, Width);
    }
  }
}

void gather_column(const column& c, std::size_t width, std::span<const std::uint32_t> rows,
                   char* to, std::size_t stride, std::uint8_t* nulls, std::uint8_t bit) {
  switch (width) {
    case 1: return gather<1>(c, rows, to, stride, nulls, bit);
    case 2: return gather<2>(c, rows, to, stride, nulls, bit);
    case 4: return gather<4>(c, rows, to, stride, nulls, bit);
    case 8: return gather<8>(c, rows, to, stride, nulls, bit);
    default: return gather<16>(c, rows, to, stride, nulls, bit);
  }
}

}  // namespace

key_layout::key_layout(std::vector<data::data_type> key_types) : types(std::move(key_types)) {
  bool fixed = types.size() <= most_packed_columns;
  for (const data::data_type& type : types) {
    fixed = fixed && data::is_fixed_width(type.id());
    offsets.push_back(width);
    width += static_cast<std::uint32_t>(data::fixed_width(type.id()));
  }
  width = (width + 7) & ~7U;
  if (fixed && width <= widest_packed) return;
  width = key_batch::variable;
  shape = types.size() == 1 && data::is_variable_length(types[0].id()) ? form::text : form::coded;
}

key_encoder::key_encoder(std::vector<data::data_type> key_types)
    : layout_(std::move(key_types)),
      codec_(layout_.shape == key_layout::form::coded ? layout_.types
                                                      : std::vector<data::data_type>()) {}

void key_encoder::encode(const data::record_batch& batch, std::span<const std::uint32_t> columns,
                         const std::uint64_t* hashes, key_batch& out) {
  if (batch.selected()) return encode_rows(batch, columns, batch.selection(), hashes, out);
  if (layout_.shape == key_layout::form::packed && columns.size() == 1 &&
      encode_dense(batch.column_at(columns[0]), batch.stored_rows(), hashes, out)) {
    return;
  }
  if (const auto known = all_rows_.size(); known < batch.stored_rows()) {
    all_rows_.resize(batch.stored_rows());
    std::iota(all_rows_.begin() + static_cast<std::ptrdiff_t>(known), all_rows_.end(),
              static_cast<std::uint32_t>(known));
  }
  encode_rows(batch, columns, std::span(all_rows_).first(batch.stored_rows()), hashes, out);
}

// A column of 8-byte values is its keys already.
bool key_encoder::encode_dense(const column_ptr& c, std::uint32_t rows, const std::uint64_t* hashes,
                               key_batch& out) {
  if (c->layout != data::encoding::flat || c->may_have_nulls()) return false;
  if (data::fixed_width(c->type.id()) != 8) return false;
  out.count_ = rows;
  out.width_ = 8;
  out.fixed_ = c->data<char>();
  out.nulls_ = nullptr;
  out.hashes_ = hashes;
  out.keep_columns_.assign(1, c);
  return true;
}

void key_encoder::encode_rows(const data::record_batch& batch,
                              std::span<const std::uint32_t> columns,
                              std::span<const std::uint32_t> stored_rows,
                              const std::uint64_t* hashes, key_batch& out) {
  chosen_.clear();
  for (const std::uint32_t c : columns) chosen_.push_back(batch.column_at(c));
  encode_columns(chosen_, stored_rows, hashes, out);
  chosen_.clear();
}

void key_encoder::encode_columns(std::span<const column_ptr> columns,
                                 std::span<const std::uint32_t> stored_rows,
                                 const std::uint64_t* hashes, key_batch& out) {
  const std::size_t count = stored_rows.size();
  out.count_ = static_cast<std::uint32_t>(count);
  out.width_ = layout_.width;
  out.fixed_ = nullptr;
  out.nulls_ = nullptr;
  out.keep_columns_.assign(columns.begin(), columns.end());
  out.hash_store_.resize(count);
  for (std::size_t i = 0; i < count; ++i) out.hash_store_[i] = hashes[stored_rows[i]];
  out.hashes_ = out.hash_store_.data();
  switch (layout_.shape) {
    case key_layout::form::packed: return encode_packed(columns, stored_rows, out);
    case key_layout::form::text: return encode_text(columns[0], stored_rows, out);
    case key_layout::form::coded: return encode_coded(columns, stored_rows, out);
  }
}

void key_encoder::encode_packed(std::span<const column_ptr> columns,
                                std::span<const std::uint32_t> stored_rows, key_batch& out) const {
  bool nullable = false;
  for (const column_ptr& c : columns) nullable = nullable || c->may_have_nulls();
  // One byte more, so that the empty key has an address.
  out.byte_store_.assign(stored_rows.size() * layout_.width + 1, 0);
  out.fixed_ = out.byte_store_.data();
  if (nullable) {
    out.null_store_.assign(stored_rows.size(), 0);
    out.nulls_ = out.null_store_.data();
  }
  for (std::size_t k = 0; k < columns.size(); ++k) {
    gather_column(*columns[k], data::fixed_width(layout_.types[k].id()), stored_rows,
                  out.byte_store_.data() + layout_.offsets[k], layout_.width,
                  out.null_store_.data(), static_cast<std::uint8_t>(1U << k));
  }
}

void key_encoder::encode_text(const column_ptr& c, std::span<const std::uint32_t> stored_rows,
                              key_batch& out) const {
  out.texts_.resize(stored_rows.size());
  if (!c->may_have_nulls()) {
    for (std::size_t i = 0; i < stored_rows.size(); ++i) out.texts_[i] = c->text(stored_rows[i]);
    return;
  }
  out.null_store_.assign(stored_rows.size(), 0);
  out.nulls_ = out.null_store_.data();
  for (std::size_t i = 0; i < stored_rows.size(); ++i) {
    const bool null = c->is_null(stored_rows[i]);
    out.null_store_[i] = null ? 1 : 0;
    out.texts_[i] = null ? std::string_view() : c->text(stored_rows[i]);
  }
}

void key_encoder::encode_coded(std::span<const column_ptr> columns,
                               std::span<const std::uint32_t> stored_rows, key_batch& out) {
  out.coded_.clear();
  codec_.encode_columns(columns, stored_rows, out.coded_);
  out.texts_.resize(stored_rows.size());
  for (std::size_t i = 0; i < stored_rows.size(); ++i) out.texts_[i] = out.coded_[i];
}

key_decoder::key_decoder(std::vector<data::data_type> key_types)
    : layout_(std::move(key_types)),
      codec_(layout_.shape == key_layout::form::coded ? layout_.types
                                                      : std::vector<data::data_type>()) {}

namespace {

template <std::size_t Width>
void scatter(std::span<const key_view> keys, std::uint32_t offset, std::uint32_t column,
             data::column_builder& out) {
  struct value {
    char bytes[Width];
  };
  const std::uint32_t first = out.length();
  auto* to = out.extend<value>(static_cast<std::uint32_t>(keys.size()));
  unsigned nulls = 0;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    std::memcpy(&to[i], keys[i].data + offset, Width);
    nulls |= keys[i].nulls;
  }
  if (((nulls >> column) & 1) == 0) return;
  for (std::uint32_t i = 0; i < keys.size(); ++i) {
    if ((keys[i].nulls >> column) & 1) out.set_null(first + i);
  }
}

}  // namespace

void key_decoder::decode_packed(std::span<const key_view> keys, std::uint32_t column,
                                data::column_builder& out) const {
  const std::uint32_t at = layout_.offsets[column];
  switch (data::fixed_width(layout_.types[column].id())) {
    case 1: return scatter<1>(keys, at, column, out);
    case 2: return scatter<2>(keys, at, column, out);
    case 4: return scatter<4>(keys, at, column, out);
    case 8: return scatter<8>(keys, at, column, out);
    default: return scatter<16>(keys, at, column, out);
  }
}

void key_decoder::decode_column(std::span<const key_view> keys, std::uint32_t column,
                                data::column_builder& out) const {
  if (layout_.shape == key_layout::form::packed) return decode_packed(keys, column, out);
  if (layout_.shape == key_layout::form::coded) {
    std::vector<std::string_view> rows;
    rows.reserve(keys.size());
    for (const key_view& key : keys) rows.push_back(key.bytes());
    return codec_.decode_column(rows, column, out);
  }
  for (const key_view& key : keys) {
    if (key.nulls != 0) {
      out.append_null();
    } else {
      out.append_text(key.bytes());
    }
  }
}

void key_decoder::decode(std::span<const key_view> keys, data::batch_builder& out,
                         std::uint32_t first_column) const {
  for (std::uint32_t c = 0; c < layout_.types.size(); ++c)
    decode_column(keys, c, out.column_at(first_column + c));
}

}  // namespace millrace::tables
