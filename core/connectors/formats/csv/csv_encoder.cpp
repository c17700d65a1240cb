#include "core/connectors/formats/csv/csv_encoder.hpp"

#include "core/connectors/formats/csv/csv_options.hpp"
#include "core/connectors/formats/text_values.hpp"
#include "core/data/civil_time.hpp"
#include "core/data/value_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace millrace::connectors::formats::csv {
namespace {

using data::type_id;

class csv_encoder final : public record_encoder {
 public:
  csv_encoder(const encode_request& request, const csv_options& options)
      : options_(options), columns_(request.columns.size()) {
    special_ = {options.delimiter, '\n', '\r', options.quote.value_or('\n'),
                options.escape.value_or('\n')};
  }

  result<void> encode(const data::record_batch& batch, std::span<const std::uint32_t> rows,
                      std::string& to) override {
    for (const auto row : rows) {
      for (std::size_t c = 0; c < columns_; ++c) {
        if (c != 0) to += options_.delimiter;
        append_field(to, *batch.column_at(c), row);
      }
      to += '\n';
    }
    return {};
  }

 private:
  void append_field(std::string& to, const data::column& c, std::uint32_t row) {
    if (c.is_null(row)) {
      if (options_.null_literal) to += *options_.null_literal;
      return;
    }
    if (data::is_character(c.type.id())) return append_text(to, c.text(row));
    if (!data::is_nested(c.type.id())) return append_value(to, c, row);
    scratch_.clear();
    append_parts(scratch_, c.layout == data::encoding::dictionary ? *c.children[0] : c,
                 c.index(row));
    append_text(to, scratch_);
  }

  [[nodiscard]] bool is_special(char c) const {
    bool hit = false;
    for (const char s : special_) hit |= c == s;
    return hit;
  }

  // 32 bytes a step, which the compiler makes a few vector instructions of.
  [[nodiscard]] bool has_special(std::string_view text) const {
    constexpr std::size_t step = 32;
    const char* at = text.data();
    const char* const end = at + text.size();
    for (; end - at >= static_cast<std::ptrdiff_t>(step); at += step) {
      bool hit = false;
      for (std::size_t i = 0; i < step; ++i) hit |= is_special(at[i]);
      if (hit) return true;
    }
    return std::any_of(at, end, [this](char c) { return is_special(c); });
  }

  void append_text(std::string& to, std::string_view text) const {
    if (!has_special(text)) {
      to += text;
      return;
    }
    if (options_.quote) to += *options_.quote;
    for (const char c : text) {
      if (options_.escape && (c == *options_.escape || (options_.quote && c == *options_.quote)))
        to += *options_.escape;
      else if (options_.quote && c == *options_.quote)
        to += c;
      to += c;
    }
    if (options_.quote) to += *options_.quote;
  }

  static void append_value(std::string& to, const data::column& c, std::uint32_t row) {
    constexpr auto needed = data::fraction_digits::needed;
    switch (c.type.id()) {
      case type_id::boolean: to += c.value<std::uint8_t>(row) != 0 ? "true" : "false"; return;
      case type_id::binary:
      case type_id::varbinary: return append_base64(to, c.text(row));
      case type_id::time:
        return data::append_time(to, c.value<std::int32_t>(row), c.type.precision(), needed);
      case type_id::timestamp:
        return data::append_timestamp(to, c.value<std::int64_t>(row), c.type.precision(), needed);
      case type_id::timestamp_ltz:
        data::append_timestamp(to, c.value<std::int64_t>(row), c.type.precision(), needed);
        to += 'Z';
        return;
      default: data::append_value_text(to, c, row);
    }
  }

  void append_part(std::string& to, const data::column& c, std::uint32_t row) const {
    if (c.is_null(row)) {
      if (options_.null_literal) to += *options_.null_literal;
    } else if (data::is_character(c.type.id())) {
      to += c.text(row);
    } else {
      append_value(to, c, row);
    }
  }

  void append_parts(std::string& to, const data::column& c, std::uint32_t at) const {
    if (c.type.id() == type_id::row) {
      for (std::size_t f = 0; f < c.children.size(); ++f) {
        if (f != 0) to += options_.array_delimiter;
        append_part(to, *c.children[f], at);
      }
      return;
    }
    const std::uint32_t* ends = c.offset_data();
    for (std::uint32_t i = ends[at]; i < ends[at + 1]; ++i) {
      if (i != ends[at]) to += options_.array_delimiter;
      append_part(to, *c.children[0], i);
    }
  }

  csv_options options_;
  std::size_t columns_;
  std::array<char, 5> special_{};  // a text with one of them is quoted
  std::string scratch_;
};

}  // namespace

result<std::unique_ptr<record_encoder>> make_csv_encoder(const encode_request& request) {
  MILLRACE_TRY(const auto options, csv_options::from(*request.options));
  for (const auto& column : request.columns)
    if (column.type.id() == type_id::map || column.type.id() == type_id::multiset)
      return make_error(errc::sql_not_supported,
                        fmt::format("format 'csv' cannot write column {} {}", column.name,
                                    data::to_text(column.type)),
                        "use format 'json'");
  return std::unique_ptr<record_encoder>(std::make_unique<csv_encoder>(request, options));
}

}  // namespace millrace::connectors::formats::csv
