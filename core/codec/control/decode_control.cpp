#include "core/codec/checkpoint/manifest_codec.hpp"
#include "core/codec/control/control_codec.hpp"
#include "core/codec/control/field_checks.hpp"
#include "core/codec/control/message_parts.hpp"

#include <capnp/message.h>
#include <capnp/serialize.h>
#include <kj/array.h>
#include <kj/exception.h>
#include <schemas/control.capnp.h>

#include <cstring>

namespace millrace::codec {

namespace {

namespace out = coordination;
using committables = std::vector<std::pair<std::uint32_t, std::string>>;
using body = result<out::control_body>;

constexpr int deepest_nesting = 16;

connectors::source_split split_of(wire::SourceSplit::Reader from) {
  return {blob(from.getId()), blob(from.getPosition())};
}

result<std::vector<connectors::source_split>> read(::capnp::List<wire::SourceSplit>::Reader from) {
  MILLRACE_CHECK(check_count("splits", from.size()));
  std::vector<connectors::source_split> all;
  for (const auto split : from) all.push_back(split_of(split));
  return all;
}

result<std::vector<std::string>> read(::capnp::List<::capnp::Data>::Reader from) {
  MILLRACE_CHECK(check_count("finished splits", from.size()));
  std::vector<std::string> all;
  for (const auto item : from) all.push_back(blob(item));
  return all;
}

result<committables> read(::capnp::List<wire::Committable>::Reader from) {
  MILLRACE_CHECK(check_count("committables", from.size()));
  committables all;
  for (const auto item : from) all.emplace_back(item.getNode(), blob(item.getWork()));
  return all;
}

result<std::vector<out::operator_counts>> read(::capnp::List<wire::OperatorCounts>::Reader from) {
  MILLRACE_CHECK(check_count("operators", from.size()));
  std::vector<out::operator_counts> all;
  for (const auto item : from) {
    all.push_back({item.getNode(), item.getRowsIn(), item.getRowsOut(), item.getLateRows(),
                   item.getRejectedRows(), item.getNullKeyRows()});
  }
  return all;
}

result<std::vector<out::operator_state>> states_of(::capnp::Data::Reader from) {
  if (from.size() == 0) return std::vector<out::operator_state>();
  auto part = decode_manifest(blob(from));
  if (!part) return bad_message(part.error().message);
  return std::move(part->operators);
}

result<std::vector<out::deploy_order::peer>> read(::capnp::List<wire::Peer>::Reader from) {
  MILLRACE_CHECK(check_count("peers", from.size()));
  std::vector<out::deploy_order::peer> peers;
  for (const auto peer : from) {
    peers.push_back({text(peer.getName()), text(peer.getDataEndpoint())});
    MILLRACE_CHECK(check_name(peers.back().name));
    MILLRACE_CHECK(check_endpoint(peers.back().data_endpoint));
  }
  return peers;
}

result<std::vector<std::uint32_t>> read(::capnp::List<std::uint32_t>::Reader from,
                                        std::size_t peers) {
  MILLRACE_CHECK(check_count("tasks", from.size()));
  std::vector<std::uint32_t> places;
  for (const std::uint32_t place : from) {
    if (place >= peers) return bad_message("a task at peer " + std::to_string(place) + " of none");
    places.push_back(place);
  }
  return places;
}

body read(wire::WorkerGreeting::Reader from) {
  out::worker_greeting m;
  m.name = text(from.getName());
  m.control_endpoint = text(from.getControlEndpoint());
  m.data_endpoint = text(from.getDataEndpoint());
  m.slots = from.getSlots();
  m.version = text(from.getVersion());
  m.token = text(from.getToken());
  MILLRACE_CHECK(check_name(m.name));
  MILLRACE_CHECK(check_endpoint(m.control_endpoint));
  MILLRACE_CHECK(check_endpoint(m.data_endpoint));
  MILLRACE_CHECK(check_slots(m.slots));
  return out::control_body(std::move(m));
}

result<out::deploy_order> order_of(wire::DeployOrder::Reader from) {
  out::deploy_order m;
  m.attempt = from.getAttempt();
  MILLRACE_TRY(m.job, read_definition(from.getJob()));
  MILLRACE_TRY(m.peers, read(from.getPeers()));
  MILLRACE_TRY(m.places, read(from.getPlaces(), m.peers.size()));
  m.restore = checkpoint_id(from.getRestore());
  m.savepoint = text(from.getSavepoint());
  MILLRACE_CHECK(check_savepoint(m.savepoint));
  m.random_seed = from.getRandomSeed();
  return m;
}

body read(wire::DeployOrder::Reader from) {
  MILLRACE_TRY(auto m, order_of(from));
  return out::control_body(std::move(m));
}

body read(wire::AttemptDeployed::Reader from) {
  out::attempt_deployed m{from.getAttempt(), std::nullopt};
  if (from.hasFailure()) m.failure = read_failure(from.getFailure());
  return out::control_body(std::move(m));
}

body read(wire::SplitOrder::Reader from) {
  out::split_order m{from.getAttempt(), from.getTask(), std::nullopt};
  if (from.hasSplit()) m.split = split_of(from.getSplit());
  return out::control_body(std::move(m));
}

body read(wire::BarrierOrder::Reader from) {
  const data::barrier barrier{checkpoint_id(from.getCheckpoint()),
                              from.getAt(),
                              from.getUnaligned(),
                              from.getSavepoint(),
                              from.getFinal(),
                              from.getPatience()};
  return out::control_body(out::barrier_order{from.getAttempt(), from.getTask(), barrier});
}

body read(wire::StateReport::Reader from) {
  out::state_report m;
  m.attempt = from.getAttempt();
  m.task = from.getTask();
  m.checkpoint = checkpoint_id(from.getCheckpoint());
  MILLRACE_TRY(m.states, states_of(from.getStates()));
  m.watermark = from.getWatermark();
  MILLRACE_TRY(m.splits, read(from.getSplits()));
  MILLRACE_TRY(m.finished_splits, read(from.getFinishedSplits()));
  MILLRACE_TRY(m.committables, read(from.getCommittables()));
  if (from.hasFailure()) m.failure = read_failure(from.getFailure());
  return out::control_body(std::move(m));
}

body read(wire::TaskReport::Reader from) {
  out::task_report m{from.getAttempt(),         from.getTask(),         from.getRowsIn(),
                     from.getRowsOut(),         from.getWatermark(),    from.getBusyUs(),
                     from.getBackpressuredUs(), from.getStateBytes(),   from.getIdleUs(),
                     from.getQueuedBytes(),     from.getReceivedRows(), from.getReceivedBytes(),
                     from.getSentRows(),        from.getSentBytes(),    {}};
  MILLRACE_TRY(m.operators, read(from.getOperators()));
  return out::control_body(std::move(m));
}

result<out::end_report> end_of(wire::EndReport::Reader from) {
  if (from.getEnd() > static_cast<std::uint8_t>(out::end_report::how::failed)) {
    return bad_message("a task that ended in no known way");
  }
  out::end_report m;
  m.attempt = from.getAttempt();
  m.task = from.getTask();
  m.end = static_cast<out::end_report::how>(from.getEnd());
  if (from.hasCause()) m.cause = read_failure(from.getCause());
  MILLRACE_TRY(m.committables, read(from.getCommittables()));
  MILLRACE_TRY(m.finished_splits, read(from.getFinishedSplits()));
  return m;
}

body read(wire::EndReport::Reader from) {
  MILLRACE_TRY(auto m, end_of(from));
  return out::control_body(std::move(m));
}

result<out::attempt_report::part> part_of(wire::TaskPart::Reader from) {
  out::attempt_report::part part;
  part.task = from.getTask();
  part.acknowledged = checkpoint_id(from.getAcknowledged());
  MILLRACE_TRY(part.given, read(from.getGiven()));
  MILLRACE_TRY(part.finished_splits, read(from.getFinishedSplits()));
  part.wants_split = from.getWantsSplit();
  MILLRACE_CHECK(check_count("prepared work", from.getPrepared().size()));
  for (const auto work : from.getPrepared()) {
    auto& prepared = part.prepared.emplace_back();
    prepared.checkpoint = checkpoint_id(work.getCheckpoint());
    MILLRACE_TRY(prepared.committables, read(work.getCommittables()));
  }
  if (from.hasEnd()) {
    MILLRACE_TRY(part.end, end_of(from.getEnd()));
  }
  return part;
}

body read(wire::AttemptReport::Reader from) {
  out::attempt_report m;
  MILLRACE_TRY(m.order, order_of(from.getOrder()));
  m.started = from.getStarted();
  m.stopping = from.getStopping();
  m.newest = checkpoint_id(from.getNewest());
  MILLRACE_CHECK(check_count("parts", from.getParts().size()));
  for (const auto each : from.getParts()) {
    MILLRACE_TRY(auto part, part_of(each));
    m.parts.push_back(std::move(part));
  }
  return out::control_body(std::move(m));
}

// The orders and requests that are nothing but numbers.
body read_numbers(wire::ControlMessage::Reader from) {
  using wire::ControlMessage;
  switch (from.which()) {
    case ControlMessage::WELCOME:
      return out::control_body(out::worker_welcome{from.getWelcome().getWorker()});
    case ControlMessage::HEARTBEAT:
      return out::control_body(out::heartbeat{from.getHeartbeat().getNumber()});
    case ControlMessage::START:
      return out::control_body(out::start_order{from.getStart().getAttempt()});
    case ControlMessage::STOP:
      return out::control_body(out::stop_order{from.getStop().getAttempt()});
    case ControlMessage::CHECKPOINT_REQUEST:
      return out::control_body(out::checkpoint_request{from.getCheckpointRequest().getAttempt()});
    case ControlMessage::SPLIT_REQUEST: {
      const auto m = from.getSplitRequest();
      return out::control_body(out::split_request{m.getAttempt(), m.getTask()});
    }
    case ControlMessage::BEGIN: {
      const auto m = from.getBegin();
      return out::control_body(out::begin_order{m.getAttempt(), checkpoint_id(m.getCheckpoint())});
    }
    case ControlMessage::SETTLE: {
      const auto m = from.getSettle();
      return out::control_body(
          out::settle_order{m.getAttempt(), checkpoint_id(m.getCheckpoint()), m.getComplete()});
    }
    default:
      return bad_message("kind " + std::to_string(static_cast<unsigned>(from.which())) +
                         " is not known");
  }
}

body read(wire::ControlMessage::Reader from) {
  using wire::ControlMessage;
  switch (from.which()) {
    case ControlMessage::GREETING: return read(from.getGreeting());
    case ControlMessage::DEPLOY: return read(from.getDeploy());
    case ControlMessage::DEPLOYED: return read(from.getDeployed());
    case ControlMessage::SPLIT: return read(from.getSplit());
    case ControlMessage::BARRIER: return read(from.getBarrier());
    case ControlMessage::STATE: return read(from.getState());
    case ControlMessage::TASK: return read(from.getTask());
    case ControlMessage::END: return read(from.getEnd());
    case ControlMessage::ATTEMPT: return read(from.getAttempt());
    default: return read_numbers(from);
  }
}

result<void> check_size(std::size_t bytes) {
  if (bytes > max_control_bytes) return too_large("bytes", bytes, max_control_bytes);
  if (bytes == 0 || bytes % sizeof(::capnp::word) != 0) {
    return bad_message(std::to_string(bytes) + " bytes are no message");
  }
  return {};
}

}  // namespace

result<out::control_message> decode_control(std::string_view bytes) {
  MILLRACE_CHECK(check_size(bytes.size()));
  // Copied: the bytes need not be aligned.
  auto words = kj::heapArray<::capnp::word>(bytes.size() / sizeof(::capnp::word));
  std::memcpy(words.begin(), bytes.data(), bytes.size());
  ::capnp::ReaderOptions limits;
  // Every byte may be reached once; some lists are looked at twice, for their sizes.
  limits.traversalLimitInWords = 2 * words.size() + 1024;
  limits.nestingLimit = deepest_nesting;
  try {
    ::capnp::FlatArrayMessageReader message(words, limits);
    const auto root = message.getRoot<wire::ControlMessage>();
    MILLRACE_TRY(auto read_body, read(root));
    return out::control_message{root.getEpoch(), std::move(read_body)};
  } catch (const kj::Exception& e) {
    return bad_message(e.getDescription().cStr());
  }
}

}  // namespace millrace::codec
