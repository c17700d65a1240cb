#include "core/codec/checkpoint/manifest_codec.hpp"
#include "core/codec/control/control_codec.hpp"
#include "core/codec/control/message_parts.hpp"

#include <capnp/message.h>
#include <capnp/serialize.h>
#include <schemas/control.capnp.h>

namespace millrace::codec {

namespace {

namespace in = coordination;
using message_builder = wire::ControlMessage::Builder;
using committables = std::vector<std::pair<std::uint32_t, std::string>>;

template <class List>
kj::uint count(const List& list) {
  return static_cast<kj::uint>(list.size());
}

void write(wire::SourceSplit::Builder to, const connectors::source_split& split) {
  to.setId(blob(split.id));
  to.setPosition(blob(split.position));
}

void write(::capnp::List<wire::SourceSplit>::Builder to,
           const std::vector<connectors::source_split>& splits) {
  for (kj::uint i = 0; i < to.size(); ++i) write(to[i], splits[i]);
}

void write(::capnp::List<::capnp::Data>::Builder to, const std::vector<std::string>& items) {
  for (kj::uint i = 0; i < to.size(); ++i) to.set(i, blob(items[i]));
}

void write(::capnp::List<wire::Committable>::Builder to, const committables& work) {
  for (kj::uint i = 0; i < to.size(); ++i) {
    to[i].setNode(work[i].first);
    to[i].setWork(blob(work[i].second));
  }
}

void write(::capnp::List<wire::OperatorCounts>::Builder to,
           const std::vector<in::operator_counts>& counts) {
  for (kj::uint i = 0; i < to.size(); ++i) {
    to[i].setNode(counts[i].node);
    to[i].setRowsIn(counts[i].rows_in);
    to[i].setRowsOut(counts[i].rows_out);
    to[i].setLateRows(counts[i].late_rows);
    to[i].setRejectedRows(counts[i].rejected_rows);
    to[i].setNullKeyRows(counts[i].null_key_rows);
  }
}

// What a manifest needs beside its operators is not looked at by the receiver.
std::string packed(const std::vector<in::operator_state>& states) {
  in::checkpoint_manifest part;
  part.max_parallelism = states.front().range.max_parallelism;
  part.operators = states;
  return encode_manifest(part);
}

void write(message_builder to, const in::worker_greeting& from) {
  auto m = to.initGreeting();
  m.setName(text(from.name));
  m.setControlEndpoint(text(from.control_endpoint));
  m.setDataEndpoint(text(from.data_endpoint));
  m.setSlots(from.slots);
  m.setVersion(text(from.version));
  m.setToken(text(from.token));
}

void write(message_builder to, const in::worker_welcome& from) {
  to.initWelcome().setWorker(from.worker);
}

void write(message_builder to, const in::heartbeat& from) {
  to.initHeartbeat().setNumber(from.number);
}

void write(wire::DeployOrder::Builder m, const in::deploy_order& from) {
  m.setAttempt(from.attempt);
  write_definition(m.initJob(), from.job);
  auto peers = m.initPeers(count(from.peers));
  for (kj::uint i = 0; i < peers.size(); ++i) {
    peers[i].setName(text(from.peers[i].name));
    peers[i].setDataEndpoint(text(from.peers[i].data_endpoint));
  }
  auto places = m.initPlaces(count(from.places));
  for (kj::uint i = 0; i < places.size(); ++i) places.set(i, from.places[i]);
  m.setRestore(from.restore.value);
  m.setSavepoint(text(from.savepoint));
  m.setRandomSeed(from.random_seed);
}

void write(message_builder to, const in::deploy_order& from) { write(to.initDeploy(), from); }

void write(message_builder to, const in::attempt_deployed& from) {
  auto m = to.initDeployed();
  m.setAttempt(from.attempt);
  if (from.failure) write_failure(m.initFailure(), *from.failure);
}

void write(message_builder to, const in::start_order& from) {
  to.initStart().setAttempt(from.attempt);
}

void write(message_builder to, const in::split_request& from) {
  auto m = to.initSplitRequest();
  m.setAttempt(from.attempt);
  m.setTask(from.task);
}

void write(message_builder to, const in::split_order& from) {
  auto m = to.initSplit();
  m.setAttempt(from.attempt);
  m.setTask(from.task);
  if (from.split) write(m.initSplit(), *from.split);
}

void write(message_builder to, const in::checkpoint_request& from) {
  to.initCheckpointRequest().setAttempt(from.attempt);
}

void write(message_builder to, const in::barrier_order& from) {
  auto m = to.initBarrier();
  m.setAttempt(from.attempt);
  m.setTask(from.task);
  m.setCheckpoint(from.barrier.id.value);
  m.setAt(from.barrier.at);
  m.setUnaligned(from.barrier.unaligned);
  m.setSavepoint(from.barrier.savepoint);
  m.setFinal(from.barrier.final);
  m.setPatience(from.barrier.patience_ms);
}

void write(message_builder to, const in::begin_order& from) {
  auto m = to.initBegin();
  m.setAttempt(from.attempt);
  m.setCheckpoint(from.checkpoint.value);
}

void write(message_builder to, const in::state_report& from) {
  auto m = to.initState();
  m.setAttempt(from.attempt);
  m.setTask(from.task);
  m.setCheckpoint(from.checkpoint.value);
  if (!from.states.empty()) m.setStates(blob(packed(from.states)));
  m.setWatermark(from.watermark);
  write(m.initSplits(count(from.splits)), from.splits);
  write(m.initFinishedSplits(count(from.finished_splits)), from.finished_splits);
  write(m.initCommittables(count(from.committables)), from.committables);
  if (from.failure) write_failure(m.initFailure(), *from.failure);
}

void write(message_builder to, const in::settle_order& from) {
  auto m = to.initSettle();
  m.setAttempt(from.attempt);
  m.setCheckpoint(from.checkpoint.value);
  m.setComplete(from.complete);
}

void write(message_builder to, const in::task_report& from) {
  auto m = to.initTask();
  m.setAttempt(from.attempt);
  m.setTask(from.task);
  m.setRowsIn(from.rows_in);
  m.setRowsOut(from.rows_out);
  m.setWatermark(from.watermark);
  m.setBusyUs(from.busy_us);
  m.setBackpressuredUs(from.backpressured_us);
  m.setStateBytes(from.state_bytes);
  m.setIdleUs(from.idle_us);
  m.setQueuedBytes(from.queued_bytes);
  m.setReceivedRows(from.received_rows);
  m.setReceivedBytes(from.received_bytes);
  m.setSentRows(from.sent_rows);
  m.setSentBytes(from.sent_bytes);
  write(m.initOperators(count(from.operators)), from.operators);
}

void write(message_builder to, const in::stop_order& from) {
  to.initStop().setAttempt(from.attempt);
}

void write(wire::EndReport::Builder m, const in::end_report& from) {
  m.setAttempt(from.attempt);
  m.setTask(from.task);
  m.setEnd(static_cast<std::uint8_t>(from.end));
  if (from.cause) write_failure(m.initCause(), *from.cause);
  write(m.initCommittables(count(from.committables)), from.committables);
  write(m.initFinishedSplits(count(from.finished_splits)), from.finished_splits);
}

void write(message_builder to, const in::end_report& from) { write(to.initEnd(), from); }

void write(wire::TaskPart::Builder to, const in::attempt_report::part& from) {
  to.setTask(from.task);
  to.setAcknowledged(from.acknowledged.value);
  write(to.initGiven(count(from.given)), from.given);
  write(to.initFinishedSplits(count(from.finished_splits)), from.finished_splits);
  to.setWantsSplit(from.wants_split);
  auto prepared = to.initPrepared(count(from.prepared));
  for (kj::uint i = 0; i < prepared.size(); ++i) {
    prepared[i].setCheckpoint(from.prepared[i].checkpoint.value);
    const committables& work = from.prepared[i].committables;
    write(prepared[i].initCommittables(count(work)), work);
  }
  if (from.end) write(to.initEnd(), *from.end);
}

void write(message_builder to, const in::attempt_report& from) {
  auto m = to.initAttempt();
  write(m.initOrder(), from.order);
  m.setStarted(from.started);
  m.setStopping(from.stopping);
  m.setNewest(from.newest.value);
  auto parts = m.initParts(count(from.parts));
  for (kj::uint i = 0; i < parts.size(); ++i) write(parts[i], from.parts[i]);
}

}  // namespace

std::string encode_control(const in::control_message& message) {
  ::capnp::MallocMessageBuilder built;
  auto root = built.initRoot<wire::ControlMessage>();
  root.setEpoch(message.epoch);
  std::visit([&](const auto& body) { write(root, body); }, message.body);
  const auto words = ::capnp::messageToFlatArray(built);
  const auto bytes = words.asBytes();
  return {reinterpret_cast<const char*>(bytes.begin()), bytes.size()};
}

}  // namespace millrace::codec
