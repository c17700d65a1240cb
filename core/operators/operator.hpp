#pragma once

#include "core/base/clock.hpp"
#include "core/base/result.hpp"
#include "core/base/strong_id.hpp"
#include "core/data/record_batch.hpp"

#include <cstdint>

namespace millrace::operators {

struct operator_context;

/// What an operator says after each call.
enum class progress : std::uint8_t {
  /// Done with what it was given; it may get the next input.
  need_input,
  /// Stopped because its output is full; `resume` goes on. No other input may come before.
  more_output,
  /// Stopped because key groups it needs are on disk; `resume` goes on once they are loaded.
  need_state,
};

/// Where an operator's rows go: the next operator of the chain, or an exchange.
///
/// Rule of use: before every emit but the first after a call, ask `full()`; when it says yes,
/// remember where you are and return `more_output`. So at most one batch is ever emitted beyond a
/// full output.
class output {
 public:
  virtual ~output() = default;
  /// Errors are those of the operators behind it.
  [[nodiscard]] virtual result<void> emit(data::batch_ptr batch) = 0;
  [[nodiscard]] virtual bool full() const = 0;
  /// Called by operators that make event time themselves (the watermark assigner), between two
  /// emits: the chain forwards it to the operators behind like a watermark that came in, in order
  /// with the batches. A watermark at or below the last one is dropped. May make the output full.
  [[nodiscard]] virtual result<void> emit_watermark(timestamp_ms time) = 0;
  /// The operator's input gives no rows for a while (`true`), or is back. Same rules.
  [[nodiscard]] virtual result<void> emit_idle(bool idle) = 0;
};

/// One instance of a physical operator. Lives on its task's actor; never called from two threads at
/// once.
///
/// Order of calls: `open` once (tables are restored, an empty task too); then any of `process`,
/// `on_watermark`, `on_processing_time`, `finish`, `prepare_barrier` + `checkpoint_*`; `close` at
/// the end, also after an error.
///  - `process`: may emit rows.
///  - `on_watermark`: may emit rows; the watermark itself is forwarded by the chain, after this
///  returned
///    `need_input` (with the time `output_watermark` gives). Never goes back.
///  - `on_processing_time`: may emit; called when the clock passed what `next_processing_time` had
///  asked for.
///  - `finish(input)`: that input has ended; may emit. Comes after a watermark of `max_watermark`
///  unless the job
///    is stopped early. The operator is done when every input is finished.
///  - `prepare_barrier`: may emit (flush mini-batches); afterwards state tables are frozen by the
///  chain.
///  - `resume`: after `more_output` or `need_state`: go on where you stopped.
/// Every call that can emit returns progress; when it is not `need_input`, only `resume` (or
/// `close`) follows. Errors end the attempt of the job; an operator need not be usable afterwards.
class physical_operator {
 public:
  virtual ~physical_operator() = default;

  [[nodiscard]] virtual result<void> open(operator_context& context) = 0;
  [[nodiscard]] virtual result<progress> process(input_id input, const data::batch_ptr& batch,
                                                 output& out) = 0;
  [[nodiscard]] virtual result<progress> resume(output&) { return progress::need_input; }
  [[nodiscard]] virtual result<progress> on_watermark(timestamp_ms, output&) {
    return progress::need_input;
  }
  /// The event time of one of several inputs, told in order with its rows and before the combined
  /// watermark that it may raise: for operators whose late rows must not depend on how far the
  /// other input was read.
  virtual void on_input_watermark(input_id, timestamp_ms) {}
  /// The watermark to forward when the inputs' is `input` (window joins and sessions may hold it
  /// back). The chain forwards nothing when it is not above the last one forwarded, so an operator
  /// that swallows its inputs' watermarks gives `min_watermark`.
  [[nodiscard]] virtual timestamp_ms output_watermark(timestamp_ms input) const { return input; }
  [[nodiscard]] virtual result<progress> finish(input_id, output&) { return progress::need_input; }
  /// The next processing time the operator wants to be called at; `max_watermark` for never.
  [[nodiscard]] virtual timestamp_ms next_processing_time() const { return max_watermark; }
  [[nodiscard]] virtual result<progress> on_processing_time(timestamp_ms, output&) {
    return progress::need_input;
  }
  [[nodiscard]] virtual result<progress> prepare_barrier(output&) { return progress::need_input; }
  virtual void checkpoint_complete(checkpoint_id) {}
  virtual void close() {}
};

}  // namespace millrace::operators
