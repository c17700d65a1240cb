#pragma once

#include "core/base/clock.hpp"
#include "core/tables/delta.hpp"
#include "core/tables/state_change.hpp"

#include <memory>
#include <vector>

namespace millrace::runtime {

/// What one operator instance goes on from, after a failure or at another parallelism.
///
/// Made by the job master, moved into the chain, used up when the chain opens.
struct operator_restore {
  /// Of the attempt before; the least of all its subtasks.
  timestamp_ms watermark_in = min_watermark;
  timestamp_ms watermark_out = min_watermark;
  /// All subtasks had seen the end of their input and sent their last rows: nothing is left to do.
  bool finished = false;
  /// For the operator's tables, in the order given; entries of other key groups are skipped.
  std::vector<std::unique_ptr<tables::delta_reader>> state;
  /// What the operator had declared when that state was written.
  std::vector<tables::table_spec> tables;
  /// Which of these tables a changed query's tables go on from, where the names do not say it.
  std::vector<tables::table_match> matches;
};

}  // namespace millrace::runtime
