#include "core/data/civil_time.hpp"
#include "core/data/decimal.hpp"
#include "core/data/value_text.hpp"
#include "core/expr/cast/cast.hpp"
#include "core/expr/string/utf8.hpp"
#include "core/expr/temporal/time_zone.hpp"
#include "core/expr/type_rules.hpp"

#include <charconv>

namespace millrace::expr {
namespace {

using data::type_id;

// CHAR(n) pads with blanks, BINARY(n) with zeros; all cut at n characters (bytes).
class length_rule {
 public:
  explicit length_rule(const data::data_type& to)
      : limit_(static_cast<std::size_t>(to.precision())),
        bounded_(to.precision() != data::max_length && to.precision() > 0),
        characters_(data::is_character(to.id())),
        padded_(to.id() == type_id::character || to.id() == type_id::binary) {}

  void put(text_writer& out, std::uint32_t row, std::string_view text) const {
    if (!bounded_) return out.put(row, text);
    const std::size_t have = characters_ ? count_characters(text) : text.size();
    if (have > limit_)
      return out.put(row, characters_ ? first_characters(text, limit_) : text.substr(0, limit_));
    if (!padded_ || have == limit_) return out.put(row, text);
    const std::size_t size = text.size() + limit_ - have;
    char* to = out.room(row, size);
    std::memcpy(to, text.data(), text.size());
    std::memset(to + text.size(), characters_ ? ' ' : 0, limit_ - have);
    out.commit(size);
  }

 private:
  std::size_t limit_;
  bool bounded_;
  bool characters_;
  bool padded_;
};

template <class T>
result<data::column_ptr> integers_to_text(const cast_call& call) {
  text_writer out(call.to, call.rows.stored, std::size_t{call.rows.count} * 12);
  const length_rule rule(call.to);
  const any_values<T> in(*call.from);
  (void)try_each_row(call, [&](std::uint32_t row) {
    char digits[24];
    const auto end = std::to_chars(digits, digits + sizeof digits, in[row]).ptr;
    rule.put(out, row, {digits, static_cast<std::size_t>(end - digits)});
    return true;
  });
  return out.finish();
}

}  // namespace

result<data::column_ptr> cast_to_text(const cast_call& call) {
  switch (call.from->type.id()) {
    case type_id::tinyint: return integers_to_text<std::int8_t>(call);
    case type_id::smallint: return integers_to_text<std::int16_t>(call);
    case type_id::integer: return integers_to_text<std::int32_t>(call);
    case type_id::bigint: return integers_to_text<std::int64_t>(call);
    default: break;
  }
  MILLRACE_TRY(const auto zone, time_zone::find(call.context.time_zone));
  const data::text_style style{zone.get(), false};
  text_writer out(call.to, call.rows.stored, std::size_t{call.rows.count} * 16);
  const length_rule rule(call.to);
  std::string text;
  (void)try_each_row(call, [&](std::uint32_t row) {
    text.clear();
    data::append_value_text(text, *call.from, row, style);
    rule.put(out, row, text);
    return true;
  });
  return out.finish();
}

result<data::column_ptr> cast_text_to_text(const cast_call& call) {
  text_writer out(call.to, call.rows.stored, call.from->values ? call.from->values->size() : 0);
  const length_rule rule(call.to);
  const any_text in(*call.from);
  (void)try_each_row(call, [&](std::uint32_t row) {
    rule.put(out, row, in[row]);
    return true;
  });
  return out.finish();
}

}  // namespace millrace::expr
