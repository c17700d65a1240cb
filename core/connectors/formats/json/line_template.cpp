#include "core/connectors/formats/json/line_template.hpp"

#include <fast_float/fast_float.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace millrace::connectors::formats::json {
namespace {

using data::type_id;

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

// The first quote, backslash or control character from `p` on; `end` if there is none.
const char* find_special(const char* p, const char* end) {
#if defined(__SSE2__)
  const auto quote = _mm_set1_epi8('"');
  const auto slash = _mm_set1_epi8('\\');
  const auto control = _mm_set1_epi8(0x1f);
  for (; p < end; p += 16) {
    const auto v = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    const auto hit = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(v, quote), _mm_cmpeq_epi8(v, slash)),
                                  _mm_cmpeq_epi8(_mm_min_epu8(v, control), v));
    const auto bits = static_cast<std::uint32_t>(_mm_movemask_epi8(hit));
    if (bits != 0) return std::min(p + std::countr_zero(bits), end);
  }
  return end;
#else
  while (p < end && *p != '"' && *p != '\\' && static_cast<unsigned char>(*p) >= 0x20) ++p;
  return p;
#endif
}

// The string whose opening quote is at `at`; false if it has escapes or does not end.
bool take_string(const char*& at, const char* end, std::string_view& text) {
  if (at >= end || *at != '"') return false;
  const char* close = find_special(at + 1, end);
  if (close == end || *close != '"') return false;
  text = {at + 1, static_cast<std::size_t>(close - at - 1)};
  at = close + 1;
  return true;
}

// `-?digits` without a leading zero and without overflow; what follows is for the caller to check.
bool take_integer(const char*& at, const char* end, std::int64_t& value) {
  const bool negative = at < end && *at == '-';
  const char* p = at + (negative ? 1 : 0);
  const char* first = p;
  std::uint64_t sum = 0;
  while (p < end && is_digit(*p)) sum = sum * 10 + static_cast<std::uint64_t>(*p++ - '0');
  const auto digits = p - first;
  if (digits == 0 || digits > 18 || (digits > 1 && *first == '0')) return false;
  value = negative ? -static_cast<std::int64_t>(sum) : static_cast<std::int64_t>(sum);
  at = p;
  return true;
}

bool take_number(const char*& at, const char* end, double& value) {
  const char* p = at + (at < end && *at == '-' ? 1 : 0);
  if (p >= end || !is_digit(*p) || (*p == '0' && p + 1 < end && is_digit(p[1]))) return false;
  const auto [stop, bad] = fast_float::from_chars(at, end, value);
  if (bad != std::errc{} || !is_digit(stop[-1])) return false;
  // JSON wants a digit behind the point, fast_float does not.
  const void* point = std::memchr(at, '.', static_cast<std::size_t>(stop - at));
  if (point != nullptr && !is_digit(static_cast<const char*>(point)[1])) return false;
  at = stop;
  return true;
}

// Steps over any value whose brackets and quotes are in order.
bool skip_value(const char*& at, const char* end) {
  int depth = 0;
  while (at < end) {
    if (*at == '"') {
      for (const char* p = find_special(at + 1, end);; p = find_special(p, end)) {
        if (p >= end || static_cast<unsigned char>(*p) < 0x20) return false;
        if (*p == '"') {
          at = p + 1;
          break;
        }
        p += 2;
      }
      if (depth == 0) return true;
      continue;
    }
    if (*at == '{' || *at == '[') {
      ++depth;
    } else if (*at == '}' || *at == ']') {
      if (depth == 0) return true;
      if (--depth == 0) {
        ++at;
        return true;
      }
    } else if (depth == 0 && (*at == ',' || is_blank(*at))) {
      return true;
    }
    ++at;
  }
  return depth == 0;
}

void skip_blanks(const char*& at, const char* end) {
  while (at < end && is_blank(*at)) ++at;
}

bool is_null_text(const char* at, const char* end) {
  return end - at >= 4 && std::memcmp(at, "null", 4) == 0;
}

}  // namespace

// Walks a line and writes the steps down. The text since the last value is `literal`.
struct line_template::learner {
  const char* at;
  const char* end;
  const char* literal;
  std::map<std::vector<std::uint32_t>, std::vector<step>>& rows_seen;
  std::vector<step> steps;

  bool add(step s) {
    const std::string_view text(literal, static_cast<std::size_t>(at - literal));
    if (!set_bytes(s, text)) return false;
    steps.push_back(std::move(s));
    return true;
  }
  static action action_of(const data::data_type& type) {
    switch (type.id()) {
      case type_id::character:
      case type_id::varchar: return action::text;
      case type_id::integer: return action::int32;
      case type_id::bigint: return action::int64;
      case type_id::float64: return action::float64;
      case type_id::boolean: return action::boolean;
      case type_id::timestamp: return action::timestamp;
      case type_id::array:
      case type_id::map:
      case type_id::multiset: return action::other;
      default: return action::scalar;
    }
  }
  bool value(const json_field* field, std::vector<std::uint32_t> path) {
    step s;
    s.path = path;
    if (field != nullptr && field->type.id() == type_id::row) {
      return row(*field, std::move(s));
    }
    if (field != nullptr) {
      s.what = action_of(field->type);
      s.precision = field->type.precision();
    }
    if (!add(s) || !skip_value(at, end)) return false;
    literal = at;
    return true;
  }
  // The keys of a ROW that is NULL here are those of a line before.
  bool row(const json_field& field, step s) {
    const auto path = s.path;
    const bool null = is_null_text(at, end);
    if (!null && (at >= end || *at != '{')) return false;
    const auto seen = rows_seen.find(path);
    s.what = null && seen == rows_seen.end() ? action::other : action::open_row;
    if (!add(std::move(s))) return false;
    const std::size_t open = steps.size() - 1;
    if (null) {
      at += 4;
      if (seen != rows_seen.end())
        steps.insert(steps.end(), seen->second.begin(), seen->second.end());
    } else {
      literal = at;
      if (!object(field.children, path)) return false;
      step close;
      close.what = action::close_row;
      close.path = path;
      if (!add(std::move(close))) return false;
      rows_seen[path].assign(steps.begin() + static_cast<std::ptrdiff_t>(open) + 1, steps.end());
    }
    steps[open].jump = static_cast<std::uint32_t>(steps.size() - open);
    literal = at;
    return true;
  }
  // Leaves `at` behind the closing brace, which is part of the next literal.
  bool object(const std::vector<json_field>& fields, const std::vector<std::uint32_t>& path) {
    std::vector<bool> seen(fields.size(), false);
    ++at;
    skip_blanks(at, end);
    while (at < end && *at != '}') {
      std::string_view key;
      if (!take_string(at, end, key)) return false;
      skip_blanks(at, end);
      if (at >= end || *at++ != ':') return false;
      skip_blanks(at, end);
      const json_field* field = nullptr;
      std::vector<std::uint32_t> inner = path;
      for (std::uint32_t i = 0; i < fields.size(); ++i) {
        if (fields[i].name != key) continue;
        if (seen[i]) return false;
        seen[i] = true;
        field = &fields[i];
        inner.push_back(i);
      }
      if (!value(field, std::move(inner))) return false;
      skip_blanks(at, end);
      if (at < end && *at == ',') ++at;
      skip_blanks(at, end);
    }
    if (at >= end) return false;
    ++at;
    return std::find(seen.begin(), seen.end(), false) == seen.end();
  }
};

bool line_template::set_bytes(step& s, std::string_view text) {
  if (text.size() > sizeof s.bytes) return false;
  s.size = static_cast<std::uint16_t>(text.size());
  s.words = static_cast<std::uint8_t>((text.size() + 7) / 8);
  std::memcpy(s.bytes, text.data(), text.size());
  unsigned char ones[sizeof s.masks] = {};
  std::memset(ones, 0xff, text.size());
  std::memcpy(s.masks, ones, sizeof ones);
  return true;
}

void line_template::learn(std::string_view line) {
  if (lessons_left_-- <= 0) return;
  learner l{line.data(), line.data() + line.size(), line.data(), rows_seen_, {}};
  skip_blanks(l.at, l.end);
  if (l.at >= l.end || *l.at != '{' || !l.object(fields_, {})) return;
  step last;
  last.what = action::end;
  if (!l.add(last)) return;
  steps_ = std::move(l.steps);
  bound_ = nullptr;
}

bool line_template::matches(const step& s, const char*& at, const char* end) const {
  std::uint64_t differ = 0;
  for (std::uint32_t w = 0; w < s.words; ++w) {
    std::uint64_t have = 0;
    std::memcpy(&have, at + 8 * w, 8);
    differ |= (have ^ s.bytes[w]) & s.masks[w];
  }
  at += s.size;
  return differ == 0 && at <= end;
}

bool line_template::take(step& s, const char*& at, const char* end) {
  if (at < end && *at == 'n' && s.what != action::skip) {
    if (!is_null_text(at, end)) return false;
    s.to->append_null();
    at += 4;
    return true;
  }
  std::int64_t number = 0;
  switch (s.what) {
    case action::skip: return skip_value(at, end);
    case action::text: {
      std::string_view text;
      if (!take_string(at, end, text)) return false;
      s.to->append_text(text);
      return true;
    }
    case action::int64:
      if (!take_integer(at, end, number)) return false;
      s.to->append(number);
      return true;
    case action::int32:
      if (!take_integer(at, end, number) || number != static_cast<std::int32_t>(number))
        return false;
      s.to->append(static_cast<std::int32_t>(number));
      return true;
    case action::float64: {
      double real = 0;
      if (!take_number(at, end, real)) return false;
      s.to->append(real);
      return true;
    }
    case action::boolean: {
      const bool truth = end - at >= 4 && std::memcmp(at, "true", 4) == 0;
      if (!truth && !(end - at >= 5 && std::memcmp(at, "false", 5) == 0)) return false;
      s.to->append(static_cast<std::uint8_t>(truth ? 1 : 0));
      at += truth ? 4 : 5;
      return true;
    }
    case action::timestamp: {
      std::string_view text;
      if (!take_string(at, end, text)) return false;
      const auto ticks = timestamps_.parse(text, s.precision, false);
      if (!ticks) return false;
      s.to->append(*ticks);
      return true;
    }
    case action::scalar: {
      std::string_view text;
      const char* const begin = at;
      double real = 0;
      if (at < end && *at == '"') {
        if (!take_string(at, end, text)) return false;
      } else {
        if (!data::is_numeric(s.to->type().id()) || !take_number(at, end, real)) return false;
        text = {begin, static_cast<std::size_t>(at - begin)};
      }
      return append_scalar(*s.to, text, timestamps_);
    }
    default: return false;
  }
}

void line_template::bind(std::span<data::column_builder* const> columns) {
  for (auto& s : steps_) {
    if (s.path.empty()) continue;
    s.to = columns[s.path[0]];
    for (std::size_t i = 1; i < s.path.size(); ++i) s.to = &s.to->child(s.path[i]);
    if (s.what == action::skip) s.to = nullptr;
  }
  bound_ = columns.empty() ? nullptr : columns[0];
}

void line_template::flush(step& s) {
  if (s.nulls == 0) return;
  s.to->append_nulls(s.nulls);
  s.nulls = 0;
}

void line_template::flush() {
  for (auto& s : steps_) flush(s);
}

bool line_template::read(std::string_view line, std::span<data::column_builder* const> columns) {
  if (columns.empty() || columns[0] != bound_) bind(columns);
  const char* at = line.data();
  const char* const end = at + line.size();
  for (std::size_t i = 0; i < steps_.size();) {
    step& s = steps_[i];
    if (!matches(s, at, end)) return false;
    switch (s.what) {
      case action::end: skip_blanks(at, end); return at == end;
      case action::open_row:
        if (at < end && *at == '{') {
          flush(s);
          ++i;
          continue;
        }
        if (!is_null_text(at, end)) return false;
        if (s.path.size() == 1)
          ++s.nulls;
        else
          s.to->append_null();
        at += 4;
        i += s.jump;
        continue;
      case action::close_row:
        s.to->append_nested();
        ++i;
        continue;
      default:
        if (!take(s, at, end)) return false;
        ++i;
    }
  }
  return false;
}

}  // namespace millrace::connectors::formats::json
