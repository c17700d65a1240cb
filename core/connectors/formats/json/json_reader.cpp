#include "core/connectors/formats/json/json_reader.hpp"

#include "core/connectors/formats/format.hpp"

#include <fmt/format.h>
#include <simdjson.h>

#include <cmath>
#include <limits>

namespace millrace::connectors::formats::json {
namespace {

using data::column_builder;
using data::type_id;
namespace ondemand = simdjson::ondemand;
using json_type = ondemand::json_type;

// `bad_json`: the text is no JSON, the whole record is lost. `bad_value`: JSON that does not fit
// its column.
enum class status : std::uint8_t { ok, bad_json, bad_value };

bool is_json_number(std::string_view t) {
  std::size_t i = 0;
  const auto digits = [&] {
    const std::size_t from = i;
    while (i < t.size() && t[i] >= '0' && t[i] <= '9') ++i;
    return i - from;
  };
  if (i < t.size() && t[i] == '-') ++i;
  const bool zero = i < t.size() && t[i] == '0';
  const std::size_t whole = digits();
  if (whole == 0 || (zero && whole > 1)) return false;
  if (i < t.size() && t[i] == '.') {
    ++i;
    if (digits() == 0) return false;
  }
  if (i < t.size() && (t[i] | 0x20) == 'e') {
    ++i;
    if (i < t.size() && (t[i] == '+' || t[i] == '-')) ++i;
    if (digits() == 0) return false;
  }
  return i == t.size();
}

// Jackson cuts a number with a fraction to an integer, within the type's range.
template <class Int>
bool append_integer(column_builder& to, std::string_view number) {
  if (const auto value = parse_integer<Int>(number)) {
    to.append(*value);
    return true;
  }
  const auto real = parse_double(number);
  const bool whole = number.find_first_of(".eE") == std::string_view::npos;
  if (whole || !real || !(std::abs(*real) < 9.2e18)) return false;
  const auto cut = static_cast<std::int64_t>(*real);
  if (cut < std::numeric_limits<Int>::min() || cut > std::numeric_limits<Int>::max()) return false;
  to.append(static_cast<Int>(cut));
  return true;
}

}  // namespace

struct json_reader::state {
  explicit state(const json_options& o) : options(o), timestamps(o.timestamps) {}

  ondemand::parser parser;
  json_options options;
  timestamp_parser timestamps;
  std::string reason;
  std::string scratch;
  bool bad_field = false;

  status broken(simdjson::error_code e) {
    reason = simdjson::error_message(e);
    return status::bad_json;
  }
  status misfit(const json_field& field, std::string_view text) {
    constexpr std::size_t shown = 60;
    reason = fmt::format("'{}{}' is no {} for field '{}'", text.substr(0, shown),
                         text.size() > shown ? "..." : "", data::to_text(field.type), field.name);
    return status::bad_value;
  }

  status write_fields(ondemand::object object, const std::vector<json_field>& fields,
                      auto&& column_of);
  status write(ondemand::value value, const json_field& field, column_builder& to);
  status write_present(ondemand::value value, json_type type, const json_field& field,
                       column_builder& to);
  status write_string(ondemand::value value, const json_field& field, column_builder& to);
  status write_token(std::string_view token, json_type type, const json_field& field,
                     column_builder& to);
  status write_container(ondemand::value value, json_type type, const json_field& field,
                         column_builder& to);
  status write_raw(std::string_view raw, const json_field& field, column_builder& to);
  status write_array(ondemand::array array, const json_field& field, column_builder& to);
  status write_map(ondemand::object object, const json_field& field, column_builder& to);
};

namespace {

std::size_t find_field(const std::vector<json_field>& fields, std::size_t expected,
                       std::string_view key) {
  if (expected < fields.size() && fields[expected].name == key) return expected;
  for (std::size_t i = 0; i < fields.size(); ++i)
    if (fields[i].name == key) return i;
  return fields.size();
}

}  // namespace

status json_reader::state::write_fields(ondemand::object object,
                                        const std::vector<json_field>& fields, auto&& column_of) {
  std::vector<std::uint32_t> before;
  for (std::size_t i = 0; i < fields.size(); ++i) before.push_back(column_of(i).length());
  std::size_t expected = 0;
  for (auto entry : object) {
    std::string_view key;
    if (const auto e = entry.unescaped_key().get(key); e != simdjson::SUCCESS) return broken(e);
    const std::size_t i = find_field(fields, expected, key);
    if (i == fields.size()) continue;
    expected = i + 1;
    ondemand::value value;
    if (const auto e = entry.value().get(value); e != simdjson::SUCCESS) return broken(e);
    column_of(i).truncate(before[i]);  // of a key that comes twice the last one counts
    if (const auto s = write(value, fields[i], column_of(i)); s != status::ok) return s;
  }
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (column_of(i).length() > before[i]) continue;
    if (options.fail_on_missing_field) {
      reason = fmt::format("field '{}' is missing", fields[i].name);
      return status::bad_value;
    }
    column_of(i).append_null();
  }
  return status::ok;
}

status json_reader::state::write(ondemand::value value, const json_field& field,
                                 column_builder& to) {
  json_type type;
  if (const auto e = value.type().get(type); e != simdjson::SUCCESS) return broken(e);
  if (type == json_type::null) {
    bool null = false;
    if (const auto e = value.is_null().get(null); e != simdjson::SUCCESS) return broken(e);
    if (!null) return broken(simdjson::N_ATOM_ERROR);
    to.append_null();
    return status::ok;
  }
  const std::uint32_t before = to.length();
  const status s = write_present(value, type, field, to);
  if (s != status::bad_value || !options.ignore_parse_errors) return s;
  bad_field = true;
  to.truncate(before);
  to.append_null();
  return status::ok;
}

status json_reader::state::write_present(ondemand::value value, json_type type,
                                         const json_field& field, column_builder& to) {
  if (type == json_type::string) return write_string(value, field, to);
  if (type == json_type::array || type == json_type::object)
    return write_container(value, type, field, to);
  if (type == json_type::boolean) {
    bool truth = false;
    if (const auto e = value.get_bool().get(truth); e != simdjson::SUCCESS) return broken(e);
    return write_token(truth ? "true" : "false", type, field, to);
  }
  const std::string_view token = trimmed(value.raw_json_token());
  if (!is_json_number(token)) return broken(simdjson::NUMBER_ERROR);
  return write_token(token, type, field, to);
}

status json_reader::state::write_string(ondemand::value value, const json_field& field,
                                        column_builder& to) {
  std::string_view text;
  if (const auto e = value.get_string().get(text); e != simdjson::SUCCESS) return broken(e);
  if (!data::is_nested(field.type.id()) && append_scalar(to, text, timestamps)) return status::ok;
  return misfit(field, text);
}

status json_reader::state::write_token(std::string_view token, json_type type,
                                       const json_field& field, column_builder& to) {
  const bool number = type == json_type::number;
  bool done = false;
  switch (field.type.id()) {
    case type_id::tinyint: done = number && append_integer<std::int8_t>(to, token); break;
    case type_id::smallint: done = number && append_integer<std::int16_t>(to, token); break;
    case type_id::integer: done = number && append_integer<std::int32_t>(to, token); break;
    case type_id::bigint: done = number && append_integer<std::int64_t>(to, token); break;
    case type_id::date:
    case type_id::time:
    case type_id::timestamp:
    case type_id::timestamp_ltz: break;
    default: done = !data::is_nested(field.type.id()) && append_scalar(to, token, timestamps);
  }
  return done ? status::ok : misfit(field, token);
}

status json_reader::state::write_raw(std::string_view raw, const json_field& field,
                                     column_builder& to) {
  if (!data::is_character(field.type.id())) return misfit(field, raw);
  scratch.resize(raw.size() + simdjson::SIMDJSON_PADDING);
  std::size_t size = 0;
  if (const auto e = simdjson::minify(raw.data(), raw.size(), scratch.data(), size);
      e != simdjson::SUCCESS)
    return broken(e);
  to.append_text({scratch.data(), size});
  return status::ok;
}

status json_reader::state::write_container(ondemand::value value, json_type type,
                                           const json_field& field, column_builder& to) {
  const type_id id = field.type.id();
  if (type == json_type::array) {
    ondemand::array array;
    if (const auto e = value.get_array().get(array); e != simdjson::SUCCESS) return broken(e);
    if (id == type_id::array) return write_array(array, field, to);
    std::string_view raw;
    if (const auto e = array.raw_json().get(raw); e != simdjson::SUCCESS) return broken(e);
    return write_raw(raw, field, to);
  }
  ondemand::object object;
  if (const auto e = value.get_object().get(object); e != simdjson::SUCCESS) return broken(e);
  if (id == type_id::map || id == type_id::multiset) return write_map(object, field, to);
  if (id == type_id::row) {
    const auto child = [&](std::size_t i) -> column_builder& { return to.child(i); };
    const status s = write_fields(object, field.children, child);
    if (s == status::ok) to.append_nested();
    return s;
  }
  std::string_view raw;
  if (const auto e = object.raw_json().get(raw); e != simdjson::SUCCESS) return broken(e);
  return write_raw(raw, field, to);
}

status json_reader::state::write_array(ondemand::array array, const json_field& field,
                                       column_builder& to) {
  for (auto entry : array) {
    ondemand::value value;
    if (const auto e = entry.get(value); e != simdjson::SUCCESS) return broken(e);
    if (const auto s = write(value, field.children[0], to.child(0)); s != status::ok) return s;
  }
  to.append_nested();
  return status::ok;
}

status json_reader::state::write_map(ondemand::object object, const json_field& field,
                                     column_builder& to) {
  for (auto entry : object) {
    std::string_view key;
    if (const auto e = entry.unescaped_key().get(key); e != simdjson::SUCCESS) return broken(e);
    if (!append_scalar(to.child(0), key, timestamps)) return misfit(field.children[0], key);
    ondemand::value value;
    if (const auto e = entry.value().get(value); e != simdjson::SUCCESS) return broken(e);
    if (const auto s = write(value, field.children[1], to.child(1)); s != status::ok) return s;
  }
  to.append_nested();
  return status::ok;
}

json_reader::json_reader(std::vector<json_field> fields, const json_options& options)
    : fields_(std::move(fields)), state_(std::make_unique<state>(options)) {}

json_reader::json_reader(json_reader&&) noexcept = default;

json_reader::~json_reader() = default;

json_reader::outcome json_reader::read(std::string_view text,
                                       std::span<data::column_builder* const> columns) {
  state_->bad_field = false;
  const auto finish = [&](status s, simdjson::error_code e) {
    bad_field_ = state_->bad_field;
    if (e != simdjson::SUCCESS) s = state_->broken(e);
    reason_ = s == status::ok ? std::string() : state_->reason;
    if (s == status::ok) return outcome::row;
    return e == simdjson::UTF8_ERROR ? outcome::bad_encoding : outcome::bad_record;
  };
  ondemand::document document;
  const simdjson::padded_string_view padded(text.data(), text.size(), text.size() + readable_slack);
  if (const auto e = state_->parser.iterate(padded).get(document); e != simdjson::SUCCESS)
    return finish(status::bad_json, e);
  ondemand::object object;
  if (const auto e = document.get_object().get(object); e != simdjson::SUCCESS)
    return finish(status::bad_json, e);
  const auto column = [&](std::size_t i) -> column_builder& { return *columns[i]; };
  status s = state_->write_fields(object, fields_, column);
  if (s == status::ok && document.current_location().error() != simdjson::OUT_OF_BOUNDS) {
    state_->reason = "text behind the JSON object";
    s = status::bad_json;
  }
  return finish(s, simdjson::SUCCESS);
}

result<json_field> make_field(std::string name, const data::data_type& type) {
  json_field out{std::move(name), type, {}};
  if (type.id() == type_id::row) {
    for (const auto& f : type.fields()) {
      MILLRACE_TRY(auto child, make_field(f.name, f.type));
      out.children.push_back(std::move(child));
    }
    return out;
  }
  if (type.id() == type_id::raw_symbol || type.id() == type_id::null)
    return make_error(errc::sql_not_supported, fmt::format("format 'json' cannot read column {} {}",
                                                           out.name, data::to_text(type)));
  for (const auto& part : data::storage_children(type)) {
    MILLRACE_TRY(auto child, make_field(out.name, part));
    out.children.push_back(std::move(child));
  }
  return out;
}

}  // namespace millrace::connectors::formats::json
