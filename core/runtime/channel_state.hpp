#pragma once

#include "core/base/strong_id.hpp"
#include "core/data/element.hpp"

#include <cstdint>
#include <vector>

namespace millrace::runtime {

/// What was under way on one channel when a barrier overtook it, in order: batches, watermarks,
/// idleness. In front of it stands how far the reader had followed the channel's event time.
struct channel_state {
  input_id input;            ///< of the operator at the head of the reading chain
  std::uint32_t writer = 0;  ///< the sending subtask
  std::vector<data::element> elements;
  std::uint32_t reader = 0;  ///< the subtask that it led to
};

}  // namespace millrace::runtime
