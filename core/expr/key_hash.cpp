#define XXH_INLINE_ALL
#include "core/expr/key_hash.hpp"

#include <xxhash.h>

#include <algorithm>
#include <bit>
#include <limits>
#include <vector>

namespace millrace::expr {
namespace {

using data::column;
using data::encoding;
using data::type_id;
using words = std::vector<std::uint64_t>;

// These constants decide where keys live in savepoints: they never change.
constexpr std::uint64_t prime_1 = 0x9E3779B185EBCA87ULL;
constexpr std::uint64_t prime_2 = 0xC2B2AE3D27D4EB4FULL;
constexpr std::uint64_t prime_3 = 0x165667B19E3779F9ULL;
constexpr std::uint64_t prime_4 = 0x85EBCA77C2B2AE63ULL;
constexpr std::uint64_t null_hash = 0x27D4EB2F165667C5ULL;

// The finaliser of XXH64: each input bit reaches each output bit.
inline std::uint64_t mix(std::uint64_t v) {
  v ^= prime_1;  // 0 must not stay 0
  v = (v ^ (v >> 33)) * prime_2;
  v = (v ^ (v >> 29)) * prime_3;
  return v ^ (v >> 32);
}

// Order matters: (a, b) and (b, a) differ.
inline std::uint64_t combine(std::uint64_t so_far, std::uint64_t next) {
  const std::uint64_t v = (std::rotl(so_far, 27) ^ next) * prime_1 + prime_4;
  return v ^ (v >> 32);
}

inline std::uint64_t hash_of(std::int64_t v) { return mix(static_cast<std::uint64_t>(v)); }
inline std::uint64_t hash_of(std::uint8_t v) { return mix(v); }
inline std::uint64_t hash_of(std::int8_t v) { return hash_of(std::int64_t{v}); }
inline std::uint64_t hash_of(std::int16_t v) { return hash_of(std::int64_t{v}); }
inline std::uint64_t hash_of(std::int32_t v) { return hash_of(std::int64_t{v}); }
// Keys that compare equal hash equal: the two zeros, and all NaNs.
inline std::uint64_t hash_of(double v) {
  if (v == 0) v = 0;
  if (v != v) v = std::numeric_limits<double>::quiet_NaN();
  return mix(std::bit_cast<std::uint64_t>(v));
}
inline std::uint64_t hash_of(float v) { return hash_of(static_cast<double>(v)); }
inline std::uint64_t hash_of(data::int128 v) {
  return combine(mix(static_cast<std::uint64_t>(v >> 64)), mix(static_cast<std::uint64_t>(v)));
}

// Which rows a loop runs over: all, or those of a selection.
struct every_row {
  std::uint32_t count;
  std::uint32_t operator[](std::uint32_t i) const { return i; }
};
struct picked_rows {
  const std::uint32_t* rows;
  std::uint32_t count;
  std::uint32_t operator[](std::uint32_t i) const { return rows[i]; }
};

// Writes or folds in `value(row)` for each row; `first` says that `out` holds nothing yet.
template <class Rows, class Value>
void put(Rows rows, bool first, std::uint64_t* out, Value value) {
  if (first)
    for (std::uint32_t i = 0; i < rows.count; ++i) out[rows[i]] = value(rows[i]);
  else
    for (std::uint32_t i = 0; i < rows.count; ++i)
      out[rows[i]] = combine(out[rows[i]], value(rows[i]));
}

template <class Rows, class Value>
void put_nullable(const column& c, Rows rows, bool first, std::uint64_t* out, Value value) {
  const std::uint64_t* valid = c.validity_words();
  if (valid == nullptr) return put(rows, first, out, value);
  put(rows, first, out,
      [=](std::uint32_t row) { return data::get_bit(valid, row) ? value(row) : null_hash; });
}

template <class T, class Rows>
void put_fixed(const column& c, Rows rows, bool first, std::uint64_t* out) {
  const T* values = c.data<T>();
  put_nullable(c, rows, first, out, [=](std::uint32_t row) { return hash_of(values[row]); });
}

template <class Rows>
void put_texts(const column& c, Rows rows, bool first, std::uint64_t* out) {
  const std::uint32_t* ends = c.offset_data();
  const char* bytes = c.values ? c.values->as<char>() : "";
  put_nullable(c, rows, first, out, [=](std::uint32_t row) {
    return static_cast<std::uint64_t>(XXH3_64bits(bytes + ends[row], ends[row + 1] - ends[row]));
  });
}

words hashes_of_all(const column& c);

template <class Rows>
void put_arrays(const column& c, Rows rows, bool first, std::uint64_t* out) {
  const words elements = hashes_of_all(*c.children[0]);
  const std::uint32_t* ends = c.offset_data();
  put_nullable(c, rows, first, out, [&](std::uint32_t row) {
    std::uint64_t h = mix(ends[row + 1] - ends[row]);
    for (std::uint32_t e = ends[row]; e < ends[row + 1]; ++e) h = combine(h, elements[e]);
    return h;
  });
}

// MAP and MULTISET: entries in any order are the same key, so they are added up.
template <class Rows>
void put_entries(const column& c, Rows rows, bool first, std::uint64_t* out) {
  const words keys = hashes_of_all(*c.children[0]);
  const words values = hashes_of_all(*c.children[1]);
  const std::uint32_t* ends = c.offset_data();
  put_nullable(c, rows, first, out, [&](std::uint32_t row) {
    std::uint64_t sum = ends[row + 1] - ends[row];
    for (std::uint32_t e = ends[row]; e < ends[row + 1]; ++e) sum += combine(keys[e], values[e]);
    return mix(sum);
  });
}

template <class Rows>
void put_rows(const column& c, Rows rows, bool first, std::uint64_t* out) {
  std::vector<words> fields;
  for (const auto& child : c.children) fields.push_back(hashes_of_all(*child));
  put_nullable(c, rows, first, out, [&](std::uint32_t row) {
    std::uint64_t h = mix(fields.size());
    for (const auto& f : fields) h = combine(h, f[row]);
    return h;
  });
}

template <class Rows>
void put_flat(const column& c, Rows rows, bool first, std::uint64_t* out) {
  switch (c.type.id()) {
    case type_id::null: return put(rows, first, out, [](std::uint32_t) { return null_hash; });
    case type_id::boolean: return put_fixed<std::uint8_t>(c, rows, first, out);
    case type_id::tinyint: return put_fixed<std::int8_t>(c, rows, first, out);
    case type_id::smallint: return put_fixed<std::int16_t>(c, rows, first, out);
    case type_id::integer:
    case type_id::date:
    case type_id::time:
    case type_id::raw_symbol: return put_fixed<std::int32_t>(c, rows, first, out);
    case type_id::bigint:
    case type_id::timestamp:
    case type_id::timestamp_ltz:
    case type_id::interval_year_month:
    case type_id::interval_day_time: return put_fixed<std::int64_t>(c, rows, first, out);
    case type_id::float32: return put_fixed<float>(c, rows, first, out);
    case type_id::float64: return put_fixed<double>(c, rows, first, out);
    case type_id::decimal: return put_fixed<data::int128>(c, rows, first, out);
    case type_id::character:
    case type_id::varchar:
    case type_id::binary:
    case type_id::varbinary: return put_texts(c, rows, first, out);
    case type_id::array: return put_arrays(c, rows, first, out);
    case type_id::map:
    case type_id::multiset: return put_entries(c, rows, first, out);
    case type_id::row: return put_rows(c, rows, first, out);
  }
}

std::uint64_t hash_of_constant(const column& c) {
  std::uint64_t h = 0;
  put_flat(c, every_row{1}, true, &h);
  return h;
}

template <class Rows>
void put_column(const column& c, Rows rows, bool first, std::uint64_t* out) {
  if (rows.count == 0) return;
  if (c.layout == encoding::flat) return put_flat(c, rows, first, out);
  if (c.layout == encoding::constant) {
    const std::uint64_t h = hash_of_constant(c);
    return put(rows, first, out, [h](std::uint32_t) { return h; });
  }
  const words entries = hashes_of_all(*c.children[0]);
  const auto* codes = c.values->as<std::uint32_t>();
  put_nullable(c, rows, first, out, [&](std::uint32_t row) { return entries[codes[row]]; });
}

words hashes_of_all(const column& c) {
  words out(c.length);
  put_column(c, every_row{c.length}, true, out.data());
  return out;
}

}  // namespace

data::buffer_ref hash_keys(const data::record_batch& batch,
                           std::span<const std::uint32_t> columns) {
  auto out = data::buffer::allocate(batch.stored_rows() * sizeof(std::uint64_t));
  auto* hashes = out->mutable_as<std::uint64_t>();
  if (columns.empty()) std::fill_n(hashes, batch.stored_rows(), empty_key_hash);
  bool first = true;
  for (const std::uint32_t i : columns) {
    const column& c = *batch.column_at(i);
    if (batch.selected())
      put_column(c, picked_rows{batch.selection().data(), batch.row_count()}, first, hashes);
    else
      put_column(c, every_row{batch.stored_rows()}, first, hashes);
    first = false;
  }
  return out;
}

}  // namespace millrace::expr
