#include "core/tables/widening.hpp"

#include <algorithm>
#include <cstring>

namespace millrace::tables {

namespace {

using data::data_type;
using data::type_id;

// What lies in a row in front of its variable part: a value, or the end of its bytes.
std::size_t width_in_row(const data_type& t) {
  const std::size_t width = data::fixed_width(t.id());
  return width == 0 ? sizeof(std::uint32_t) : width;
}

std::int64_t integer_at(const data_type& t, const char* at) {
  const auto read = [at](auto value) {
    std::memcpy(&value, at, sizeof value);
    return std::int64_t{value};
  };
  switch (t.id()) {
    case type_id::tinyint: return read(std::int8_t{});
    case type_id::smallint: return read(std::int16_t{});
    default: return read(std::int32_t{});
  }
}

}  // namespace

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

bool widens(const data_type& before, const data_type& now) {
  if (alike(before, now)) return true;
  if (before.id() == type_id::float32) return now.id() == type_id::float64;
  return data::is_integer(before.id()) && data::is_integer(now.id()) &&
         data::fixed_width(before.id()) < data::fixed_width(now.id());
}

bool widens(const std::vector<data_type>& before, const std::vector<data_type>& now) {
  return std::equal(before.begin(), before.end(), now.begin(), now.end(),
                    [](const data_type& a, const data_type& b) { return widens(a, b); });
}

// Little endian: the low bytes of an integer are those of the narrower one.
void append_widened(std::string& out, const data_type& before, const data_type& now,
                    const char* at) {
  if (before.id() == type_id::float32 && now.id() == type_id::float64) {
    float narrow = 0;
    std::memcpy(&narrow, at, sizeof narrow);
    const double wide = narrow;
    out.append(reinterpret_cast<const char*>(&wide), sizeof wide);
  } else if (before.id() != now.id()) {
    const std::int64_t value = integer_at(before, at);
    out.append(reinterpret_cast<const char*>(&value), data::fixed_width(now.id()));
  } else {
    out.append(at, width_in_row(before));
  }
}

row_widening::row_widening(std::vector<data_type> before, std::vector<data_type> now)
    : before_(std::move(before)), now_(std::move(now)), changes_(!alike(before_, now_)) {}

bool row_widening::append_row(std::string_view row, std::string& out) const {
  std::size_t at = (before_.size() + 7) / 8;
  std::size_t fixed = at;
  for (const data_type& t : before_) fixed += width_in_row(t);
  if (row.size() < fixed) return false;
  out.append(row.substr(0, at));
  for (std::size_t i = 0; i < before_.size(); ++i) {
    append_widened(out, before_[i], now_[i], row.data() + at);
    at += width_in_row(before_[i]);
  }
  out.append(row.substr(at));
  return true;
}

bool row_widening::append_packed(std::string_view key, std::string& out) const {
  std::size_t fixed = 0;
  for (const data_type& t : before_) fixed += data::fixed_width(t.id());
  if (key.size() != (fixed + 7) / 8 * 8) return false;
  const std::size_t begin = out.size();
  std::size_t at = 0;
  for (std::size_t i = 0; i < before_.size(); ++i) {
    append_widened(out, before_[i], now_[i], key.data() + at);
    at += data::fixed_width(before_[i].id());
  }
  out.append((8 - (out.size() - begin) % 8) % 8, '\0');
  return true;
}

}  // namespace millrace::tables
