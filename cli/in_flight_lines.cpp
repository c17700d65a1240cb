#include "cli/in_flight_lines.hpp"

#include "core/coordination/in_flight.hpp"
#include "core/data/value_json.hpp"

#include <fmt/format.h>

#include <variant>

namespace millrace::cli {

namespace {

data::schema schema_of(const tables::table_spec& input) {
  data::schema out;
  for (const auto& type : input.value_types) out.fields.push_back({"", type});
  return out;
}

void append_rows(std::string& out, const std::string& head, const data::record_batch& batch) {
  for (std::uint32_t i = 0; i < batch.row_count(); ++i) {
    const std::uint32_t row = batch.row_at(i);
    out += head;
    out += fmt::format("\"op\":\"{}\",\"row\":[", data::mark_of(batch.kind_at(row)));
    for (std::size_t c = 0; c < batch.columns().size(); ++c) {
      if (c > 0) out += ',';
      data::append_value_json(out, *batch.column_at(c), row);
    }
    out += "]}\n";
  }
}

}  // namespace

result<std::string> in_flight_lines(const coordination::snapshot_reader& files,
                                    const coordination::operator_state& instance) {
  std::vector<data::schema> inputs;
  for (const auto& input : instance.tables) inputs.push_back(schema_of(input));
  std::string out;
  if (inputs.empty()) return out;
  MILLRACE_TRY(const auto reader, files.read_merged(instance));
  MILLRACE_TRY(const auto channels, coordination::load_channels(*reader, inputs));
  for (const auto& channel : channels) {
    std::string head = "{\"operator\":";
    data::append_json_string(head, instance.operator_id);
    head += fmt::format(R"(,"subtask":{},"input":{},"sender":{},)", instance.subtask,
                        channel.input.value, channel.writer);
    for (const auto& element : channel.elements) {
      const auto* batch = std::get_if<data::batch_ptr>(&element);
      if (batch != nullptr) append_rows(out, head, **batch);
    }
  }
  return out;
}

}  // namespace millrace::cli
