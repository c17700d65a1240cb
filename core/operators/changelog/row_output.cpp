#include "core/operators/changelog/row_output.hpp"

namespace millrace::operators {

data::batch_ptr row_output::finish(const tables::row_codec& codec) {
  data::batch_builder made(codec.types(), static_cast<std::uint32_t>(rows_.size()));
  codec.decode(rows_, made);
  for (const data::change_kind kind : kinds_) made.end_rows(1, kind);
  rows_.clear();
  kinds_.clear();
  copies_.clear();
  return made.finish();
}

}  // namespace millrace::operators
