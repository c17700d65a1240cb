#include "core/codec/checkpoint/manifest_codec.hpp"

#include <capnp/message.h>
#include <capnp/serialize.h>
#include <schemas/checkpoint.capnp.h>

namespace millrace::codec {

namespace {

::capnp::Text::Reader text(const std::string& s) { return {s.c_str(), s.size()}; }
::capnp::Data::Reader blob(const std::string& s) {
  return {reinterpret_cast<const kj::byte*>(s.data()), s.size()};
}
template <class List>
kj::uint count(const List& list) {
  return static_cast<kj::uint>(list.size());
}

void write(disk::Type::Builder to, const data::data_type& type) {
  to.setId(static_cast<std::uint8_t>(type.id()));
  to.setNullable(type.nullable());
  to.setPrecision(type.precision());
  to.setScale(type.scale());
  if (type.fields().empty()) return;
  auto fields = to.initFields(count(type.fields()));
  for (kj::uint i = 0; i < fields.size(); ++i) {
    fields[i].setName(text(type.fields()[i].name));
    write(fields[i].initType(), type.fields()[i].type);
  }
}

void write(::capnp::List<disk::Type>::Builder to, const std::vector<data::data_type>& types) {
  for (kj::uint i = 0; i < to.size(); ++i) write(to[i], types[i]);
}

void write(disk::Table::Builder to, const tables::table_spec& spec) {
  to.setName(text(spec.name));
  to.setKind(static_cast<std::uint8_t>(spec.kind));
  write(to.initKeyTypes(count(spec.key_types)), spec.key_types);
  auto slots = to.initSlots(count(spec.slots));
  for (kj::uint i = 0; i < slots.size(); ++i) {
    slots[i].setKind(static_cast<std::uint8_t>(spec.slots[i].kind));
    slots[i].setWidth(spec.slots[i].width);
  }
  write(to.initSubKeyTypes(count(spec.sub_key_types)), spec.sub_key_types);
  write(to.initValueTypes(count(spec.value_types)), spec.value_types);
  to.setTtl(spec.ttl_ms);
  to.setSequenced(spec.sequenced);
  to.setResident(spec.resident);
}

void write(disk::File::Builder to, const coordination::state_file& file) {
  to.setKind(static_cast<std::uint8_t>(file.kind));
  to.setName(text(file.name));
  to.setLocalName(text(file.local_name));
  to.setBytes(file.bytes);
  to.setChecksum(file.checksum);
  to.setEntries(file.entries);
  to.setLocation(text(file.location));
  to.setOffset(file.offset);
  if (!file.inline_bytes.empty()) to.setInlineBytes(blob(file.inline_bytes));
}

void write(disk::OperatorState::Builder to, const coordination::operator_state& state) {
  to.setOperatorId(text(state.operator_id));
  to.setDescription(text(state.description));
  to.setSubtask(state.subtask);
  to.setParallelism(state.parallelism);
  to.setFirstGroup(state.range.first);
  to.setGroupCount(state.range.count);
  auto tables = to.initTables(count(state.tables));
  for (kj::uint i = 0; i < tables.size(); ++i) write(tables[i], state.tables[i]);
  auto files = to.initFiles(count(state.files));
  for (kj::uint i = 0; i < files.size(); ++i) write(files[i], state.files[i]);
  auto watermarks = to.initWatermarks(count(state.watermarks));
  for (kj::uint i = 0; i < watermarks.size(); ++i) watermarks.set(i, state.watermarks[i]);
  to.setFinished(state.finished);
  to.setInFlight(state.in_flight);
}

void write(::capnp::List<disk::Split>::Builder to,
           const std::vector<connectors::source_split>& splits) {
  for (kj::uint i = 0; i < to.size(); ++i) {
    to[i].setId(blob(splits[i].id));
    to[i].setPosition(blob(splits[i].position));
  }
}

void write(::capnp::List<::capnp::Data>::Builder to, const std::vector<std::string>& items) {
  for (kj::uint i = 0; i < to.size(); ++i) to.set(i, blob(items[i]));
}

void write(disk::ReaderState::Builder to, const coordination::reader_state& state) {
  to.setOperatorId(text(state.operator_id));
  to.setSubtask(state.subtask);
  write(to.initSplits(count(state.splits)), state.splits);
}

void write(disk::EnumeratorState::Builder to, const coordination::enumerator_state& state) {
  to.setOperatorId(text(state.operator_id));
  write(to.initSeen(count(state.seen)), state.seen);
  write(to.initWaiting(count(state.waiting)), state.waiting);
}

void write(disk::SinkState::Builder to, const coordination::sink_state& state) {
  to.setOperatorId(text(state.operator_id));
  to.setSubtask(state.subtask);
  write(to.initCommittables(count(state.committables)), state.committables);
}

template <class List, class Items>
void write_all(List to, const Items& items) {
  for (kj::uint i = 0; i < to.size(); ++i) write(to[i], items[i]);
}

void write(disk::Manifest::Builder to, const coordination::checkpoint_manifest& m) {
  to.setJob(text(m.job));
  to.setCheckpoint(m.id.value);
  to.setSavepoint(m.savepoint);
  to.setLeaderEpoch(m.leader_epoch);
  to.setTriggeredAt(m.triggered_at);
  to.setMaxParallelism(m.max_parallelism);
  to.setScript(text(m.script));
  to.setPlanDigest(text(m.plan_digest));
  auto properties = to.initProperties(count(m.properties));
  kj::uint at = 0;
  for (const auto& [key, value] : m.properties) {
    properties[at].setKey(text(key));
    properties[at++].setValue(blob(value));
  }
  write_all(to.initOperators(count(m.operators)), m.operators);
  write_all(to.initReaders(count(m.readers)), m.readers);
  write_all(to.initEnumerators(count(m.enumerators)), m.enumerators);
  write_all(to.initSinks(count(m.sinks)), m.sinks);
}

}  // namespace

std::string encode_manifest(const coordination::checkpoint_manifest& manifest) {
  ::capnp::MallocMessageBuilder message;
  write(message.initRoot<disk::Manifest>(), manifest);
  const auto words = ::capnp::messageToFlatArray(message);
  const auto bytes = words.asBytes();
  return {reinterpret_cast<const char*>(bytes.begin()), bytes.size()};
}

}  // namespace millrace::codec
