#include "core/connectors/formats/debezium/debezium_format.hpp"

#include "core/connectors/formats/json/json_encoder.hpp"
#include "core/connectors/formats/json/json_options.hpp"
#include "core/connectors/formats/json/json_reader.hpp"
#include "core/connectors/formats/line_loop.hpp"

#include <fmt/format.h>

namespace millrace::connectors::formats::debezium {
namespace {

using data::change_kind;
using data::data_type;
using json::json_reader;

// before, after, op; under `payload` if the schema is included.
std::vector<data::data_type> change_types(const data_type& row, bool schema_include) {
  if (!schema_include) return {row, row, data_type::string()};
  return {data_type::row({{"before", row}, {"after", row}, {"op", data_type::string()}})};
}

class debezium_decoder final : public record_decoder {
 public:
  debezium_decoder(json_reader reader, std::vector<data_type> types, bool nested,
                   std::size_t longest)
      : reader_(std::move(reader)), staged_(types), nested_(nested), longest_(longest) {
    for (std::size_t i = 0; i < staged_.column_count(); ++i)
      columns_.push_back(&staged_.column_at(i));
  }

  result<std::size_t> decode(std::string_view bytes, bool last, std::uint32_t max_rows,
                             data::batch_builder& rows, bad_records& bad) override {
    return for_each_line(
        bytes, last, longest_, bad, [&] { return rows.rows() + staged_.rows() < max_rows; },
        [&](std::string_view line, line_place where) { return stage(line, where, bad); },
        [&] { return give(bytes, rows, bad); });
  }

 private:
  result<void> stage(std::string_view line, line_place where, bad_records& bad) {
    const auto outcome = reader_.read(line, columns_);
    if (outcome == json_reader::outcome::row) {
      staged_.end_row();
      places_.push_back({where, line});
      return {};
    }
    for (auto* column : columns_) column->truncate(staged_.rows());
    const auto code = outcome == json_reader::outcome::bad_encoding ? errc::connector_bad_encoding
                                                                    : errc::connector_bad_record;
    return bad.reject(code, where.offset, where.line, reader_.reason(), line);
  }

  // Turns the staged changes into rows.
  result<void> give(std::string_view, data::batch_builder& rows, bad_records& bad) {
    const auto staged = staged_.finish();
    const auto part = [&](std::size_t i) {
      return nested_ ? data::field_of(staged->column_at(0), i) : staged->column_at(i);
    };
    const auto before = part(0);
    const auto after = part(1);
    const auto op = part(2);
    for (std::uint32_t row = 0; row < staged->stored_rows(); ++row) {
      const auto problem = add_change(*before, *after, *op, row, rows);
      if (problem.empty()) continue;
      const auto& [where, line] = places_[row];
      MILLRACE_CHECK(
          bad.reject(errc::connector_bad_record, where.offset, where.line, problem, line));
    }
    places_.clear();
    return {};
  }

  static std::string add_change(const data::column& before, const data::column& after,
                                const data::column& op, std::uint32_t row,
                                data::batch_builder& rows) {
    const std::string_view what = op.is_null(row) ? std::string_view() : op.text(row);
    const bool adds = what == "c" || what == "r" || what == "u";
    const bool removes = what == "u" || what == "d";
    if (!adds && !removes) return fmt::format("'op' is '{}', not c, r, u or d", what);
    if (removes && before.is_null(row))
      return fmt::format("'before' of an '{}' is missing (for PostgreSQL: REPLICA IDENTITY FULL)",
                         what);
    if (adds && after.is_null(row)) return fmt::format("'after' of a '{}' is missing", what);
    if (removes)
      add_row(before, row, rows, what == "u" ? change_kind::update_before : change_kind::remove);
    if (adds)
      add_row(after, row, rows, what == "u" ? change_kind::update_after : change_kind::insert);
    return {};
  }

  static void add_row(const data::column& from, std::uint32_t row, data::batch_builder& rows,
                      change_kind kind) {
    for (std::size_t i = 0; i < rows.column_count(); ++i)
      rows.column_at(i).append_from(*from.children[i], row);
    rows.end_row(kind);
  }

  struct staged_line {
    line_place where;
    std::string_view line;
  };

  json_reader reader_;
  data::batch_builder staged_;
  bool nested_;
  std::size_t longest_;
  std::vector<data::column_builder*> columns_;
  std::vector<staged_line> places_;
};

result<std::unique_ptr<record_decoder>> make_decoder(const decode_request& request) {
  MILLRACE_TRY(const auto options, json::json_options::from(*request.options, "debezium-json"));
  std::vector<data::field> fields;
  for (const auto& column : request.wanted)
    fields.push_back({request.declared[column.declared].name, column.type});
  const auto types = change_types(data_type::row(std::move(fields)), options.schema_include);
  std::vector<json::json_field> targets;
  const std::vector<std::string> names = options.schema_include
                                             ? std::vector<std::string>{"payload"}
                                             : std::vector<std::string>{"before", "after", "op"};
  for (std::size_t i = 0; i < types.size(); ++i) {
    MILLRACE_TRY(auto field, json::make_field(names[i], types[i]));
    targets.push_back(std::move(field));
  }
  return std::unique_ptr<record_decoder>(std::make_unique<debezium_decoder>(
      json_reader(std::move(targets), options), types, options.schema_include,
      static_cast<std::size_t>(request.longest_record)));
}

}  // namespace

const format debezium_json_format{
    .name = "debezium-json",
    .summary = "changes as Debezium writes them, one a line",
    .options = json::debezium_option_table(),
    .gives = plan::changelog_mode::retract,
    .accepts = plan::changelog_mode::retract,
    .splits_at_lines = true,
    .suffix = ".json",
    .make_decoder = make_decoder,
    .make_encoder = json::make_debezium_encoder,
};

}  // namespace millrace::connectors::formats::debezium
