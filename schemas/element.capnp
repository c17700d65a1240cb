@0xd6a1f0c37be5942c;
# What travels on a channel between tasks, and lies in the channel state of an unaligned checkpoint.
# The wire form is the memory form: blobs hold the bytes of core/data's buffers, little endian.
# Numbers of fields are never reused.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("millrace::wire");

struct Element {
  attempt @0 :UInt32;   # start of the job; frames of older ones are refused
  channel @1 :UInt32;
  sequence @2 :UInt64;  # per channel and attempt, without gaps
  union {
    batch @3 :Batch;
    watermark @4 :Int64;  # milliseconds since 1970 UTC
    idle @5 :Bool;
    barrier @6 :Barrier;
    endOfInput @7 :EndOfInput;
    latencyMarker @8 :LatencyMarker;
  }
}

struct Batch {
  storedRows @0 :UInt32;
  selectedRows @1 :UInt32;
  selection @2 :Data;  # absent: all rows are live; else u32 per live row, ascending
  kinds @3 :Data;      # absent: all +I; else a byte per stored row (core/data/change_kind.hpp)
  hashes @4 :Data;     # absent, or u64 per stored row
  columns @5 :List(Column);
}

struct Column {
  type @0 :UInt8;      # core/data/types.hpp type_id; must be what the receiver expects
  layout @1 :UInt8;    # core/data/column.hpp encoding
  precision @2 :Int32;
  scale @3 :Int32;
  length @4 :UInt32;   # rows
  validity @5 :Data;   # absent: no nulls; else bits in whole 64-bit words
  values @6 :Data;
  offsets @7 :Data;    # u32
  children @8 :List(Column);
}

struct Barrier {
  checkpoint @0 :UInt64;
  at @1 :Int64;        # milliseconds since 1970 UTC
  unaligned @2 :Bool;
  savepoint @3 :Bool;
  final @4 :Bool;
  patience @5 :Int64;  # unaligned only: milliseconds after `at` before it overtakes
}

struct EndOfInput {
  stoppedWithSavepoint @0 :Bool;
}

struct LatencyMarker {
  at @0 :Int64;        # milliseconds since 1970 UTC
  sourceSubtask @1 :UInt32;
}
