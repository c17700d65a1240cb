#include "core/connectors/table_options.hpp"

#include "core/base/result.hpp"

#include <fmt/format.h>

#include <charconv>

namespace millrace::connectors {
namespace {

template <class T>
result<T> as_table_error(result<T> r) {
  if (r.ok()) return r;
  error e = r.take_error();
  e.code = errc::sql_bad_option;
  return e;
}

result<std::int64_t> not_negative(result<std::int64_t> r, std::string_view key) {
  r = as_table_error(std::move(r));
  if (r.ok() && *r < 0) return bad_option(key, fmt::format("{}", *r), "is negative");
  return r;
}

}  // namespace

error bad_option(std::string_view key, std::string_view value, std::string_view what,
                 std::string hint) {
  return make_error(errc::sql_bad_option, fmt::format("option '{}': '{}' {}", key, value, what),
                    std::move(hint));
}

result<std::int64_t> table_options::integer(std::string_view key, std::int64_t otherwise,
                                            std::int64_t least, std::int64_t most) const {
  MILLRACE_TRY(const auto value, as_table_error(reader_.integer(key, otherwise)));
  if (value < least || value > most)
    return bad_option(key, text(key), fmt::format("is not between {} and {}", least, most));
  return value;
}

result<double> table_options::number(std::string_view key, double otherwise) const {
  return as_table_error(reader_.number(key, otherwise));
}

result<bool> table_options::boolean(std::string_view key, bool otherwise) const {
  return as_table_error(reader_.boolean(key, otherwise));
}

result<std::int64_t> table_options::duration_ms(std::string_view key,
                                                std::int64_t otherwise) const {
  return not_negative(reader_.duration_ms(key, otherwise), key);
}

result<std::int64_t> table_options::size_bytes(std::string_view key, std::int64_t otherwise) const {
  return not_negative(reader_.size_bytes(key, otherwise), key);
}

result<char> table_options::character(std::string_view key, char otherwise) const {
  if (!has(key)) return otherwise;
  const std::string t = text(key);
  if (t.size() == 1) return t[0];
  if (t == "\\t") return '\t';
  if (t == "\\n") return '\n';
  if (t == "\\r") return '\r';
  if (t == "\\\\") return '\\';
  if (t.size() == 6 && t.starts_with("\\u")) {
    unsigned code = 0;
    const auto [end, bad] = std::from_chars(t.data() + 2, t.data() + 6, code, 16);
    if (bad == std::errc{} && end == t.data() + 6 && code < 128) return static_cast<char>(code);
  }
  return bad_option(key, t, "is not a single ASCII character",
                    "write one character, or an escape like '\\t' or '\\u0001'");
}

}  // namespace millrace::connectors
