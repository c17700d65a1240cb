#include "core/runtime/channel.hpp"

namespace millrace::runtime {

namespace {

// What a batch costs beside its columns: the envelope and the batch object.
constexpr std::int64_t envelope_bytes = 128;

std::int64_t credit_of(const data::record_batch& batch) {
  const auto stored = static_cast<std::int64_t>(batch.byte_size());
  if (!batch.selected() || batch.stored_rows() == 0) return stored + envelope_bytes;
  return stored * batch.row_count() / batch.stored_rows() + envelope_bytes;
}

}  // namespace

parcel make_parcel(data::element what) {
  const auto* batch = std::get_if<data::batch_ptr>(&what);
  const std::int64_t bytes = batch != nullptr ? credit_of(**batch) : 0;
  return {std::move(what), bytes};
}

}  // namespace millrace::runtime
