#include "state/checkpoint/entry_json.hpp"

#include "core/data/utf8.hpp"
#include "core/data/value_json.hpp"
#include "core/data/value_text.hpp"
#include "core/tables/delta_key.hpp"
#include "core/tables/key_codec.hpp"
#include "core/tables/row_codec.hpp"

#include <algorithm>
#include <cctype>
#include <cstring>
#include <vector>

namespace millrace::state {

using data::data_type;
using tables::key_layout;
using tables::key_view;
using tables::table_kind;

namespace {

constexpr std::size_t time_size = 8;
// A timer's order bytes: time, hash, NULL mask, key bytes (core/tables/timer_queue.cpp).
constexpr std::size_t timer_head_size = time_size + 8 + 1;

bool is_text(std::string_view bytes) {
  return data::is_utf8(bytes) && std::none_of(bytes.begin(), bytes.end(), [](char c) {
           const auto b = static_cast<unsigned char>(c);
           return b < 0x20 || b == 0x7f;
         });
}

void append_bytes(std::string& out, std::string_view bytes) {
  if (is_text(bytes)) return data::append_json_string(out, bytes);
  out += '"';
  data::append_hex(out, bytes);
  out += '"';
}

std::uint64_t big_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const char c : bytes) value = (value << 8) | static_cast<std::uint8_t>(c);
  return value;
}

template <class T>
void append_integer(std::string& out, std::string_view bytes) {
  T value;
  std::memcpy(&value, bytes.data(), sizeof value);
  out += std::to_string(value);
}

// A part of a hash table's payload: what its bytes mean only the operator knows.
void append_fixed(std::string& out, std::string_view bytes) {
  switch (bytes.size()) {
    case 1: return append_integer<std::int8_t>(out, bytes);
    case 2: return append_integer<std::int16_t>(out, bytes);
    case 4: return append_integer<std::int32_t>(out, bytes);
    case 8: return append_integer<std::int64_t>(out, bytes);
    default: break;
  }
  out += '"';
  data::append_hex(out, bytes);
  out += '"';
}

// One row of a codec as an array.
bool append_row(std::string& out, const tables::row_codec& codec, std::string_view row) {
  if (!codec.valid(row)) return false;
  out += '[';
  for (std::uint32_t c = 0; c < codec.types().size(); ++c) {
    data::column_builder cell(codec.types()[c], 1);
    codec.decode_column(std::span(&row, 1), c, cell);
    if (c != 0) out += ',';
    data::append_value_json(out, *cell.finish(), 0);
  }
  out += ']';
  return true;
}

}  // namespace

struct entry_json::decoders {
  explicit decoders(const tables::table_spec& spec)
      : layout(spec.key_types),
        keys(spec.key_types),
        key_rows(spec.key_types),
        sub_rows(spec.sub_key_types),
        value_rows(spec.value_types) {}

  [[nodiscard]] bool append_key(std::string& out, const key_view& key) const {
    const bool packed = layout.shape == key_layout::form::packed;
    if (packed && key.size != layout.width) return false;
    if (layout.shape == key_layout::form::coded && !key_rows.valid(key.bytes())) return false;
    out += '[';
    for (std::uint32_t c = 0; c < layout.types.size(); ++c) {
      data::column_builder cell(layout.types[c], 1);
      keys.decode_column(std::span(&key, 1), c, cell);
      if (c != 0) out += ',';
      data::append_value_json(out, *cell.finish(), 0);
    }
    out += ']';
    return true;
  }

  key_layout layout;
  tables::key_decoder keys;
  tables::row_codec key_rows;
  tables::row_codec sub_rows;
  tables::row_codec value_rows;
};

entry_json::entry_json(tables::table_spec spec)
    : spec_(std::move(spec)), decoders_(std::make_unique<decoders>(spec_)) {}
entry_json::~entry_json() = default;

bool entry_json::append_sub(std::string& out, std::string_view sub) const {
  switch (spec_.kind) {
    case table_kind::hash:
    case table_kind::task: return sub.empty();
    case table_kind::list:
      if (sub.size() != 8) return false;
      out += ",\"sub\":" + std::to_string(big_endian(sub));
      return true;
    case table_kind::timers: {
      if (sub.size() < timer_head_size) return false;
      const auto at =
          static_cast<std::int64_t>(big_endian(sub.substr(0, time_size)) ^ (1ULL << 63));
      const key_view key{big_endian(sub.substr(time_size, 8)), sub.data() + timer_head_size,
                         static_cast<std::uint32_t>(sub.size() - timer_head_size),
                         static_cast<std::uint8_t>(sub[timer_head_size - 1])};
      out += ",\"time\":" + std::to_string(at) + ",\"for\":";
      if (!decoders_->append_key(out, key)) append_bytes(out, key.bytes());
      return true;
    }
    case table_kind::map:
    case table_kind::sorted: break;
  }
  out += ",\"sub\":";
  const bool typed = spec_.kind == table_kind::map && !spec_.sub_key_types.empty();
  if (!typed || !append_row(out, decoders_->sub_rows, sub)) append_bytes(out, sub);
  return true;
}

// Slots in their order; a blob's size stands in front of it (core/tables/hash_table.cpp).
bool entry_json::append_slots(std::string& out, std::string_view value) const {
  out += '[';
  for (std::size_t i = 0; i < spec_.slots.size(); ++i) {
    if (i != 0) out += ',';
    if (spec_.slots[i].kind == tables::slot_kind::fixed) {
      const std::size_t width = spec_.slots[i].width;
      const std::size_t room = (width + 7) & ~std::size_t{7};
      if (value.size() < room) return false;
      append_fixed(out, value.substr(0, width));
      value.remove_prefix(room);
      continue;
    }
    std::uint32_t size = 0;
    if (value.size() < sizeof size) return false;
    std::memcpy(&size, value.data(), sizeof size);
    value.remove_prefix(sizeof size);
    if (value.size() < size) return false;
    append_bytes(out, value.substr(0, size));
    value.remove_prefix(size);
  }
  out += ']';
  return value.empty();
}

bool entry_json::append_value(std::string& out, std::string_view value) const {
  if (spec_.kind == table_kind::timers) return value.empty();
  if (spec_.ttl_ms > 0) {
    if (value.size() < time_size) return false;
    out += ",\"written\":";
    append_integer<std::int64_t>(out, value.substr(0, time_size));
    value.remove_prefix(time_size);
  }
  out += ",\"value\":";
  if (spec_.kind == table_kind::hash) return append_slots(out, value);
  const bool typed = !spec_.value_types.empty();
  if (!typed || !append_row(out, decoders_->value_rows, value)) append_bytes(out, value);
  return true;
}

// A named list's entry: its index, and what a rescale does with the list in front of its bytes.
bool entry_json::append_task_entry(std::string& out, const tables::delta_entry& entry) const {
  static constexpr std::string_view modes[] = {"split", "unite", "broadcast"};
  const auto key = tables::parse_delta_key(entry.key);
  if (!key || key->sub.size() != 4) return false;
  out += "\"list\":";
  append_bytes(out, key->key.bytes());
  out += ",\"index\":" + std::to_string(big_endian(key->sub));
  if (entry.tombstone) return true;
  const std::size_t mode =
      entry.value.empty() ? std::size(modes) : static_cast<std::uint8_t>(entry.value[0]);
  if (mode >= std::size(modes)) return false;
  out += ",\"redistribution\":\"";
  out += modes[mode];
  out += "\",\"value\":";
  append_bytes(out, entry.value.substr(1));
  return true;
}

result<void> entry_json::append(std::string& out, const tables::delta_entry& entry) const {
  const auto corrupt = [&] {
    return make_error(errc::state_corrupt,
                      "an entry of table '" + spec_.name + "' is not what the manifest says of it");
  };
  if (spec_.kind == table_kind::task) {
    if (!append_task_entry(out, entry)) return corrupt();
    return {};
  }
  const auto key = tables::parse_delta_key(entry.key);
  if (!key) return corrupt();
  if (spec_.kind != table_kind::timers) {
    out += "\"key\":";
    if (!decoders_->append_key(out, key->key)) append_bytes(out, key->key.bytes());
  } else {
    out += "\"timer\":true";
  }
  if (!append_sub(out, key->sub)) return corrupt();
  if (!entry.tombstone && !append_value(out, entry.value)) return corrupt();
  return {};
}

std::string_view name_of(tables::table_kind kind) {
  switch (kind) {
    case table_kind::hash: return "hash";
    case table_kind::map: return "map";
    case table_kind::list: return "list";
    case table_kind::sorted: return "sorted";
    case table_kind::timers: return "timers";
    case table_kind::task: return "task";
  }
  return "unknown";
}

}  // namespace millrace::state
