#include "core/tables/state_change.hpp"

#include "core/base/clock.hpp"
#include "core/base/state_errors.hpp"
#include "core/tables/delta_key.hpp"
#include "core/tables/key_codec.hpp"

#include <algorithm>
#include <utility>

namespace millrace::tables {

namespace {

using data::data_type;

std::string text_of(const std::vector<data_type>& types) {
  std::string out;
  for (const auto& t : types) out += (out.empty() ? "" : ", ") + data::to_text(t);
  return "(" + out + ")";
}

std::string text_of(const table_spec& t) {
  std::string out = t.name + " " + text_of(t.key_types) + " -> " + text_of(t.value_types);
  std::uint32_t bytes = 0;
  for (const slot_spec& s : t.slots) bytes += s.width;
  if (bytes > 0) out += " and " + std::to_string(bytes) + " bytes of accumulators";
  if (t.ttl_ms > 0) out += " with time to live";
  return out;
}

error changed(const std::string& was, const std::string& is) {
  return make_error(
      errc::state_type_changed,
      "the checkpoint holds the table " + was + " where the query keeps " + is,
      "millrace explain --against shows what a query takes over; start it without this state");
}

// Only rows that stand alone can widen: not those behind the counts of a join side, or among the
// slots of a payload.
bool values_readable(const table_spec& before, const table_spec& now) {
  if (alike(before.value_types, now.value_types)) return true;
  const bool alone = now.kind == table_kind::list || now.kind == table_kind::sorted;
  return alone && widens(before.value_types, now.value_types);
}

bool keys_readable(const table_spec& before, const table_spec& now) {
  if (!widens(before.key_types, now.key_types)) return false;
  return key_layout(before.key_types).shape == key_layout(now.key_types).shape;
}

bool readable(const table_spec& before, const table_spec& now) {
  return before.kind == now.kind && before.sequenced == now.sequenced &&
         (before.ttl_ms > 0) == (now.ttl_ms > 0) && keys_readable(before, now) &&
         widens(before.sub_key_types, now.sub_key_types) && values_readable(before, now);
}

const table_match* match_of(std::span<const table_match> all, const std::string& now) {
  const auto at = std::ranges::find(all, now, &table_match::now);
  return at == all.end() ? nullptr : &*at;
}

bool let_go(std::span<const table_match> all, const std::string& before) {
  return std::ranges::any_of(
      all, [&](const table_match& m) { return m.before == before && m.now.empty(); });
}

error damaged() {
  return make_error(errc::state_corrupt,
                    "a checkpoint's entry is not what its operator had declared",
                    "restore from an older checkpoint");
}

// Cuts the bytes of each slot out of a payload as hash tables write it. False when they do not fit.
bool cut_slots(std::string_view value, const std::vector<slot_spec>& slots,
               std::vector<std::string_view>& out) {
  out.clear();
  for (const slot_spec& s : slots) {
    std::size_t size = (s.width + 7) & ~7U;
    if (s.kind == slot_kind::blob) {
      std::uint32_t bytes = 0;
      if (value.size() < sizeof bytes) return false;
      std::copy_n(value.data(), sizeof bytes, reinterpret_cast<char*>(&bytes));
      size = sizeof bytes + bytes;
    }
    if (value.size() < size) return false;
    out.push_back(value.substr(0, size));
    value.remove_prefix(size);
  }
  return value.empty();
}

// A new slot is zeros, a blob's an empty one.
std::size_t empty_size(const slot_spec& s) {
  return s.kind == slot_kind::blob ? sizeof(std::uint32_t) : (s.width + 7) & ~7U;
}

}  // namespace

result<state_change::table> state_change::match(const table_spec& before, const table_spec& now,
                                                const table_match* how) {
  const bool mapped = how != nullptr && !how->slots.empty();
  if (!readable(before, now) || (!mapped && before.slots != now.slots)) {
    return changed(text_of(before), text_of(now));
  }
  table out;
  out.read = true;
  out.kind = now.kind;
  out.timed = before.ttl_ms > 0;
  out.packed = key_layout(now.key_types).shape == key_layout::form::packed;
  out.key = row_widening(before.key_types, now.key_types);
  out.sub = row_widening(before.sub_key_types, now.sub_key_types);
  out.value = row_widening(before.value_types, now.value_types);
  out.slots_before = before.slots;
  out.slots = now.slots;
  if (!mapped) return out;
  MILLRACE_ASSERT(how->slots.size() == now.slots.size());
  bool moved = before.slots.size() != now.slots.size();
  for (std::uint32_t i = 0; i < now.slots.size(); ++i) {
    const slot_origin& from = how->slots[i];
    moved = moved || from.before != i || from.widens();
    if (from.before == slot_origin::none) continue;
    const bool same = from.before < before.slots.size() &&
                      before.slots[from.before].kind == now.slots[i].kind &&
                      (before.slots[from.before] == now.slots[i] || from.widens());
    if (!same) return changed(text_of(before), text_of(now));
  }
  if (moved) out.origins = how->slots;
  return out;
}

result<state_change> state_change::between(std::span<const table_spec> before,
                                           std::span<const table_spec> now,
                                           std::span<const table_match> matches) {
  state_change out;
  out.tables_.resize(before.size());
  for (std::uint16_t i = 0; i < now.size(); ++i) {
    const table_match* how = match_of(matches, now[i].name);
    if (how != nullptr && how->before.empty()) continue;
    const std::string& name = how != nullptr ? how->before : now[i].name;
    const auto at = std::ranges::find(before, name, &table_spec::name);
    if (at == before.end()) return changed("nothing", text_of(now[i]));
    table& taken = out.tables_[static_cast<std::size_t>(at - before.begin())];
    MILLRACE_TRY(taken, match(*at, now[i], how));
    taken.ordinal = i;
  }
  for (std::size_t i = 0; i < before.size(); ++i) {
    if (out.tables_[i].read || let_go(matches, before[i].name)) continue;
    return changed(text_of(before[i]), i < now.size() ? text_of(now[i]) : "nothing");
  }
  return out;
}

bool state_change::nothing() const {
  for (std::size_t i = 0; i < tables_.size(); ++i) {
    if (!tables_[i].read || tables_[i].ordinal != i || tables_[i].changes()) return false;
  }
  return true;
}

/// Entries on their way from the tables before to those of now.
class changed_reader final : public delta_reader {
 public:
  changed_reader(std::unique_ptr<delta_reader> from, state_change change)
      : from_(std::move(from)), change_(std::move(change)) {}

  [[nodiscard]] result<std::span<const delta_entry>> next() override {
    for (;;) {
      MILLRACE_TRY(const auto block, from_->next());
      if (block.empty()) return block;
      bytes_.clear();
      ends_.clear();
      for (const delta_entry& e : block) MILLRACE_CHECK(convert(e));
      if (!ends_.empty()) return entries();
    }
  }

 private:
  struct end {
    std::size_t key;
    std::size_t value;
    bool tombstone;
  };

  std::span<const delta_entry> entries() {
    entries_.clear();
    std::size_t at = 0;
    for (const end& e : ends_) {
      const std::string_view all(bytes_);
      entries_.push_back(
          {all.substr(at, e.key - at), all.substr(e.key, e.value - e.key), e.tombstone});
      at = e.value;
    }
    return entries_;
  }

  result<void> convert(const delta_entry& e) {
    const auto key = parse_delta_key(e.key);
    if (!key || key->table >= change_.tables_.size()) return damaged();
    const state_change::table& t = change_.tables_[key->table];
    if (!t.read) return {};
    if (!append_key(t, *key)) return damaged();
    const std::size_t key_end = bytes_.size();
    if (!e.tombstone && !append_value(t, e.value)) return damaged();
    ends_.push_back({key_end, bytes_.size(), e.tombstone});
    return {};
  }

  bool append_key(const state_change::table& t, const delta_key& key) {
    key_.clear();
    sub_.clear();
    key_view now = key.key;
    const bool timers = t.kind == table_kind::timers;
    if (t.key.changes() && !timers) {
      if (!widen_key(t, key.key.bytes(), key_)) return false;
      now.data = key_.data();
      now.size = static_cast<std::uint32_t>(key_.size());
    }
    if (t.key.changes() && timers) {
      // Time, hash and NULL bits stand in front of a timer's key.
      constexpr std::size_t head = 8 + 8 + 1;
      if (key.sub.size() < head) return false;
      sub_.assign(key.sub.substr(0, head));
      if (!widen_key(t, key.sub.substr(head), sub_)) return false;
    } else if (t.sub.changes()) {
      if (!t.sub.append_row(key.sub, sub_)) return false;
    } else {
      sub_.assign(key.sub);
    }
    append_delta_key(bytes_, key.group, t.ordinal, now, sub_);
    return true;
  }

  static bool widen_key(const state_change::table& t, std::string_view key, std::string& out) {
    return t.packed ? t.key.append_packed(key, out) : t.key.append_row(key, out);
  }

  bool append_value(const state_change::table& t, std::string_view value) {
    if (!t.value.changes() && t.origins.empty()) {
      bytes_.append(value);
      return true;
    }
    if (t.timed) {
      if (value.size() < sizeof(timestamp_ms)) return false;
      bytes_.append(value.substr(0, sizeof(timestamp_ms)));
      value.remove_prefix(sizeof(timestamp_ms));
    }
    return t.origins.empty() ? t.value.append_row(value, bytes_) : append_slots(t, value);
  }

  bool append_slots(const state_change::table& t, std::string_view value) {
    if (!cut_slots(value, t.slots_before, parts_)) return false;
    for (std::size_t i = 0; i < t.slots.size(); ++i) {
      const slot_origin& from = t.origins[i];
      if (from.before == slot_origin::none) {
        bytes_.append(empty_size(t.slots[i]), '\0');
      } else if (from.widens()) {
        append_extreme(from, parts_[from.before], empty_size(t.slots[i]));
      } else {
        bytes_.append(parts_[from.before]);
      }
    }
    return true;
  }

  // The value, whether there is one, and zeros up to the slot's size.
  void append_extreme(const slot_origin& from, std::string_view slot, std::size_t size) {
    const std::size_t begin = bytes_.size();
    append_widened(bytes_, *from.was, *from.is, slot.data());
    bytes_.append(slot.substr(data::fixed_width(from.was->id()), sizeof(std::int64_t)));
    bytes_.resize(begin + size, '\0');
  }

  std::unique_ptr<delta_reader> from_;
  state_change change_;
  std::string bytes_;  // keys and values of the block
  std::vector<end> ends_;
  std::vector<delta_entry> entries_;
  std::string key_;  // scratch
  std::string sub_;
  std::vector<std::string_view> parts_;
};

std::unique_ptr<delta_reader> state_change::apply(std::unique_ptr<delta_reader> from) const {
  return std::make_unique<changed_reader>(std::move(from), *this);
}

result<void> check_readable(std::span<const table_spec> before, std::span<const table_spec> now,
                            std::span<const table_match> matches) {
  MILLRACE_CHECK(state_change::between(before, now, matches));
  return {};
}

}  // namespace millrace::tables
