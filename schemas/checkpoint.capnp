@0xb8d1c5e09a3f7426;
# The manifest of a checkpoint or savepoint: core/coordination/checkpoint_manifest.hpp on disk. Around it lie a head and
# a hash (docs/reference/formats.md). Numbers of fields are never reused; fields that are added have defaults that
# mean "not there".

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("millrace::disk");

struct Manifest {
  job @0 :Text;
  checkpoint @1 :UInt64;
  savepoint @2 :Bool;
  leaderEpoch @3 :UInt64;
  triggeredAt @4 :Int64;      # milliseconds since 1970 UTC
  maxParallelism @5 :UInt32;
  script @6 :Text;
  planDigest @7 :Text;
  properties @8 :List(Property);
  operators @9 :List(OperatorState);
  readers @10 :List(ReaderState);
  enumerators @11 :List(EnumeratorState);
  sinks @12 :List(SinkState);
}

struct Property {
  key @0 :Text;
  value @1 :Data;
}

struct OperatorState {
  operatorId @0 :Text;
  description @1 :Text;
  subtask @2 :UInt32;
  parallelism @3 :UInt32;
  firstGroup @4 :UInt32;
  groupCount @5 :UInt32;
  tables @6 :List(Table);     # a table's place in the list is its ordinal in the keys of state files
  files @7 :List(File);       # the base first, then deltas, oldest first
  watermarks @8 :List(Int64); # by input
  finished @9 :Bool;
  inFlight @10 :Bool;         # no state, but rows in flight to the operator; version 2
}

struct File {
  kind @0 :UInt8;             # 0 snapshot, 1 delta, 2 opaque
  name @1 :Text;
  localName @2 :Text;
  bytes @3 :UInt64;
  checksum @4 :UInt64;        # XXH3-64
  entries @5 :UInt64;
  location @6 :Text;          # path relative to the folder of the job or savepoint
  offset @7 :UInt64;          # where the bytes begin in the file at `location`
  inlineBytes @8 :Data;
}

struct Table {
  name @0 :Text;
  kind @1 :UInt8;             # 0 hash, 1 map, 2 list, 3 sorted, 4 timers, 5 task
  keyTypes @2 :List(Type);
  slots @3 :List(Slot);
  subKeyTypes @4 :List(Type);
  valueTypes @5 :List(Type);
  ttl @6 :Int64;              # milliseconds, 0: for ever
  sequenced @7 :Bool;
  resident @8 :Bool;
}

struct Slot {
  kind @0 :UInt8;             # 0 fixed, 1 blob
  width @1 :UInt32;
}

struct Type {
  id @0 :UInt8;               # core/data/types.hpp type_id
  nullable @1 :Bool;
  precision @2 :Int32;
  scale @3 :Int32;
  fields @4 :List(Field);     # parts of ARRAY, MAP, MULTISET, ROW
}

struct Field {
  name @0 :Text;
  type @1 :Type;
}

struct Split {
  id @0 :Data;
  position @1 :Data;
}

struct ReaderState {
  operatorId @0 :Text;
  subtask @1 :UInt32;
  splits @2 :List(Split);
}

struct EnumeratorState {
  operatorId @0 :Text;
  seen @1 :List(Data);
  waiting @2 :List(Split);
}

struct SinkState {
  operatorId @0 :Text;
  subtask @1 :UInt32;
  committables @2 :List(Data);
}
