#pragma once

#include "core/operators/keyed_input.hpp"
#include "core/operators/stored_watermark.hpp"
#include "core/operators/window/due_keys.hpp"
#include "core/operators/window/window_axis.hpp"
#include "core/plan/window.hpp"
#include "core/tables/hash_table.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace millrace::operators {

/// Which sessions are open per key: finds, opens, extends and merges them as rows come, and closes
/// them as time passes. What a session holds is its owner's business, under the key (id, key).
///
/// A session is [first row's time, last row's time + gap); sessions that touch are one. Its id is
/// the start it was opened with. A row that would open a session that has closed already is late.
/// State: `keys` (key -> its sessions), `timers` (at least one at or before each session's end, so
/// an extended session costs nothing until its old end comes), `watermark`.
class session_index {
 public:
  session_index(const operator_inputs& inputs, const plan::window_spec& window,
                std::vector<std::uint32_t> keys);
  [[nodiscard]] result<void> open(operator_context& context);

  // Rows in.
  /// Session `from` has become part of `into`; `row` is a stored row of that key.
  struct merge {
    std::uint32_t row;
    std::int64_t from;
    std::int64_t into;
  };
  /// Finds the sessions of a batch's rows. `loading`: call again with the same batch.
  [[nodiscard]] tables::readiness assign(const data::record_batch& batch);
  /// The stored rows that are in a session, ascending.
  [[nodiscard]] const std::vector<std::uint32_t>& rows() const { return rows_; }
  /// Merges to be done after the rows have been added, in this order.
  [[nodiscard]] const std::vector<merge>& merges() const { return merges_; }
  /// Encodes (id, key) for the rows of `rows()`.
  void encode(const data::record_batch& batch, tables::key_batch& out);
  /// Encodes (id, key) of one side of the merges.
  void encode_merges(const data::record_batch& batch, bool into, tables::key_batch& out);

  // Sessions out.
  void advance(timestamp_ms watermark);
  [[nodiscard]] timestamp_ms next_processing_time() const;
  /// Closes sessions that ended by the time the index has advanced to, of one end each call and of
  /// at most `limit` keys. `loading`: call again.
  [[nodiscard]] tables::readiness close_due(std::uint32_t limit);
  struct closed_sessions {
    timestamp_ms end = 0;
    std::vector<timestamp_ms> starts;
    std::vector<std::int64_t> ids;
    std::vector<data::column_ptr> keys;  ///< a row per session
    std::vector<std::uint64_t> hashes;   ///< of the keys
  };
  /// What the last `close_due` closed. `more` says whether to call it again.
  [[nodiscard]] const closed_sessions& closed() const { return closed_; }
  [[nodiscard]] bool more_due() const;
  /// Encodes (id, key) of the closed sessions.
  void encode_closed(tables::key_batch& out);

  void save() { watermark_.save(); }
  [[nodiscard]] const window_axis& axis() const { return axis_; }
  /// Types of (id, key).
  [[nodiscard]] std::vector<data::data_type> session_key_types() const;

 private:
  struct session;
  [[nodiscard]] bool place(char* payload, std::uint32_t row, timestamp_ms time,
                           const tables::key_view& key);
  void collect_rows(const data::record_batch& batch);
  [[nodiscard]] tables::readiness place_rows(const data::record_batch& batch);
  [[nodiscard]] tables::readiness load_placed();
  [[nodiscard]] tables::readiness take_due(std::uint32_t limit);
  [[nodiscard]] tables::readiness load_closed();
  void encode_with_ids(std::span<const data::column_ptr> keys, const std::uint64_t* hashes,
                       std::span<const std::uint32_t> rows, std::span<const std::int64_t> ids,
                       tables::key_batch& out);
  void close_key(std::uint32_t due, char* payload, std::vector<std::uint32_t>& picked);

  plan::window_spec window_;
  keyed_input input_;
  tables::key_encoder key_encoder_;
  tables::key_encoder encoder_;  // of (id, key)
  sub_key_hasher hasher_;
  window_axis axis_;
  operator_context* context_ = nullptr;
  tables::hash_table* table_ = nullptr;
  tables::timer_queue* timers_ = nullptr;
  stored_watermark watermark_;
  timestamp_ms until_ = min_watermark;
  due_keys due_;
  closed_sessions closed_;
  bool placed_ = false;  // the batch's rows are in their sessions, which are being loaded
  bool taken_ = false;   // so are `closed_`

  std::vector<std::uint32_t> candidates_;  // scratch of one batch
  std::vector<timestamp_ms> times_;
  tables::key_batch keys_;
  std::vector<char*> payloads_;
  std::vector<std::uint8_t> inserted_;
  std::vector<std::uint32_t> rows_;
  std::vector<std::int64_t> ids_;
  std::vector<merge> merges_;
};

}  // namespace millrace::operators
