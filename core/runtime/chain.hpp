#pragma once

#include "core/operators/operator.hpp"
#include "core/operators/operator_context.hpp"
#include "core/runtime/chain_output.hpp"
#include "core/runtime/operator_restore.hpp"

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace millrace::tables {
class frozen_delta;
class load_job;
class state_store;
class table_set;
}  // namespace millrace::tables

namespace millrace::runtime {

/// Where the rows of a chain's entry or of one of its operators go, too.
struct chain_target {
  enum class kind : std::uint8_t { stage, output };
  kind what = kind::stage;
  std::uint32_t index = 0;
};

/// One operator of a chain, with all that it uses.
struct chain_stage {
  std::string name;  ///< for errors
  std::unique_ptr<operators::operator_context> context;
  std::shared_ptr<tables::state_store> cold;  ///< where the tables spill to; null: nowhere
  std::unique_ptr<tables::table_set> tables;  ///< null: stateless
  std::unique_ptr<operators::physical_operator> op;
  std::vector<chain_target> targets;  ///< stages behind this one, or outputs
  operator_restore restore;           ///< empty: the operator starts anew
};

/// What a chain says of its progress.
enum class chain_state : std::uint8_t {
  ready,       ///< takes the next element
  yielded,     ///< has more to do: call `proceed` again, after others had their turn
  full,        ///< an output is full: call `proceed` when it has room
  need_state,  ///< key groups are on disk: run the job of `begin_load`, then `finish_load`
};

/// Event time at an operator: what it has got and what it has sent on.
struct stage_time {
  timestamp_ms in = min_watermark;
  timestamp_ms out = min_watermark;
};

/// The state that one barrier froze, by stage (null: the stage has none).
struct chain_snapshot {
  checkpoint_id checkpoint{};
  std::vector<std::shared_ptr<tables::frozen_delta>> stages;
  std::vector<stage_time> times;
};

/// Runs a tree of operators fused into one task.
///
/// The entry (a source or a gate) pushes one element at a time; each operator may feed several
/// others and several outputs. An operator that pauses stops what is in front of it; what is behind
/// it goes on first, deepest first, so that order is kept on every path. Watermarks, barriers and
/// the end of input travel through the tree in order with the rows: an operator sees a barrier
/// (`prepare_barrier`, then its tables are frozen) when all rows before it have passed, and sends
/// it on afterwards.
///
/// Sans-I/O: life is `open`, pushes and `proceed`, `close`. Used by one task only. An error ends
/// the chain: only `close` may follow; its message names the operator.
class chain {
 public:
  /// Stages stand in topological order. `entry` are the targets of the source or gate; with several
  /// inputs it is one stage or one output.
  chain(std::vector<chain_stage> stages, std::vector<std::unique_ptr<chain_output>> outputs,
        std::vector<chain_target> entry, std::uint32_t inputs);
  ~chain();

  [[nodiscard]] result<void> open();
  void close();

  // Pushes: only after the last call said `ready`, and while `has_room()`.
  [[nodiscard]] result<chain_state> push(input_id input, const data::batch_ptr& batch);
  [[nodiscard]] result<chain_state> push_watermark(timestamp_ms time);
  /// Tells the entry how far one of its inputs has come; nothing goes on from there.
  void push_input_watermark(input_id input, timestamp_ms time);
  [[nodiscard]] result<chain_state> push_idleness(bool idle);
  [[nodiscard]] result<chain_state> push_barrier(const data::barrier& barrier);
  [[nodiscard]] result<chain_state> push_latency_marker(const data::latency_marker& marker);
  /// After a restore and the entry's restored watermark, before anything else: every operator sends
  /// on again what it had sent on, so that whoever reads the outputs knows the event time.
  [[nodiscard]] result<chain_state> push_resumed();
  /// An input of the entry has ended.
  [[nodiscard]] result<chain_state> push_end(input_id input, data::end_of_input end);
  /// Calls the operators that wanted to be called by now.
  [[nodiscard]] result<chain_state> push_time(timestamp_ms now);

  /// An element of a restored checkpoint that was under way to a target inside of the chain: a
  /// batch, a watermark or idleness. Before anything comes through the entry.
  [[nodiscard]] result<chain_state> push_at(const chain_target& target, const data::element& what);

  /// While an unaligned barrier waits or passes: outputs that are full lend what an operator needs
  /// to get to the end of its call, and the barrier itself waits for no room.
  void set_hurry(bool hurry) { hurry_ = hurry; }

  /// Goes on after anything but `ready`.
  [[nodiscard]] result<chain_state> proceed();
  /// After `need_state`: the reads that the parked operator waits for, to be run on any thread
  /// while the chain and its tables live; null when nothing is left to read. `finish_load` comes
  /// before the next `proceed`.
  [[nodiscard]] std::unique_ptr<tables::load_job> begin_load();
  /// Hands what was read (nothing for null) to the operator. Errors: the job's.
  [[nodiscard]] result<void> finish_load(tables::load_job* job);
  /// False while an output right behind the entry, or behind operators that hold nothing, is full.
  [[nodiscard]] bool has_room() const;
  /// Bytes of all tables.
  [[nodiscard]] std::size_t memory_bytes() const;
  /// Whether any table has a place to spill to.
  [[nodiscard]] bool spills() const;
  /// Spills about `bytes` of the tables of operators that are not paused, the largest set first.
  /// Gives the bytes freed. Errors: state_io.
  [[nodiscard]] result<std::size_t> spill(std::size_t bytes);
  /// The next processing time that any operator wants.
  [[nodiscard]] timestamp_ms next_processing_time() const;
  /// When an output wants to be flushed or asked again, steady microseconds.
  [[nodiscard]] std::int64_t output_deadline_us() const;
  /// When a full output wants to be asked again, steady microseconds; never: it will say so itself.
  [[nodiscard]] std::int64_t retry_us() const;
  [[nodiscard]] result<void> flush_outputs();
  void checkpoint_complete(checkpoint_id checkpoint);

  /// True when the end of all inputs has reached every output.
  [[nodiscard]] bool finished() const { return open_ends_ == 0; }
  /// What the last barrier froze, once it has reached every output.
  [[nodiscard]] std::optional<chain_snapshot> take_snapshot();
  [[nodiscard]] bool snapshot_ready() const { return snapshot_ && open_barriers_ == 0; }
  [[nodiscard]] std::uint32_t stage_count() const {
    return static_cast<std::uint32_t>(nodes_.size());
  }
  [[nodiscard]] chain_stage& stage_at(std::uint32_t i);

 private:
  class node;
  struct tick {
    timestamp_ms now;
  };
  struct resumed {};
  struct input_end {
    input_id input;
    data::end_of_input end;
  };
  using signal = std::variant<data::watermark, data::idleness, data::barrier, input_end,
                              data::latency_marker, tick, resumed>;

  [[nodiscard]] result<void> emit_to(const std::vector<chain_target>& targets, input_id input,
                                     const data::batch_ptr& batch);
  [[nodiscard]] result<void> signal_to(const std::vector<chain_target>& targets, const signal& s);
  [[nodiscard]] result<void> output_signal(std::uint32_t output, const signal& s);
  [[nodiscard]] bool room_at(const std::vector<chain_target>& targets) const;
  [[nodiscard]] bool room_in(const chain_output& output) const;
  [[nodiscard]] result<chain_state> enter(const signal& s);
  [[nodiscard]] node* deepest_pending();

  std::vector<std::unique_ptr<node>> nodes_;
  std::vector<std::unique_ptr<chain_output>> outputs_;
  std::vector<chain_target> entry_;
  std::uint32_t entry_inputs_;  // not ended yet; counts when the entry is an output
  bool failed_ = false;         // an error has been named
  bool hurry_ = false;
  std::uint32_t pending_ = 0;    // nodes that are paused or have signals waiting
  std::uint32_t open_ends_ = 0;  // outputs and leaves that the end has not reached
  std::uint32_t open_barriers_ = 0;
  std::optional<chain_snapshot> snapshot_;
};

}  // namespace millrace::runtime
