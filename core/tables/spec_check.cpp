#include "core/tables/spec_check.hpp"

#include <algorithm>
#include <string>

namespace millrace::tables {

namespace {

using data::data_type;
using data::type_id;

// Whether a value written as `before` is the same bytes as one of `now`.
bool alike(const data_type& before, const data_type& now) {
  if (before.id() != now.id() || before.child_count() != now.child_count()) return false;
  for (std::size_t i = 0; i < before.child_count(); ++i) {
    if (!alike(before.child(i), now.child(i))) return false;
  }
  if (data::is_variable_length(before.id())) return true;
  if (before.id() == type_id::decimal) {
    return before.scale() == now.scale() && before.precision() <= now.precision();
  }
  return before.precision() == now.precision() && before.scale() == now.scale();
}

bool alike(const std::vector<data_type>& before, const std::vector<data_type>& now) {
  return std::equal(before.begin(), before.end(), now.begin(), now.end(),
                    [](const data_type& a, const data_type& b) { return alike(a, b); });
}

bool alike(const table_spec& before, const table_spec& now) {
  return before.name == now.name && before.kind == now.kind && before.slots == now.slots &&
         before.sequenced == now.sequenced && (before.ttl_ms > 0) == (now.ttl_ms > 0) &&
         alike(before.key_types, now.key_types) && alike(before.sub_key_types, now.sub_key_types) &&
         alike(before.value_types, now.value_types);
}

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

}  // namespace

result<void> check_readable(std::span<const table_spec> before, std::span<const table_spec> now) {
  for (std::size_t i = 0; i < std::max(before.size(), now.size()); ++i) {
    if (i < before.size() && i < now.size() && alike(before[i], now[i])) continue;
    const std::string was = i < before.size() ? text_of(before[i]) : "nothing";
    const std::string is = i < now.size() ? text_of(now[i]) : "nothing";
    return make_error(
        errc::state_type_changed,
        "the checkpoint holds the table " + was + " where the query keeps " + is,
        "millrace explain --against shows what a query takes over; start it without this state");
  }
  return {};
}

}  // namespace millrace::tables
