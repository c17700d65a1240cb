#include "core/connectors/formats/json/json_format.hpp"

#include "core/connectors/formats/json/json_decoder.hpp"
#include "core/connectors/formats/json/json_encoder.hpp"
#include "core/connectors/formats/json/json_options.hpp"

namespace millrace::connectors::formats::json {
namespace {

result<std::unique_ptr<record_decoder>> make_decoder(const decode_request& request) {
  MILLRACE_TRY(const auto options, json_options::from(*request.options, "json"));
  std::vector<json_field> fields;
  for (const auto& column : request.wanted) {
    MILLRACE_TRY(auto field, make_field(request.declared[column.declared].name, column.type));
    fields.push_back(std::move(field));
  }
  return make_line_decoder(std::move(fields), options, request.longest_record);
}

}  // namespace

const format json_format{
    .name = "json",
    .summary = "a JSON object a line",
    .options = json_option_table(),
    .gives = plan::changelog_mode::insert_only,
    .accepts = plan::changelog_mode::insert_only,
    .splits_at_lines = true,
    .suffix = ".json",
    .make_decoder = make_decoder,
    .make_encoder = make_json_encoder,
};

}  // namespace millrace::connectors::formats::json
