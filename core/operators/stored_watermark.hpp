#pragma once

#include "core/base/clock.hpp"
#include "core/operators/operator_context.hpp"
#include "core/tables/fwd.hpp"

#include <string_view>

namespace millrace::operators {

/// An operator's watermark, kept with its state: after a restore late rows are still late. When a
/// job is rescaled every subtask gets the minimum of the old ones. Owned by its operator.
class stored_watermark {
 public:
  /// Declares the state, named `watermark` where the operator has but one.
  void open(operator_context& context, std::string_view name = "watermark");
  /// The highest time set so far, by this attempt or the one before.
  [[nodiscard]] timestamp_ms get();
  /// Never goes back.
  void advance(timestamp_ms time);
  /// Writes it to state; call from `prepare_barrier`.
  void save();

 private:
  void restore();

  tables::task_state* state_ = nullptr;
  bool restored_ = false;
  timestamp_ms time_ = min_watermark;
};

}  // namespace millrace::operators
