#include "core/codec/checkpoint/manifest_codec.hpp"

#include <capnp/message.h>
#include <capnp/serialize.h>
#include <kj/array.h>
#include <kj/exception.h>
#include <schemas/checkpoint.capnp.h>

#include <algorithm>
#include <cstring>
#include <vector>

namespace millrace::codec {

namespace {

using data::data_type;
using data::type_id;

constexpr std::uint32_t largest_parallelism = 1U << 15;
constexpr std::uint32_t largest_slot = 1U << 16;
constexpr int deepest_nesting = 64;

error corrupt(std::string what) {
  return make_error(errc::state_corrupt, "a checkpoint's manifest is damaged: " + std::move(what),
                    "restore from an older checkpoint");
}

std::string text(::capnp::Text::Reader from) { return {from.begin(), from.size()}; }
std::string blob(::capnp::Data::Reader from) {
  return {reinterpret_cast<const char*>(from.begin()), from.size()};
}

std::size_t parts_of(type_id id) {
  switch (id) {
    case type_id::array:
    case type_id::multiset: return 1;
    case type_id::map: return 2;
    default: return 0;
  }
}

result<data_type> read(disk::Type::Reader from);

result<data_type> read_nested(type_id id, ::capnp::List<disk::Field>::Reader from, bool nullable) {
  std::vector<data::field> fields;
  for (const auto field : from) {
    MILLRACE_TRY(auto type, read(field.getType()));
    fields.push_back({text(field.getName()), std::move(type)});
  }
  if (id == type_id::row) return data_type::row(std::move(fields), nullable);
  if (fields.size() != parts_of(id)) return corrupt("a nested type without its parts");
  if (id == type_id::array) return data_type::array(std::move(fields[0].type), nullable);
  if (id == type_id::multiset) return data_type::multiset(std::move(fields[0].type), nullable);
  return data_type::map(std::move(fields[0].type), std::move(fields[1].type), nullable);
}

result<data_type> read(disk::Type::Reader from) {
  if (from.getId() > static_cast<std::uint8_t>(type_id::raw_symbol)) {
    return corrupt("unknown type " + std::to_string(from.getId()));
  }
  const auto id = static_cast<type_id>(from.getId());
  if (data::is_nested(id)) return read_nested(id, from.getFields(), from.getNullable());
  const std::int32_t precision = from.getPrecision();
  const std::int32_t scale = from.getScale();
  const std::int32_t most = id == type_id::decimal ? 38 : data::is_temporal(id) ? 9 : INT32_MAX;
  if (precision < 0 || precision > most || scale < 0 || scale > 38) {
    return corrupt("a type of precision " + std::to_string(precision));
  }
  return data_type(id, from.getNullable()).with_precision(precision, scale);
}

result<std::vector<data_type>> read(::capnp::List<disk::Type>::Reader from) {
  std::vector<data_type> out;
  for (const auto type : from) {
    MILLRACE_TRY(auto t, read(type));
    out.push_back(std::move(t));
  }
  return out;
}

result<tables::table_spec> read(disk::Table::Reader from) {
  tables::table_spec out;
  if (from.getKind() > static_cast<std::uint8_t>(tables::table_kind::task)) {
    return corrupt("a table of unknown kind");
  }
  out.name = text(from.getName());
  out.kind = static_cast<tables::table_kind>(from.getKind());
  MILLRACE_TRY(out.key_types, read(from.getKeyTypes()));
  for (const auto slot : from.getSlots()) {
    if (slot.getKind() > 1 || slot.getWidth() > largest_slot) return corrupt("a slot of no kind");
    out.slots.push_back({static_cast<tables::slot_kind>(slot.getKind()), slot.getWidth()});
  }
  MILLRACE_TRY(out.sub_key_types, read(from.getSubKeyTypes()));
  MILLRACE_TRY(out.value_types, read(from.getValueTypes()));
  out.ttl_ms = from.getTtl();
  out.sequenced = from.getSequenced();
  out.resident = from.getResident();
  return out;
}

// A path from outside must not lead out of the folder.
bool stays_inside(std::string_view path) {
  if (path.starts_with('/') || path.find('\0') != path.npos) return false;
  while (!path.empty()) {
    const auto end = std::min(path.find('/'), path.size());
    if (path.substr(0, end) == "..") return false;
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return true;
}

result<coordination::state_file> read(disk::File::Reader from) {
  coordination::state_file out;
  if (from.getKind() > static_cast<std::uint8_t>(coordination::state_file_kind::opaque)) {
    return corrupt("a file of unknown kind");
  }
  out.kind = static_cast<coordination::state_file_kind>(from.getKind());
  out.name = text(from.getName());
  out.local_name = text(from.getLocalName());
  out.location = text(from.getLocation());
  if (!stays_inside(out.name) || !stays_inside(out.local_name) || !stays_inside(out.location)) {
    return corrupt("a file outside of its folder: '" + out.location + "'");
  }
  out.bytes = from.getBytes();
  out.checksum = from.getChecksum();
  out.entries = from.getEntries();
  out.offset = from.getOffset();
  if (out.bytes > INT64_MAX || out.offset > INT64_MAX - out.bytes) {
    return corrupt("a file of impossible size");
  }
  out.inline_bytes = blob(from.getInlineBytes());
  return out;
}

result<void> check_place(const coordination::operator_state& state, std::uint32_t groups) {
  if (state.parallelism == 0 || state.parallelism > largest_parallelism ||
      state.subtask >= state.parallelism) {
    return corrupt("subtask " + std::to_string(state.subtask) + " of " +
                   std::to_string(state.parallelism));
  }
  if (state.range.first > groups || state.range.count > groups - state.range.first) {
    return corrupt("key groups above " + std::to_string(groups));
  }
  return {};
}

result<coordination::operator_state> read(disk::OperatorState::Reader from, std::uint32_t groups) {
  coordination::operator_state out;
  out.operator_id = text(from.getOperatorId());
  out.description = text(from.getDescription());
  out.subtask = from.getSubtask();
  out.parallelism = from.getParallelism();
  out.range = {from.getFirstGroup(), from.getGroupCount(), groups};
  MILLRACE_CHECK(check_place(out, groups));
  for (const auto table : from.getTables()) {
    MILLRACE_TRY(auto spec, read(table));
    out.tables.push_back(std::move(spec));
  }
  for (const auto file : from.getFiles()) {
    MILLRACE_TRY(auto f, read(file));
    out.files.push_back(std::move(f));
  }
  for (const std::int64_t watermark : from.getWatermarks()) out.watermarks.push_back(watermark);
  out.finished = from.getFinished();
  out.in_flight = from.getInFlight();
  return out;
}

std::vector<connectors::source_split> read(::capnp::List<disk::Split>::Reader from) {
  std::vector<connectors::source_split> out;
  for (const auto split : from) out.push_back({blob(split.getId()), blob(split.getPosition())});
  return out;
}

std::vector<std::string> read(::capnp::List<::capnp::Data>::Reader from) {
  std::vector<std::string> out;
  for (const auto item : from) out.push_back(blob(item));
  return out;
}

void read_sources(disk::Manifest::Reader from, coordination::checkpoint_manifest& to) {
  for (const auto reader : from.getReaders()) {
    to.readers.push_back(
        {text(reader.getOperatorId()), reader.getSubtask(), read(reader.getSplits())});
  }
  for (const auto e : from.getEnumerators()) {
    to.enumerators.push_back({text(e.getOperatorId()), read(e.getSeen()), read(e.getWaiting())});
  }
  for (const auto sink : from.getSinks()) {
    to.sinks.push_back(
        {text(sink.getOperatorId()), sink.getSubtask(), read(sink.getCommittables())});
  }
}

result<coordination::checkpoint_manifest> read(disk::Manifest::Reader from) {
  coordination::checkpoint_manifest out;
  out.job = text(from.getJob());
  out.id = checkpoint_id(from.getCheckpoint());
  out.savepoint = from.getSavepoint();
  out.leader_epoch = from.getLeaderEpoch();
  out.triggered_at = from.getTriggeredAt();
  out.max_parallelism = from.getMaxParallelism();
  if (out.max_parallelism == 0 || out.max_parallelism > largest_parallelism) {
    return corrupt("a max parallelism of " + std::to_string(out.max_parallelism));
  }
  out.script = text(from.getScript());
  out.plan_digest = text(from.getPlanDigest());
  for (const auto p : from.getProperties()) {
    out.properties[text(p.getKey())] = blob(p.getValue());
  }
  for (const auto state : from.getOperators()) {
    MILLRACE_TRY(auto instance, read(state, out.max_parallelism));
    out.operators.push_back(std::move(instance));
  }
  read_sources(from, out);
  return out;
}

}  // namespace

result<coordination::checkpoint_manifest> decode_manifest(std::string_view bytes) {
  if (bytes.empty() || bytes.size() % sizeof(::capnp::word) != 0) {
    return corrupt(std::to_string(bytes.size()) + " bytes are no message");
  }
  // Copied: the bytes need not be aligned.
  auto words = kj::heapArray<::capnp::word>(bytes.size() / sizeof(::capnp::word));
  std::memcpy(words.begin(), bytes.data(), bytes.size());
  ::capnp::ReaderOptions limits;
  limits.traversalLimitInWords = 2 * words.size() + 1024;
  limits.nestingLimit = deepest_nesting;
  try {
    ::capnp::FlatArrayMessageReader message(words, limits);
    return read(message.getRoot<disk::Manifest>());
  } catch (const kj::Exception& e) {
    return corrupt(e.getDescription().cStr());
  }
}

}  // namespace millrace::codec
