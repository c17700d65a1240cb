#include "core/connectors/formats/csv/csv_decoder.hpp"

#include "core/connectors/formats/csv/csv_columns.hpp"
#include "core/connectors/formats/csv/row_splitter.hpp"
#include "core/data/utf8.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace millrace::connectors::formats::csv {
namespace {

// Rows that are split before their fields are converted column by column: they stay in the cache.
constexpr std::uint32_t chunk_rows = 512;

class csv_decoder final : public record_decoder {
 public:
  csv_decoder(const decode_request& request, const csv_options& options)
      : options_(options),
        splitter_(options),
        width_(request.declared.size()),
        longest_(static_cast<std::size_t>(request.longest_record)) {
    for (const auto& column : request.wanted) {
      const auto& declared = request.declared[column.declared];
      columns_.push_back(
          {column.declared, declared.name, field_reader(options, declared.type, column.type)});
    }
  }

  result<std::size_t> decode(std::string_view bytes, bool last, std::uint32_t max_rows,
                             data::batch_builder& rows, bad_records& bad) override {
    std::size_t at = 0;
    std::uint64_t lines = 0;
    while (at < bytes.size() && rows.rows() < max_rows) {
      const std::size_t before = at;
      const std::uint64_t lines_before = lines;
      MILLRACE_CHECK(
          split(bytes, last, std::min(chunk_rows, max_rows - rows.rows()), at, lines, bad));
      MILLRACE_CHECK(convert(bytes, rows, bad));
      if (at == before && lines == lines_before) break;
    }
    bad.advance(at, lines);
    return at;
  }

 private:
  struct wanted_column {
    std::uint32_t declared;
    std::string name;
    field_reader reader;
  };
  struct row_place {
    std::size_t begin, end;
    std::uint64_t line;
  };

  // Collects the fields of up to `most` good rows, up to the next bad one.
  result<void> split(std::string_view bytes, bool last, std::uint32_t most, std::size_t& at,
                     std::uint64_t& lines, bad_records& bad) {
    fields_.clear();
    places_.clear();
    splitter_.forget();
    while (at < bytes.size() && places_.size() < most) {
      const std::size_t begin = at;
      const std::size_t kept = fields_.size();
      std::size_t count = 0;
      const auto what = splitter_.next(bytes, last, at, width_, fields_, count);
      if (what == row_splitter::outcome::incomplete) {
        fields_.resize(kept);
        return {};
      }
      const std::uint64_t line = lines++;
      if (what == row_splitter::outcome::blank) continue;
      const auto problem = problem_of(what, count, at - begin);
      if (problem.empty()) {
        fields_.resize(kept + width_, std::string_view(nullptr, 0));
        places_.push_back({begin, at, line});
        continue;
      }
      fields_.resize(kept);
      if (!places_.empty()) {
        // The rows before may turn out bad when they are converted; errors come in the file's
        // order.
        at = begin;
        --lines;
        return {};
      }
      const auto code =
          at - begin > longest_ ? errc::connector_record_too_long : errc::connector_bad_record;
      MILLRACE_CHECK(bad.reject(code, begin, line, problem, text_of({begin, at, line}, bytes)));
    }
    return {};
  }

  [[nodiscard]] std::string problem_of(row_splitter::outcome what, std::size_t count,
                                       std::size_t size) const {
    if (size > longest_)
      return fmt::format("a record of {} bytes is above the limit of {}", size, longest_);
    if (what == row_splitter::outcome::bad)
      return "a quoted field is not closed, or text follows its closing quote";
    if (count > width_ || (count < width_ && !options_.ignore_parse_errors))
      return fmt::format("the row has {} fields, the table {} columns", count, width_);
    return {};
  }

  static std::string_view text_of(const row_place& place, std::string_view bytes) {
    auto text = bytes.substr(place.begin, place.end - place.begin);
    while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.remove_suffix(1);
    return text;
  }

  result<void> convert(std::string_view bytes, data::batch_builder& rows, bad_records& bad) {
    if (places_.empty()) return {};
    const std::size_t begin = places_.front().begin;
    if (whole_chunk(bytes.substr(begin, places_.back().end - begin), rows)) return {};
    for (std::size_t i = 0; i < columns_.size(); ++i) rows.column_at(i).truncate(rows.rows());
    for (std::size_t row = 0; row < places_.size(); ++row)
      MILLRACE_CHECK(convert_row(row, bytes, rows, bad));
    return {};
  }

  // All rows column by column; false if one of them is not as it should be.
  bool whole_chunk(std::string_view text, data::batch_builder& rows) {
    if (!data::is_utf8(text)) return false;
    if (options_.ignore_parse_errors) {
      const auto missing = [](std::string_view f) { return f.data() == nullptr; };
      if (std::any_of(fields_.begin(), fields_.end(), missing)) return false;
    }
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const auto from = std::span(fields_).subspan(columns_[i].declared);
      if (!columns_[i].reader.append_all(rows.column_at(i), from, width_)) return false;
    }
    rows.end_rows(static_cast<std::uint32_t>(places_.size()));
    return true;
  }

  result<void> convert_row(std::size_t row, std::string_view bytes, data::batch_builder& rows,
                           bad_records& bad) {
    const auto& place = places_[row];
    const auto text = text_of(place, bytes);
    if (!data::is_utf8(text))
      return bad.reject(errc::connector_bad_encoding, place.begin, place.line,
                        "text that is not valid UTF-8", text);
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      auto& to = rows.column_at(i);
      const auto field = fields_[row * width_ + columns_[i].declared];
      if (field.data() == nullptr) {
        to.append_null();
        continue;
      }
      if (columns_[i].reader.append(to, field)) continue;
      const auto reason = fmt::format("'{}' is no {} for column '{}'", field.substr(0, 60),
                                      data::to_text(to.type()), columns_[i].name);
      if (!options_.ignore_parse_errors) {
        for (std::size_t k = 0; k < i; ++k) rows.column_at(k).truncate(rows.rows());
        return bad.reject(errc::connector_bad_record, place.begin, place.line, reason, text);
      }
      to.append_null();
      MILLRACE_CHECK(bad.note_field(place.begin, place.line, reason, text));
    }
    rows.end_row();
    return {};
  }

  csv_options options_;
  row_splitter splitter_;
  std::size_t width_;
  std::size_t longest_;
  std::vector<wanted_column> columns_;
  std::vector<std::string_view> fields_;  // width_ for each row; no data: missing
  std::vector<row_place> places_;
};

bool is_readable(const data::data_type& type, bool nested) {
  switch (type.id()) {
    case data::type_id::map:
    case data::type_id::multiset:
    case data::type_id::raw_symbol:
    case data::type_id::null: return false;
    case data::type_id::array: return !nested && is_readable(type.child(0), true);
    case data::type_id::row:
      return !nested && std::all_of(type.fields().begin(), type.fields().end(),
                                    [](const auto& f) { return is_readable(f.type, true); });
    default: return true;
  }
}

}  // namespace

result<std::unique_ptr<record_decoder>> make_csv_decoder(const decode_request& request) {
  MILLRACE_TRY(const auto options, csv_options::from(*request.options));
  for (const auto& column : request.declared)
    if (!is_readable(column.type, false))
      return make_error(errc::sql_not_supported,
                        fmt::format("format 'csv' cannot read column {} {}", column.name,
                                    data::to_text(column.type)),
                        "CSV has scalars, and ARRAY and ROW of scalars");
  return std::unique_ptr<record_decoder>(std::make_unique<csv_decoder>(request, options));
}

}  // namespace millrace::connectors::formats::csv
