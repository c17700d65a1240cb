#pragma once

#include "core/operators/outbox.hpp"

#include <cstdint>

namespace millrace::operators {

/// What an operator says of its next piece of due work.
enum class piece : std::uint8_t {
  none_left,   ///< nothing is due any more
  done,        ///< worked on; what came of it is in the outbox
  need_state,  ///< its key groups are being loaded: the same piece again
};

/// Works through what is due, piece by piece, and sends what comes of each before the next, so that
/// an operator never holds more than one piece beyond a full output. `work()` gives result<piece>
/// and remembers by itself where it stands; `on_watermark` and `resume` call this alike.
template <class Work>
[[nodiscard]] result<progress> work_through(outbox& made, output& out, Work&& work) {
  for (;;) {
    MILLRACE_TRY(const progress sent, made.drain(out));
    if (sent != progress::need_input) return sent;
    MILLRACE_TRY(const piece next, work());
    if (next == piece::none_left) return progress::need_input;
    if (next == piece::need_state) return progress::need_state;
    if (!made.empty() && out.full()) return progress::more_output;
  }
}

}  // namespace millrace::operators
