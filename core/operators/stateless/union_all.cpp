#include "core/operators/stateless/union_all.hpp"

namespace millrace::operators {

result<progress> union_operator::process(input_id, const data::batch_ptr& batch, output& out) {
  MILLRACE_CHECK(out.emit(batch));
  return progress::need_input;
}

}  // namespace millrace::operators
