#pragma once

#include "core/base/clock.hpp"
#include "core/base/config.hpp"
#include "core/base/strong_id.hpp"
#include "core/connectors/source.hpp"
#include "core/tables/table_spec.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace millrace::coordination {

/// What a state file holds.
enum class state_file_kind : std::uint8_t {
  snapshot,  ///< all entries of an operator instance (docs/reference/formats.md, state file)
  delta,     ///< what changed since the file before it; tombstones included
  opaque,    ///< bytes of a state backend (a RocksDB SST, MANIFEST, OPTIONS), kept as they are
};

/// A file of a checkpoint, immutable once written. Made by `snapshot_store`, carried in a task's
/// acknowledgement and in manifests.
struct state_file {
  state_file_kind kind = state_file_kind::snapshot;
  /// Unique within the job; how later checkpoints name it again.
  std::string name;
  /// `opaque` only: its name in the backend's folder.
  std::string local_name;
  std::uint64_t bytes = 0;
  std::uint64_t checksum = 0;  ///< XXH3-64 of the bytes
  std::uint64_t entries = 0;   ///< tombstones included; 0 for `opaque`
  /// A small file travels as bytes until `snapshot_store::complete` packs it with others.
  std::string inline_bytes;
  // Where the bytes lie, relative to the job's folder; filled in by `complete`.
  std::string location;
  std::uint64_t offset = 0;
  friend bool operator==(const state_file&, const state_file&) = default;
};

/// The state of one instance of one operator.
struct operator_state {
  std::string operator_id;  ///< `plan::physical_node::id`
  std::string description;  ///< what EXPLAIN calls it, for people
  std::uint32_t subtask = 0;
  std::uint32_t parallelism = 1;
  tables::key_range range;
  std::vector<tables::table_spec> tables;  ///< by ordinal
  /// The base first, then deltas, oldest first: the newest entry of a key holds. Opaque files in
  /// any order, among them if the backend needs both.
  std::vector<state_file> files;
  /// Event time: what had come in and what had been sent on; empty: none.
  std::vector<timestamp_ms> watermarks;
  bool finished = false;  ///< had seen the end of its input (FLIP-147)
  /// No state of an operator, but what an unaligned barrier has overtaken on its way to one:
  /// `operator_id` is `in_flight_id` of it, and the entries are elements of channels.
  bool in_flight = false;
};

/// The splits that one reader of a source has not finished, with their positions.
struct reader_state {
  std::string operator_id;
  std::uint32_t subtask = 0;
  std::vector<connectors::source_split> splits;
};

/// What a source's enumerator knows.
struct enumerator_state {
  std::string operator_id;
  std::vector<std::string> seen;                  ///< ids of all splits ever found
  std::vector<connectors::source_split> waiting;  ///< given to no reader
};

/// What a sink has prepared and this checkpoint lets go.
struct sink_state {
  std::string operator_id;
  std::uint32_t subtask = 0;
  std::vector<std::string> committables;  ///< opaque bytes of the connector, in order
};

/// All that a checkpoint or savepoint consists of, as data.
struct checkpoint_manifest {
  std::string job;  ///< the name of the job's folder
  checkpoint_id id{};
  bool savepoint = false;
  std::uint64_t leader_epoch = 0;
  timestamp_ms triggered_at = 0;
  std::uint32_t max_parallelism = 128;
  std::string script;       ///< file name of the SQL script, for people
  std::string plan_digest;  ///< equal digests: the same query
  /// What else the job master keeps, under names of its own.
  option_map properties;
  std::vector<operator_state> operators;
  std::vector<reader_state> readers;
  std::vector<enumerator_state> enumerators;
  std::vector<sink_state> sinks;
};

/// Of all state files that a checkpoint refers to.
[[nodiscard]] inline std::uint64_t bytes_of(const checkpoint_manifest& m) {
  std::uint64_t bytes = 0;
  for (const auto& o : m.operators)
    for (const auto& f : o.files) bytes += f.bytes;
  return bytes;
}

}  // namespace millrace::coordination
