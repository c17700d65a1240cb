#include "core/operators/outbox.hpp"

#include <algorithm>
#include <utility>

namespace millrace::operators {

void outbox::put_split(const data::batch_ptr& batch, std::uint32_t rows) {
  const std::uint32_t count = batch->row_count();
  for (std::uint32_t begin = 0; begin < count; begin += rows)
    put(data::live_slice(batch, begin, std::min(rows, count - begin)));
}

result<progress> outbox::drain(output& out) {
  for (bool first = true; !waiting_.empty(); first = false) {
    if (!first && out.full()) return progress::more_output;
    data::batch_ptr next = std::move(waiting_.front());
    waiting_.pop_front();
    MILLRACE_CHECK(out.emit(std::move(next)));
  }
  return progress::need_input;
}

}  // namespace millrace::operators
