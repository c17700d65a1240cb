@0xe3a90b7d51c2f846;
# What coordinator and workers tell each other: core/coordination/control_messages.hpp on the wire. Texts and lists are
# bounded by the reader (core/codec/control). Numbers of fields are never reused; fields that are added have defaults
# that mean "as before".

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("millrace::wire");

struct ControlMessage {
  epoch @0 :UInt64;           # of the leader; 0 in a greeting
  union {
    greeting @1 :WorkerGreeting;
    welcome @2 :WorkerWelcome;
    heartbeat @3 :Heartbeat;
    deploy @4 :DeployOrder;
    deployed @5 :AttemptDeployed;
    start @6 :StartOrder;
    splitRequest @7 :SplitRequest;
    split @8 :SplitOrder;
    checkpointRequest @9 :CheckpointRequest;
    barrier @10 :BarrierOrder;
    begin @11 :BeginOrder;
    state @12 :StateReport;
    settle @13 :SettleOrder;
    task @14 :TaskReport;
    stop @15 :StopOrder;
    end @16 :EndReport;
    attempt @17 :AttemptReport;
  }
}

struct Failure {
  code @0 :UInt16;            # core/base/error.hpp; one that the reader does not know becomes 9001
  message @1 :Text;
  hint @2 :Text;
  line @3 :UInt32;            # in the user's text, from 1; 0: at no place
  column @4 :UInt32;
  length @5 :UInt32;
}

struct SourceSplit {
  id @0 :Data;
  position @1 :Data;          # opaque bytes of the connector
}

struct Committable {
  node @0 :UInt32;            # of the plan
  work @1 :Data;              # opaque bytes of the connector
}

struct Setting {
  key @0 :Text;
  value @1 :Text;
}

# From a worker.

struct WorkerGreeting {
  name @0 :Text;
  controlEndpoint @1 :Text;
  dataEndpoint @2 :Text;
  slots @3 :UInt32;
  version @4 :Text;
  token @5 :Text;
}

struct AttemptDeployed {
  attempt @0 :UInt32;
  failure @1 :Failure;        # absent: deployed
}

struct SplitRequest {
  attempt @0 :UInt32;
  task @1 :UInt32;
}

struct CheckpointRequest {
  attempt @0 :UInt32;
}

struct StateReport {
  attempt @0 :UInt32;
  task @1 :UInt32;
  checkpoint @2 :UInt64;
  states @3 :Data;            # a Manifest of checkpoint.capnp with the operators only; absent: none
  watermark @4 :Int64;        # milliseconds since 1970 UTC
  splits @5 :List(SourceSplit);
  finishedSplits @6 :List(Data);
  committables @7 :List(Committable);
  failure @8 :Failure;        # absent: durable
}

struct EndReport {
  attempt @0 :UInt32;
  task @1 :UInt32;
  end @2 :UInt8;              # 0 finished, 1 cancelled, 2 failed
  cause @3 :Failure;
  committables @4 :List(Committable);
  finishedSplits @5 :List(Data);
}

struct TaskReport {
  attempt @0 :UInt32;
  task @1 :UInt32;
  rowsIn @2 :UInt64;
  rowsOut @3 :UInt64;
  watermark @4 :Int64;        # milliseconds since 1970 UTC
  busyUs @5 :UInt64;
  backpressuredUs @6 :UInt64;
  stateBytes @7 :UInt64;
  idleUs @8 :UInt64;
  queuedBytes @9 :UInt64;
  receivedRows @10 :UInt64;   # over channels, as the three below
  receivedBytes @11 :UInt64;
  sentRows @12 :UInt64;
  sentBytes @13 :UInt64;
  operators @14 :List(OperatorCounts);
}

struct OperatorCounts {
  node @0 :UInt32;            # of the plan
  rowsIn @1 :UInt64;
  rowsOut @2 :UInt64;
  lateRows @3 :UInt64;
  rejectedRows @4 :UInt64;
  nullKeyRows @5 :UInt64;
}

struct PreparedWork {
  checkpoint @0 :UInt64;
  committables @1 :List(Committable);
}

struct TaskPart {
  task @0 :UInt32;
  acknowledged @1 :UInt64;    # checkpoint
  given @2 :List(SourceSplit);
  finishedSplits @3 :List(Data);
  wantsSplit @4 :Bool;
  prepared @5 :List(PreparedWork);
  end @6 :EndReport;          # absent: it runs
}

struct AttemptReport {
  order @0 :DeployOrder;
  started @1 :Bool;
  stopping @2 :Bool;
  newest @3 :UInt64;          # checkpoint
  parts @4 :List(TaskPart);
}

# To a worker.

struct WorkerWelcome {
  worker @0 :UInt32;
}

struct JobDefinition {
  id @0 :Text;                # 16 hex digits
  script @1 :Text;
  settings @2 :List(Setting);
  ordinal @3 :UInt32;
  planDigest @4 :Text;
}

struct Peer {
  name @0 :Text;
  dataEndpoint @1 :Text;
}

struct DeployOrder {
  attempt @0 :UInt32;
  job @1 :JobDefinition;
  peers @2 :List(Peer);
  places @3 :List(UInt32);    # by task: index into `peers`
  restore @4 :UInt64;         # checkpoint; 0: none
  savepoint @5 :Text;         # below the savepoint root; empty: none
  randomSeed @6 :UInt64;
}

struct StartOrder {
  attempt @0 :UInt32;
}

struct SplitOrder {
  attempt @0 :UInt32;
  task @1 :UInt32;
  split @2 :SourceSplit;      # absent: no more
}

struct BarrierOrder {
  attempt @0 :UInt32;
  task @1 :UInt32;
  checkpoint @2 :UInt64;
  at @3 :Int64;               # milliseconds since 1970 UTC
  unaligned @4 :Bool;
  savepoint @5 :Bool;
  final @6 :Bool;
  patience @7 :Int64;         # milliseconds
}

struct BeginOrder {
  attempt @0 :UInt32;
  checkpoint @1 :UInt64;
}

struct SettleOrder {
  attempt @0 :UInt32;
  checkpoint @1 :UInt64;
  complete @2 :Bool;
}

struct StopOrder {
  attempt @0 :UInt32;
}

# Both ways.

struct Heartbeat {
  number @0 :UInt64;
}
