#include "core/tables/order_encoder.hpp"

#include <bit>

namespace millrace::tables {
namespace {

using data::column;
using data::type_id;

// Bytes in front of a value, for NULL or not. A NULL that comes last is larger than any value.
constexpr char null_first = 0x00;
constexpr char present = 0x01;
constexpr char null_last = 0x02;

void put_big(std::string& out, std::uint64_t value, std::size_t width) {
  for (std::size_t i = width; i-- > 0;) out.push_back(static_cast<char>(value >> (8 * i)));
}

template <class Unsigned, class Float>
std::uint64_t total_order(Float value) {
  auto bits = std::bit_cast<Unsigned>(value);
  if (value != value) bits = static_cast<Unsigned>(~Unsigned{0} >> 1);  // one NaN, the largest
  constexpr auto sign = static_cast<Unsigned>(Unsigned{1} << (sizeof(Unsigned) * 8 - 1));
  return (bits & sign) != 0 ? static_cast<Unsigned>(~bits) : static_cast<Unsigned>(bits | sign);
}

template <class T>
void put_signed(std::string& out, T value) {
  const auto flipped = static_cast<std::uint64_t>(static_cast<std::int64_t>(value)) ^
                       (std::uint64_t{1} << (sizeof(T) * 8 - 1));
  put_big(out, flipped, sizeof(T));
}

void put_decimal(std::string& out, data::int128 value) {
  const auto bits =
      static_cast<unsigned __int128>(value) ^ (static_cast<unsigned __int128>(1) << 127);
  put_big(out, static_cast<std::uint64_t>(bits >> 64), 8);
  put_big(out, static_cast<std::uint64_t>(bits), 8);
}

// 0x00 becomes 0x00 0xff, the end is 0x00 0x00: a prefix sorts first.
void put_text(std::string& out, std::string_view text) {
  for (const char c : text) {
    out.push_back(c);
    if (c == 0) out.push_back(static_cast<char>(0xff));
  }
  out.append(2, '\0');
}

void put_value(std::string& out, const column& c, std::uint32_t row);

void put_part(std::string& out, const column& c, std::uint32_t row) {
  out.push_back(c.is_null(row) ? null_first : present);
  if (!c.is_null(row)) put_value(out, c, row);
}

void put_nested(std::string& out, const column& source, std::uint32_t row) {
  const column& c = source.layout == data::encoding::dictionary ? *source.children[0] : source;
  const std::uint32_t i = source.index(row);
  if (c.type.id() == type_id::row) {
    for (const auto& field : c.children) put_part(out, *field, i);
    return;
  }
  for (std::uint32_t e = c.offset_data()[i]; e < c.offset_data()[i + 1]; ++e) {
    out.push_back(1);
    for (const auto& part : c.children) put_part(out, *part, e);
  }
  out.push_back(0);
}

void put_value(std::string& out, const column& c, std::uint32_t row) {
  switch (c.type.id()) {
    case type_id::float32: return put_big(out, total_order<std::uint32_t>(c.value<float>(row)), 4);
    case type_id::float64: return put_big(out, total_order<std::uint64_t>(c.value<double>(row)), 8);
    case type_id::decimal: return put_decimal(out, c.value<data::int128>(row));
    case type_id::boolean: return put_big(out, c.value<std::uint8_t>(row), 1);
    default: break;
  }
  if (data::is_variable_length(c.type.id())) return put_text(out, c.text(row));
  if (data::is_nested(c.type.id())) return put_nested(out, c, row);
  switch (data::fixed_width(c.type.id())) {
    case 1: return put_signed(out, c.value<std::int8_t>(row));
    case 2: return put_signed(out, c.value<std::int16_t>(row));
    case 4: return put_signed(out, c.value<std::int32_t>(row));
    case 8: return put_signed(out, c.value<std::int64_t>(row));
    default: return;
  }
}

void put_field(std::string& out, const order_field& field, const column& c, std::uint32_t row) {
  if (c.is_null(row)) {
    out.push_back(field.nulls_first ? null_first : null_last);
    return;
  }
  out.push_back(present);
  const std::size_t begin = out.size();
  put_value(out, c, row);
  if (field.ascending) return;
  for (std::size_t i = begin; i < out.size(); ++i) out[i] = static_cast<char>(~out[i]);
}

}  // namespace

order_encoder::order_encoder(std::vector<order_field> fields, std::vector<data::data_type> types)
    : fields_(std::move(fields)), types_(std::move(types)) {}

void order_encoder::put_bigint(std::int64_t value, char* to) {
  const std::uint64_t big =
      __builtin_bswap64(static_cast<std::uint64_t>(value) ^ (std::uint64_t{1} << 63));
  std::memcpy(to, &big, sizeof big);
}

std::int64_t order_encoder::get_bigint(const char* from) {
  std::uint64_t big;
  std::memcpy(&big, from, sizeof big);
  return static_cast<std::int64_t>(__builtin_bswap64(big) ^ (std::uint64_t{1} << 63));
}

void order_encoder::encode(const data::record_batch& batch,
                           std::span<const std::uint32_t> stored_rows, encoded_rows& out) const {
  std::vector<data::column_ptr> columns;
  for (const order_field& field : fields_) columns.push_back(batch.column_at(field.column));
  encode_columns(columns, stored_rows, out);
}

// One 8-byte column without NULLs, the usual time attribute, is written at its place; all else row
// by row through one scratch string.
void order_encoder::encode_columns(std::span<const data::column_ptr> columns,
                                   std::span<const std::uint32_t> stored_rows,
                                   encoded_rows& out) const {
  if (encode_one_bigint(columns, stored_rows, out)) return;
  std::string bytes;
  std::vector<std::uint32_t> sizes;
  sizes.reserve(stored_rows.size());
  for (const std::uint32_t row : stored_rows) {
    const std::size_t begin = bytes.size();
    for (std::size_t f = 0; f < fields_.size(); ++f) put_field(bytes, fields_[f], *columns[f], row);
    sizes.push_back(static_cast<std::uint32_t>(bytes.size() - begin));
  }
  const std::uint32_t first = out.make_room(sizes);
  if (!bytes.empty()) std::memcpy(out.at(first), bytes.data(), bytes.size());
}

bool order_encoder::encode_one_bigint(std::span<const data::column_ptr> columns,
                                      std::span<const std::uint32_t> stored_rows,
                                      encoded_rows& out) const {
  if (fields_.size() != 1 || columns[0]->may_have_nulls()) return false;
  const column& c = *columns[0];
  if (c.layout != data::encoding::flat || data::fixed_width(c.type.id()) != 8 ||
      c.type.id() == type_id::float64) {
    return false;
  }
  const std::vector<std::uint32_t> sizes(stored_rows.size(), 9);
  const std::uint32_t first = out.make_room(sizes);
  if (stored_rows.empty()) return true;
  char* to = out.at(first);
  const auto* values = c.data<std::int64_t>();
  const std::int64_t flip = fields_[0].ascending ? 0 : -1;
  for (const std::uint32_t row : stored_rows) {
    *to = present;
    // Inverting all bits of the number inverts all bytes of its encoding.
    put_bigint(values[row] ^ flip, to + 1);
    to += 9;
  }
  return true;
}

std::string order_key_of(std::int64_t value) {
  std::string key(9, present);
  order_encoder::put_bigint(value, key.data() + 1);
  return key;
}

}  // namespace millrace::tables
