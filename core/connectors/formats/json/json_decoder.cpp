#include "core/connectors/formats/json/json_decoder.hpp"

#include "core/connectors/formats/json/line_template.hpp"
#include "core/connectors/formats/line_loop.hpp"
#include "core/data/utf8.hpp"

namespace millrace::connectors::formats::json {
namespace {

class line_decoder final : public record_decoder {
 public:
  line_decoder(std::vector<json_field> fields, const json_options& options, std::int64_t longest)
      : reader_(std::move(fields), options),
        layout_(reader_.fields(), options.timestamps),
        longest_(static_cast<std::size_t>(longest)) {}

  result<std::size_t> decode(std::string_view bytes, bool last, std::uint32_t max_rows,
                             data::batch_builder& rows, bad_records& bad) override {
    columns_.clear();
    for (std::size_t i = 0; i < rows.column_count(); ++i) columns_.push_back(&rows.column_at(i));
    return for_each_line(
        bytes, last, longest_, bad, [&] { return rows.rows() < max_rows; },
        [&](std::string_view line, line_place where) {
          return decode_line(line, where, rows, bad);
        },
        [&] {
          layout_.flush();
          return result<void>();
        });
  }

 private:
  result<void> decode_line(std::string_view line, line_place where, data::batch_builder& rows,
                           bad_records& bad) {
    if (layout_.learned() && data::is_utf8(line)) {
      if (layout_.read(line, columns_)) {
        rows.end_row();
        return {};
      }
    }
    layout_.flush();
    for (auto* column : columns_) column->truncate(rows.rows());
    const auto outcome = reader_.read(line, columns_);
    if (outcome == json_reader::outcome::row) {
      rows.end_row();
      if (!reader_.had_bad_field()) layout_.learn(line);
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
  line_template layout_;
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
