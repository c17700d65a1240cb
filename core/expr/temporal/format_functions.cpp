#include "core/data/column_builder.hpp"
#include "core/expr/families.hpp"
#include "core/expr/string/text_kernel.hpp"
#include "core/expr/temporal/pattern.hpp"
#include "core/expr/temporal/units.hpp"

namespace millrace::expr {
namespace {

using data::data_type;
using data::type_id;

constexpr std::string_view default_pattern = "yyyy-MM-dd HH:mm:ss";

struct prepared_pattern final : prepared_state {
  std::optional<time_pattern> pattern;
};

template <std::size_t Argument, bool Reads = false>
result<std::shared_ptr<const prepared_state>> prepare_pattern(
    const scalar_overload&, std::span<const data::column_ptr> arguments, const eval_context&) {
  auto out = std::make_shared<prepared_pattern>();
  const bool given = arguments.size() > Argument;
  if (!given || (arguments[Argument] && !arguments[Argument]->is_null(0))) {
    MILLRACE_TRY(auto pattern,
                 time_pattern::make(given ? arguments[Argument]->text(0) : default_pattern));
    if (!Reads && pattern.names_zone())
      return make_error(errc::runtime_bad_argument, "a time pattern with X or Z cannot write times",
                        "leave the letter out: the time is one of the session's zone");
    out->pattern = std::move(pattern);
  }
  return std::shared_ptr<const prepared_state>(std::move(out));
}

/// The pattern of each row: the prepared one, or made when the text changes.
class row_pattern {
 public:
  row_pattern(const kernel_call& call, std::size_t argument)
      : prepared_(static_cast<const prepared_pattern*>(call.prepared)->pattern) {
    if (!prepared_) patterns_.emplace(*call.arguments[argument]);
  }
  /// Null for a pattern that is none.
  const time_pattern* at(std::uint32_t row) {
    if (prepared_) return &*prepared_;
    const auto text = (*patterns_)[row];
    if (!made_ || text != last_) {
      last_ = text;
      made_ = true;
      auto pattern = time_pattern::make(text);
      current_.reset();
      if (pattern.ok()) current_ = std::move(*pattern);
    }
    return current_ ? &*current_ : nullptr;
  }

 private:
  const std::optional<time_pattern>& prepared_;
  std::optional<any_text> patterns_;
  std::optional<time_pattern> current_;
  std::string last_;
  bool made_ = false;
};

/// Formats times; the text is made anew only when the time leaves the period that it stands for.
class period_formatter {
 public:
  explicit period_formatter(std::int64_t per_second) : per_second_(per_second) {}
  void put(text_writer& out, std::uint32_t row, const time_pattern& pattern, std::int64_t ticks) {
    if (&pattern != pattern_ || ticks < begin_ || ticks >= end_) make(pattern, ticks);
    if (text_.size() <= sizeof padded_)
      out.put_padded(row, padded_, text_.size());
    else
      out.put(row, text_);
  }
  void forget() { pattern_ = nullptr; }

 private:
  void make(const time_pattern& pattern, std::int64_t ticks) {
    const auto period = pattern.period(per_second_);
    pattern_ = &pattern;
    begin_ = data::floor_div(ticks, period) * period;
    end_ = begin_ + period;
    text_.clear();
    pattern.format(text_, ticks, per_second_);
    std::memcpy(padded_, text_.data(), std::min(text_.size(), sizeof padded_));
  }

  std::int64_t per_second_;
  const time_pattern* pattern_ = nullptr;
  std::int64_t begin_ = 0, end_ = 0;
  std::string text_;
  char padded_[32] = {};
};

// The rows' one text, if all their times lie in one period of the pattern; else null. Batches are
// short against days and hours, so this is the usual case.
template <class Times>
data::column_ptr format_one(const kernel_call& call, std::int64_t per_second, Times times,
                            const time_pattern& pattern) {
  std::int64_t least = INT64_MAX, most = INT64_MIN;
  call.rows.for_each([&](std::uint32_t row) {
    least = std::min(least, times(row));
    most = std::max(most, times(row));
  });
  const auto period = pattern.period(per_second);
  if (least > most || data::floor_div(least, period) != data::floor_div(most, period))
    return nullptr;
  std::string text;
  pattern.format(text, least, per_second);
  data::column_builder one(call.result_type, 1);
  one.append_text(text);
  return data::constant_of(*one.finish(), 0, call.rows.stored);
}

template <class Times>
result<data::column_ptr> format_all(const kernel_call& call, std::int64_t per_second, Times times) {
  row_pattern patterns(call, 1);
  period_formatter formatter(per_second);
  const auto& prepared = static_cast<const prepared_pattern*>(call.prepared)->pattern;
  const bool fixed = prepared.has_value();
  if (fixed && call.valid == nullptr)
    if (auto one = format_one(call, per_second, times, *prepared)) return one;
  return write_texts(call, std::size_t{call.rows.count} * 20,
                     [&](std::uint32_t row, text_writer& out) {
                       const auto* pattern = patterns.at(row);
                       if (pattern == nullptr) return out.put_null(row);
                       if (!fixed) formatter.forget();
                       formatter.put(out, row, *pattern, times(row));
                     });
}

result<data::column_ptr> date_format(const kernel_call& call) {
  MILLRACE_TRY(const auto local, local_times(call.arguments[0], call.context));
  const any_values<std::int64_t> in(*local);
  return format_all(call, data::ticks_per_second(local->type.precision()),
                    [&](std::uint32_t row) { return in[row]; });
}

result<scalar_overload> resolve_date_format(const call_site& site) {
  MILLRACE_CHECK(expect_arguments(site, 2, 2));
  data_type type = site.types[0];
  if (takes_text(type) || type.id() == type_id::date) type = data_type::timestamp(3);
  if (!is_timestamp(type) || !takes_text(site.types[1]))
    return wrong_types(site, "DATE_FORMAT(timestamp, pattern)");
  auto o = strict({type, data_type::string()}, data_type::string(), site, date_format);
  o.prepare = prepare_pattern<1>;
  o.result_type = o.result_type.as_nullable();
  return o;
}

// FROM_UNIXTIME(seconds [, pattern]) in the session's zone.
result<data::column_ptr> from_unixtime(const kernel_call& call) {
  MILLRACE_TRY(const auto zone, time_zone::find(call.context.time_zone));
  const any_values<std::int64_t> in(*call.arguments[0]);
  return format_all(call, 1, [&](std::uint32_t row) { return zone->to_local(in[row], 1); });
}

result<scalar_overload> resolve_from_unixtime(const call_site& site) {
  MILLRACE_CHECK(expect_arguments(site, 1, 2));
  MILLRACE_TRY(auto o, text_overload(site, "lt", data_type::string(), from_unixtime,
                                     "FROM_UNIXTIME(seconds [, pattern])"));
  o.prepare = prepare_pattern<1>;
  o.result_type = o.result_type.as_nullable();
  return o;
}

// Seconds since 1970 of a local time's text; the smallest BIGINT for text that is none.
result<data::column_ptr> unix_timestamp(const kernel_call& call) {
  MILLRACE_TRY(const auto zone, time_zone::find(call.context.time_zone));
  values_writer<std::int64_t> out(call.result_type, call.rows.stored);
  if (call.arguments.empty()) {
    const auto ms = call.context.time != nullptr ? call.context.time->now() : 0;
    for (std::uint32_t i = 0; i < call.rows.stored; ++i) out.at[i] = data::floor_div(ms, 1000);
    return data::column_ptr(out.column);
  }
  const any_text in(*call.arguments[0]);
  row_pattern patterns(call, 1);
  for_each_valid(call, [&](std::uint32_t row) {
    const auto* pattern = patterns.at(row);
    const auto time = pattern ? pattern->parse(in[row], true) : std::nullopt;
    if (time && time->offset) return void(out.at[row] = time->seconds - *time->offset);
    out.at[row] = time ? zone->to_utc(time->seconds, 1) : INT64_MIN;
  });
  return data::column_ptr(out.column);
}

result<scalar_overload> resolve_unix_timestamp(const call_site& site) {
  MILLRACE_CHECK(expect_arguments(site, 0, 2));
  MILLRACE_TRY(auto o, text_overload(site, "tt", of(type_id::bigint), unix_timestamp,
                                     "UNIX_TIMESTAMP([string [, pattern]])"));
  o.prepare = prepare_pattern<1, true>;
  o.deterministic = !site.types.empty();
  return o;
}

std::int64_t ticks_of(const time_pattern::parsed& time, std::int64_t per_second) {
  return time.seconds * per_second + time.nanos / (1'000'000'000 / per_second);
}

// By the pattern, else as a plain timestamp or date.
std::optional<std::int64_t> parse_time(const time_pattern* pattern, std::string_view text,
                                       std::int32_t precision) {
  if (pattern != nullptr)
    if (const auto time = pattern->parse(text, false))
      return ticks_of(*time, data::ticks_per_second(precision));
  return data::parse_timestamp(text, precision);
}

template <bool Zoned>
result<data::column_ptr> to_timestamp(const kernel_call& call) {
  MILLRACE_TRY(auto zone, time_zone::find(Zoned ? call.context.time_zone : "UTC"));
  if (call.arguments.size() == 3) {
    MILLRACE_TRY(zone, time_zone::find(std::string(call.arguments[2]->text(0))));
  }
  values_writer<std::int64_t> out(call.result_type, call.rows.stored);
  null_marks nulls(call.rows.stored);
  const any_text in(*call.arguments[0]);
  row_pattern patterns(call, 1);
  const auto precision = call.result_type.precision();
  const auto per_second = data::ticks_per_second(precision);
  const bool given = call.arguments.size() > 1;
  for_each_valid(call, [&](std::uint32_t row) {
    const auto ticks = parse_time(given ? patterns.at(row) : nullptr, in[row], precision);
    if (!ticks) return nulls.mark(row);
    out.at[row] = Zoned ? zone->to_utc(*ticks, per_second) : *ticks;
  });
  out.column->validity = nulls.take();
  return data::column_ptr(out.column);
}

result<data::column_ptr> to_date(const kernel_call& call) {
  values_writer<std::int32_t> out(call.result_type, call.rows.stored);
  null_marks nulls(call.rows.stored);
  const any_text in(*call.arguments[0]);
  row_pattern patterns(call, 1);
  const bool given = call.arguments.size() > 1;
  for_each_valid(call, [&](std::uint32_t row) {
    if (!given) {
      const auto days = data::parse_date(in[row]);
      if (days)
        out.at[row] = *days;
      else
        nulls.mark(row);
      return;
    }
    const auto* pattern = patterns.at(row);
    const auto time = pattern ? pattern->parse(in[row], false) : std::nullopt;
    if (!time) return nulls.mark(row);
    out.at[row] = static_cast<std::int32_t>(data::floor_div(time->seconds, data::seconds_per_day));
  });
  out.column->validity = nulls.take();
  return data::column_ptr(out.column);
}

template <scalar_kernel Kernel>
result<scalar_overload> resolve_parsing(const call_site& site, const data_type& type,
                                        std::size_t most) {
  MILLRACE_CHECK(expect_arguments(site, 1, most));
  MILLRACE_TRY(auto o,
               text_overload(site, "ttt", type, Kernel, "TO_TIMESTAMP(string [, pattern])"));
  o.prepare = prepare_pattern<1, true>;
  o.result_type = o.result_type.as_nullable();
  return o;
}
result<scalar_overload> resolve_to_date(const call_site& site) {
  return resolve_parsing<to_date>(site, of(type_id::date), 2);
}
result<scalar_overload> resolve_to_timestamp(const call_site& site) {
  return resolve_parsing<to_timestamp<false>>(site, data_type::timestamp(3), 2);
}

// TO_TIMESTAMP_LTZ(number [, 0 or 3]): seconds or milliseconds since 1970.
result<data::column_ptr> number_to_timestamp(const kernel_call& call) {
  const bool seconds = call.arguments.size() > 1 && call.arguments[1]->value<std::int32_t>(0) == 0;
  return map_values<std::int64_t, std::int64_t>(call, [=](std::int64_t v) {
    return static_cast<std::int64_t>(static_cast<std::uint64_t>(v) * (seconds ? 1000U : 1U));
  });
}

result<scalar_overload> resolve_to_timestamp_ltz(const call_site& site) {
  MILLRACE_CHECK(expect_arguments(site, 1, 3));
  const data_type type = data_type::timestamp_ltz(3);
  if (!data::is_numeric(site.types[0].id()))
    return resolve_parsing<to_timestamp<true>>(site, type, 3);
  MILLRACE_TRY(
      auto o,
      text_overload(site,
                    site.types[0].id() == type_id::decimal || data::is_integer(site.types[0].id())
                        ? "li"
                        : "di",
                    type, number_to_timestamp, "TO_TIMESTAMP_LTZ(number [, precision])"));
  o.argument_types[0] = of(type_id::bigint);
  if (site.types.size() == 2 && (!site.literals[1] || site.literals[1]->is_null(0)))
    return wrong_types(site, "TO_TIMESTAMP_LTZ(number [, 0 or 3])");
  return o;
}

// CONVERT_TZ(text, from zone, to zone): a local time in another zone, as text.
result<data::column_ptr> convert_tz(const kernel_call& call) {
  const any_text in(*call.arguments[0]), from(*call.arguments[1]), to(*call.arguments[2]);
  std::string text;
  return write_texts(call, std::size_t{call.rows.count} * 20,
                     [&](std::uint32_t row, text_writer& out) {
                       const auto a = time_zone::find(std::string(from[row]));
                       const auto b = time_zone::find(std::string(to[row]));
                       const auto ticks = data::parse_timestamp(in[row], 0);
                       if (!a.ok() || !b.ok() || !ticks) return out.put_null(row);
                       text.clear();
                       const auto utc = a.value()->to_utc(*ticks, 1000);
                       data::append_timestamp(text, b.value()->to_local(utc, 1000), 0);
                       out.put(row, text);
                     });
}

result<scalar_overload> resolve_convert_tz(const call_site& site) {
  MILLRACE_CHECK(expect_arguments(site, 3, 3));
  MILLRACE_TRY(auto o, text_overload(site, "ttt", data_type::string(), convert_tz,
                                     "CONVERT_TZ(string, from, to)"));
  o.result_type = o.result_type.as_nullable();
  return o;
}

constexpr std::string_view family = "temporal";

constexpr scalar_function table[] = {
    {"DATE_FORMAT", family, "DATE_FORMAT(timestamp, pattern)",
     "The time in the form of a pattern of Java's DateTimeFormatter.", resolve_date_format},
    {"FROM_UNIXTIME", family, "FROM_UNIXTIME(seconds [, pattern])",
     "Seconds since 1970 as local time.", resolve_from_unixtime},
    {"UNIX_TIMESTAMP", family, "UNIX_TIMESTAMP([string [, pattern]])",
     "Seconds since 1970 of a local time, or of now.", resolve_unix_timestamp},
    {"TO_DATE", family, "TO_DATE(string [, pattern])", "A date; NULL for text that is none.",
     resolve_to_date},
    {"TO_TIMESTAMP", family, "TO_TIMESTAMP(string [, pattern])",
     "A TIMESTAMP(3); NULL for text that is none.", resolve_to_timestamp},
    {"TO_TIMESTAMP_LTZ", family, "TO_TIMESTAMP_LTZ(number [, precision])",
     "A moment by seconds (0) or milliseconds (3) since 1970, or by text.",
     resolve_to_timestamp_ltz},
    {"CONVERT_TZ", family, "CONVERT_TZ(string, from, to)",
     "A local time in another zone; zones by name.", resolve_convert_tz},
};

}  // namespace

std::span<const scalar_function> format_functions() { return table; }

}  // namespace millrace::expr
