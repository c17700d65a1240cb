#include "cli/manifest_json.hpp"

#include "core/data/value_json.hpp"
#include "state/checkpoint/entry_json.hpp"

#include <fmt/format.h>

namespace millrace::cli {

using coordination::checkpoint_manifest;
using coordination::operator_state;

std::string_view name_of(coordination::state_file_kind kind) {
  switch (kind) {
    case coordination::state_file_kind::snapshot: return "snapshot";
    case coordination::state_file_kind::delta: return "delta";
    case coordination::state_file_kind::opaque: return "opaque";
  }
  return "unknown";
}

std::uint64_t state_bytes(const checkpoint_manifest& m) {
  std::uint64_t sum = 0;
  for (const auto& o : m.operators) {
    for (const auto& f : o.files) sum += f.bytes;
  }
  return sum;
}

namespace {

std::string json_text(std::string_view text) {
  std::string out;
  data::append_json_string(out, text);
  return out;
}

template <class Items, class F>
std::string array_of(const Items& items, F&& json) {
  std::string out = "[";
  for (const auto& i : items) out += (out.size() > 1 ? "," : "") + json(i);
  return out + "]";
}

std::string json_of(const tables::table_spec& t) {
  const auto type = [](const data::data_type& d) { return json_text(data::to_text(d)); };
  return fmt::format(R"({{"name":{},"kind":"{}","key":{},"sub_key":{},"value":{},"ttl_ms":{}}})",
                     json_text(t.name), state::name_of(t.kind), array_of(t.key_types, type),
                     array_of(t.sub_key_types, type), array_of(t.value_types, type), t.ttl_ms);
}

std::string json_of(const coordination::state_file& f) {
  return fmt::format(
      R"({{"kind":"{}","name":{},"location":{},"offset":{},"bytes":{},"entries":{},"checksum":"{:016x}"}})",
      name_of(f.kind), json_text(f.name), json_text(f.location), f.offset, f.bytes, f.entries,
      f.checksum);
}

std::string json_of(const operator_state& o) {
  return fmt::format(
      R"({{"operator":{},"description":{},"subtask":{},"parallelism":{},"first_key_group":{},"key_groups":{},"finished":{},"tables":{},"files":{}}})",
      json_text(o.operator_id), json_text(o.description), o.subtask, o.parallelism, o.range.first,
      o.range.count, o.finished, array_of(o.tables, [](const auto& t) { return json_of(t); }),
      array_of(o.files, [](const auto& f) { return json_of(f); }));
}

}  // namespace

std::string to_json(const checkpoint_manifest& m) {
  return fmt::format(
      R"({{"job":{},"checkpoint":{},"savepoint":{},"triggered_at":{},"leader_epoch":{},"max_parallelism":{},"script":{},"plan_digest":{},"bytes":{},"operators":{}}})"
      "\n",
      json_text(m.job), m.id.value, m.savepoint, m.triggered_at, m.leader_epoch, m.max_parallelism,
      json_text(m.script), json_text(m.plan_digest), state_bytes(m),
      array_of(m.operators, [](const auto& o) { return json_of(o); }));
}

}  // namespace millrace::cli
