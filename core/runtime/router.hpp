#pragma once

#include "core/base/clock.hpp"
#include "core/plan/physical/physical_plan.hpp"
#include "core/runtime/chain_output.hpp"
#include "core/runtime/channel.hpp"
#include "core/runtime/hash_partition.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace millrace::data {
class batch_builder;
}

namespace millrace::runtime {

/// How an edge sends.
struct router_options {
  plan::exchange_kind exchange = plan::exchange_kind::forward;
  std::vector<std::uint32_t> keys;  ///< hash: columns of what is emitted
  std::uint32_t max_parallelism = 128;
  std::int64_t initial_credit = 32 << 10;  ///< bytes, per channel
  std::int64_t overdraft = 4 << 20;  ///< bytes beyond all credit, while an unaligned barrier waits
  std::uint32_t batch_rows = 4096;   ///< a kept-back batch leaves when it has these rows
  std::int64_t flush_bytes = 32 << 10;   ///< or these bytes
  std::int64_t buffer_timeout_ms = 100;  ///< or was kept back that long; 0: nothing is kept back
};

/// The end of a chain that sends to the subtasks of another vertex.
///
/// Key hashes are computed here, once, and travel with the batch. Towards few channels a hash
/// exchange sends the batch itself with a selection per channel (no row is copied); towards many it
/// copies rows into a batch per channel, so that small batches are not shredded further. Credit in
/// bytes per channel: `full` when a channel that may be needed next has none left. Order per
/// channel is the order of emits.
class router final : public chain_output {
 public:
  /// `channels[i]` leads to subtask i (forward: the only one). `time` outlives the router.
  router(router_options options, std::vector<std::unique_ptr<channel_writer>> channels,
         const clock& time);
  ~router() override;

  [[nodiscard]] result<void> emit(const data::batch_ptr& batch) override;
  [[nodiscard]] result<void> signal(const data::element& what) override;
  [[nodiscard]] bool full() const override;
  [[nodiscard]] bool lends() const override;
  [[nodiscard]] result<void> flush() override;
  /// Never while it is full: credit wakes the task.
  [[nodiscard]] std::int64_t deadline_us() const override {
    return full() ? never_us : kept_until_us_;
  }

  /// The reader of channel `index` takes `bytes` more.
  void on_credit(std::uint32_t index, std::int64_t bytes);
  [[nodiscard]] std::uint32_t channel_count() const {
    return static_cast<std::uint32_t>(channels_.size());
  }
  /// Bytes of batches sent so far, and their rows.
  [[nodiscard]] std::uint64_t sent_bytes() const { return sent_bytes_; }
  [[nodiscard]] std::uint64_t sent_rows() const { return sent_rows_; }

 private:
  struct lane {
    std::unique_ptr<channel_writer> writer;
    std::int64_t credit = 0;
    std::unique_ptr<data::batch_builder> kept;  // rows kept back, null while there are none
  };
  void send(lane& to, data::batch_ptr batch);
  void emit_hashed(const data::batch_ptr& batch);
  void share(const data::batch_ptr& batch);
  void keep(const data::record_batch& batch);
  void flush_lane(lane& l);
  [[nodiscard]] lane& richest();

  router_options options_;
  const clock& time_;
  std::vector<lane> channels_;
  std::optional<hash_partition> partition_;
  std::int64_t kept_until_us_ = never_us;
  std::uint64_t sent_bytes_ = 0;
  std::uint64_t sent_rows_ = 0;
  std::uint32_t next_ = 0;  // rebalance: breaks ties in turn
};

}  // namespace millrace::runtime
