#include "core/connectors/formats/raw/raw_format.hpp"

#include "core/connectors/formats/line_loop.hpp"
#include "core/connectors/table_options.hpp"
#include "core/data/utf8.hpp"

#include <fmt/format.h>

#include <array>

namespace millrace::connectors::formats::raw {
namespace {

constexpr std::array<option_info, 2> options{{
    {"charset", option_kind::text, "UTF-8", "only UTF-8"},
    {"endianness", option_kind::text, "big-endian", "accepted; numbers are not read from lines"},
}};

class raw_decoder final : public record_decoder {
 public:
  raw_decoder(bool text, std::size_t longest) : text_(text), longest_(longest) {}

  result<std::size_t> decode(std::string_view bytes, bool last, std::uint32_t max_rows,
                             data::batch_builder& rows, bad_records& bad) override {
    return for_each_line(
        bytes, last, longest_, bad, [&] { return rows.rows() < max_rows; },
        [&](std::string_view line, line_place where) -> result<void> {
          if (text_ && !data::is_utf8(line))
            return bad.reject(errc::connector_bad_encoding, where.offset, where.line,
                              "text that is not valid UTF-8", line);
          if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
          if (rows.column_count() > 0) rows.column_at(0).append_text(line);
          rows.end_row();
          return {};
        },
        [] { return result<void>(); });
  }

 private:
  bool text_;
  std::size_t longest_;
};

class raw_encoder final : public record_encoder {
 public:
  result<void> encode(const data::record_batch& batch, std::span<const std::uint32_t> rows,
                      std::string& to) override {
    for (const auto row : rows) {
      if (!batch.column_at(0)->is_null(row)) to += batch.column_at(0)->text(row);
      to += '\n';
    }
    return {};
  }
};

result<void> check(const std::vector<data::field>& columns, const option_map& from) {
  const table_options read(from);
  if (const auto charset = read.text("raw.charset", "UTF-8"); charset != "UTF-8")
    return bad_option("raw.charset", charset, "is not UTF-8");
  if (columns.size() == 1 && data::is_variable_length(columns[0].type.id())) return {};
  return make_error(errc::sql_not_supported,
                    "format 'raw' needs exactly one column, a STRING or BYTES",
                    "declare one column, or use format 'csv' or 'json'");
}

result<std::unique_ptr<record_decoder>> make_decoder(const decode_request& request) {
  MILLRACE_CHECK(check(request.declared, *request.options));
  return std::unique_ptr<record_decoder>(
      std::make_unique<raw_decoder>(data::is_character(request.declared[0].type.id()),
                                    static_cast<std::size_t>(request.longest_record)));
}

result<std::unique_ptr<record_encoder>> make_encoder(const encode_request& request) {
  MILLRACE_CHECK(check(request.columns, *request.options));
  return std::unique_ptr<record_encoder>(std::make_unique<raw_encoder>());
}

}  // namespace

const format raw_format{
    .name = "raw",
    .summary = "a line is the value of the table's one column",
    .options = options,
    .gives = plan::changelog_mode::insert_only,
    .accepts = plan::changelog_mode::insert_only,
    .splits_at_lines = true,
    .suffix = ".txt",
    .make_decoder = make_decoder,
    .make_encoder = make_encoder,
};

}  // namespace millrace::connectors::formats::raw
