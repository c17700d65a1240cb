#pragma once

#include "core/runtime/chain.hpp"

namespace millrace::runtime {

/// One operator of a chain at work, and the output that it emits to. Internal to `chain`.
///
/// Whatever arrives while it is paused, or while something behind it is, waits in `waiting_`: one
/// element at most if operators keep to the rule of `output`.
class chain::node final : public operators::output {
 public:
  node(chain& owner, chain_stage stage, std::size_t index);
  ~node() override;

  void expect_inputs(std::uint32_t inputs) { open_inputs_ = inputs; }
  [[nodiscard]] result<void> open();
  void close();

  [[nodiscard]] result<void> receive(input_id input, const data::batch_ptr& batch);
  [[nodiscard]] result<void> receive(const signal& s);
  /// Resumes the operator, or takes the next element that waits. Only while `pending`.
  [[nodiscard]] result<void> advance();

  [[nodiscard]] bool pending() const { return pending_; }
  [[nodiscard]] bool needs_state() const { return paused_ && needs_state_; }
  /// The operator is in the middle of a call: payload pointers and cursors of its may be alive.
  [[nodiscard]] bool paused() const { return paused_; }
  /// A barrier in a hurry is next: it takes no room.
  [[nodiscard]] bool passes_barrier() const;
  void state_loaded() { needs_state_ = false; }
  [[nodiscard]] bool has_room() const { return !pending_ && owner_.room_at(stage_.targets); }
  [[nodiscard]] timestamp_ms next_processing_time() const;
  [[nodiscard]] const std::vector<chain_target>& targets() const { return stage_.targets; }
  [[nodiscard]] chain_stage& stage() { return stage_; }

  // operators::output: what the operator emits.
  [[nodiscard]] result<void> emit(data::batch_ptr batch) override;
  [[nodiscard]] bool full() const override;
  [[nodiscard]] result<void> emit_watermark(timestamp_ms time) override;
  [[nodiscard]] result<void> emit_idle(bool idle) override;

 private:
  struct rows {
    input_id input;
    data::batch_ptr batch;
  };
  using work = std::variant<rows, signal>;

  [[nodiscard]] result<void> restore();
  [[nodiscard]] timestamp_ms next_watermark() const;
  [[nodiscard]] result<void> start(const work& w);
  [[nodiscard]] result<operators::progress> call(const work& w);
  [[nodiscard]] result<operators::progress> call(const signal& s);
  [[nodiscard]] result<void> settle(result<operators::progress> said);
  /// The operator is done with the signal: sends it on.
  [[nodiscard]] result<void> complete(const signal& s);
  [[nodiscard]] result<void> complete_end(const input_end& end);
  void freeze(const data::barrier& barrier);
  void note_pending();
  [[nodiscard]] error named(error e);

  chain& owner_;
  chain_stage stage_;
  std::size_t index_;
  std::deque<work> waiting_;
  std::optional<signal> current_;  // the signal that the paused operator works on
  std::uint32_t open_inputs_ = 1;
  timestamp_ms watermark_in_ = min_watermark;
  timestamp_ms watermark_out_ = min_watermark;
  bool idle_out_ = false;
  bool paused_ = false;
  bool needs_state_ = false;
  bool pending_ = false;
  bool ticking_ = false;  // a tick waits already
};

}  // namespace millrace::runtime
