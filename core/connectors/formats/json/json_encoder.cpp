#include "core/connectors/formats/json/json_encoder.hpp"

#include "core/connectors/formats/json/json_text.hpp"
#include "core/data/civil_time.hpp"
#include "core/data/decimal.hpp"
#include "core/data/value_text.hpp"

#include <fmt/format.h>

#include <cmath>

namespace millrace::connectors::formats::json {
namespace {

using data::type_id;

class value_writer {
 public:
  explicit value_writer(const json_options& options) : options_(options) {}

  [[nodiscard]] result<void> write(std::string& to, const data::column& c,
                                   std::uint32_t row) const {
    if (c.is_null(row)) {
      to += "null";
      return {};
    }
    const data::column& store = c.layout == data::encoding::dictionary ? *c.children[0] : c;
    const std::uint32_t at = c.index(row);
    switch (c.type.id()) {
      case type_id::array: return write_array(to, store, at);
      case type_id::map:
      case type_id::multiset: return write_map(to, store, at);
      case type_id::row: return write_row(to, store, at);
      default: write_scalar(to, c, row); return {};
    }
  }

  [[nodiscard]] result<void> write_field(std::string& to, std::string_view name,
                                         const data::column& c, std::uint32_t row,
                                         bool& first) const {
    if (options_.ignore_null_fields && c.is_null(row)) return {};
    if (!first) to += ',';
    first = false;
    append_quoted(to, name);
    to += ':';
    return write(to, c, row);
  }

 private:
  void write_scalar(std::string& to, const data::column& c, std::uint32_t row) const {
    switch (c.type.id()) {
      case type_id::boolean: to += c.value<std::uint8_t>(row) != 0 ? "true" : "false"; return;
      case type_id::character:
      case type_id::varchar: return append_quoted(to, c.text(row));
      case type_id::binary:
      case type_id::varbinary:
        to += '"';
        append_base64(to, c.text(row));
        to += '"';
        return;
      case type_id::float32: return write_real(to, c, row, c.value<float>(row));
      case type_id::float64: return write_real(to, c, row, c.value<double>(row));
      case type_id::date:
      case type_id::time:
      case type_id::timestamp:
      case type_id::timestamp_ltz: return write_time(to, c, row);
      default: data::append_value_text(to, c, row);
    }
  }
  static void write_real(std::string& to, const data::column& c, std::uint32_t row, double value) {
    const bool finite = std::isfinite(value);
    if (!finite) to += '"';
    data::append_value_text(to, c, row);
    if (!finite) to += '"';
  }
  void write_time(std::string& to, const data::column& c, std::uint32_t row) const {
    constexpr auto needed = data::fraction_digits::needed;
    to += '"';
    const std::size_t begin = to.size();
    if (c.type.id() == type_id::date) {
      data::append_date(to, c.value<std::int32_t>(row));
    } else if (c.type.id() == type_id::time) {
      data::append_time(to, c.value<std::int32_t>(row), c.type.precision(), needed);
    } else {
      data::append_timestamp(to, c.value<std::int64_t>(row), c.type.precision(), needed);
      if (options_.timestamps == timestamp_parser::standard::iso_8601)
        if (const auto blank = to.find(' ', begin); blank != std::string::npos) to[blank] = 'T';
      if (c.type.id() == type_id::timestamp_ltz) to += 'Z';
    }
    to += '"';
  }
  [[nodiscard]] result<void> write_array(std::string& to, const data::column& c,
                                         std::uint32_t at) const {
    const std::uint32_t* ends = c.offset_data();
    to += '[';
    for (std::uint32_t i = ends[at]; i < ends[at + 1]; ++i) {
      if (i != ends[at]) to += ',';
      MILLRACE_CHECK(write(to, *c.children[0], i));
    }
    to += ']';
    return {};
  }
  [[nodiscard]] result<void> write_map(std::string& to, const data::column& c,
                                       std::uint32_t at) const {
    const std::uint32_t* ends = c.offset_data();
    bool first = true;
    to += '{';
    for (std::uint32_t i = ends[at]; i < ends[at + 1]; ++i) {
      std::string key;
      if (!c.children[0]->is_null(i)) {
        data::append_value_text(key, *c.children[0], i);
      } else if (options_.null_keys == null_key_mode::drop) {
        continue;
      } else if (options_.null_keys == null_key_mode::literal) {
        key = options_.null_key_literal;
      } else {
        return make_error(errc::connector_bad_record, "JSON has no form for a NULL key of a MAP",
                          "set 'json.map-null-key.mode' to 'DROP' or 'LITERAL'");
      }
      if (!first) to += ',';
      first = false;
      append_quoted(to, key);
      to += ':';
      MILLRACE_CHECK(write(to, *c.children[1], i));
    }
    to += '}';
    return {};
  }
  [[nodiscard]] result<void> write_row(std::string& to, const data::column& c,
                                       std::uint32_t at) const {
    bool first = true;
    to += '{';
    for (std::size_t f = 0; f < c.children.size(); ++f)
      MILLRACE_CHECK(write_field(to, c.type.fields()[f].name, *c.children[f], at, first));
    to += '}';
    return {};
  }

  json_options options_;
};

class json_encoder final : public record_encoder {
 public:
  json_encoder(const encode_request& request, const json_options& options)
      : writer_(options), columns_(request.columns) {}

  result<void> encode(const data::record_batch& batch, std::span<const std::uint32_t> rows,
                      std::string& to) override {
    for (const auto row : rows) {
      MILLRACE_CHECK(object(batch, row, to));
      to += '\n';
    }
    return {};
  }
  result<void> object(const data::record_batch& batch, std::uint32_t row, std::string& to) const {
    bool first = true;
    to += '{';
    for (std::size_t c = 0; c < columns_.size(); ++c)
      MILLRACE_CHECK(writer_.write_field(to, columns_[c].name, *batch.column_at(c), row, first));
    to += '}';
    return {};
  }

 private:
  value_writer writer_;
  std::vector<data::field> columns_;
};

class debezium_encoder final : public record_encoder {
 public:
  debezium_encoder(const encode_request& request, const json_options& options)
      : rows_(request, options) {}

  result<void> encode(const data::record_batch& batch, std::span<const std::uint32_t> rows,
                      std::string& to) override {
    for (const auto row : rows) {
      const bool adds = data::adds(batch.kind_at(row));
      to += adds ? R"({"before":null,"after":)" : R"({"before":)";
      MILLRACE_CHECK(rows_.object(batch, row, to));
      to += adds ? ",\"op\":\"c\"}\n" : ",\"after\":null,\"op\":\"d\"}\n";
    }
    return {};
  }

 private:
  json_encoder rows_;
};

}  // namespace

result<std::unique_ptr<record_encoder>> make_json_encoder(const encode_request& request) {
  MILLRACE_TRY(const auto options, json_options::from(*request.options, "json"));
  return std::unique_ptr<record_encoder>(std::make_unique<json_encoder>(request, options));
}

result<std::unique_ptr<record_encoder>> make_debezium_encoder(const encode_request& request) {
  MILLRACE_TRY(const auto options, json_options::from(*request.options, "debezium-json"));
  return std::unique_ptr<record_encoder>(std::make_unique<debezium_encoder>(request, options));
}

}  // namespace millrace::connectors::formats::json
