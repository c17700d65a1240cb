#include "core/connectors/formats/json/json_decoder.hpp"

#include <fmt/format.h>

#include <cstring>

namespace millrace::connectors::formats::json {
namespace {

class line_decoder final : public record_decoder {
 public:
  line_decoder(std::vector<json_field> fields, const json_options& options, std::int64_t longest)
      : reader_(std::move(fields), options), longest_(static_cast<std::size_t>(longest)) {}

  result<std::size_t> decode(std::string_view bytes, bool last, std::uint32_t max_rows,
                             data::batch_builder& rows, bad_records& bad) override {
    columns_.clear();
    for (std::size_t i = 0; i < rows.column_count(); ++i) columns_.push_back(&rows.column_at(i));
    std::size_t at = 0;
    std::uint64_t lines = 0;
    for (; at < bytes.size() && rows.rows() < max_rows; ++lines) {
      const void* end = std::memchr(bytes.data() + at, '\n', bytes.size() - at);
      if (end == nullptr && !last) break;
      const std::size_t size =
          end == nullptr
              ? bytes.size() - at
              : static_cast<std::size_t>(static_cast<const char*>(end) - bytes.data() - at);
      MILLRACE_CHECK(decode_line(bytes.substr(at, size), {at, lines}, rows, bad));
      at += size + (end == nullptr ? 0 : 1);
    }
    bad.advance(at, lines);
    return at;
  }

 private:
  struct place {
    std::uint64_t offset;
    std::uint64_t line;
  };

  result<void> decode_line(std::string_view line, place where, data::batch_builder& rows,
                           bad_records& bad) {
    if (line.size() > longest_)
      return bad.reject(
          errc::connector_record_too_long, where.offset, where.line,
          fmt::format("a record of {} bytes is above the limit of {}", line.size(), longest_),
          line);
    if (line.find_first_not_of(" \t\r") == std::string_view::npos) return {};
    const auto outcome = reader_.read(line, columns_);
    if (outcome == json_reader::outcome::row) {
      rows.end_row();
      if (reader_.had_bad_field() && bad.keeps())
        return bad.note_field(where.offset, where.line, "a field could not be read and is NULL",
                              line);
      return {};
    }
    for (auto* column : columns_) column->truncate(rows.rows());
    const auto code = outcome == json_reader::outcome::bad_encoding ? errc::connector_bad_encoding
                                                                    : errc::connector_bad_record;
    return bad.reject(code, where.offset, where.line, reader_.reason(), line);
  }

  json_reader reader_;
  std::size_t longest_;
  std::vector<data::column_builder*> columns_;
};

}  // namespace

std::unique_ptr<record_decoder> make_line_decoder(std::vector<json_field> fields,
                                                  const json_options& options,
                                                  std::int64_t longest_record) {
  return std::make_unique<line_decoder>(std::move(fields), options, longest_record);
}

}  // namespace millrace::connectors::formats::json
