#include "core/operators/row_events.hpp"

#include <algorithm>
#include <cstring>
#include <memory>

namespace millrace::operators {

data::batch_ptr row_events::finish(const tables::row_codec& codec,
                                   std::vector<data::column_ptr> appended) {
  std::vector<data::column_ptr> columns;
  for (std::uint32_t c = 0; c < codec.types().size(); ++c) {
    data::column_builder out(codec.types()[c], size());
    codec.decode_column(rows_, c, out);
    columns.push_back(out.finish());
  }
  for (auto& c : appended) columns.push_back(std::move(c));
  auto made =
      with_kinds(std::make_shared<const data::record_batch>(std::move(columns), size()), kinds_);
  rows_.clear();
  kinds_.clear();
  return made;
}

data::batch_ptr with_kinds(data::batch_ptr batch, std::span<const data::change_kind> kinds) {
  const bool inserts_only =
      std::ranges::all_of(kinds, [](auto k) { return k == data::change_kind::insert; });
  if (inserts_only) return batch;
  auto copy = data::buffer::allocate(kinds.size());
  std::memcpy(copy->mutable_data(), kinds.data(), kinds.size());
  return batch->with_kinds(std::move(copy));
}

}  // namespace millrace::operators
