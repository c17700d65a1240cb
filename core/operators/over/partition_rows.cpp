#include "core/operators/over/partition_rows.hpp"

#include <memory>

namespace millrace::operators {

data::batch_ptr decode_columns(const tables::row_codec& codec,
                               std::span<const std::string_view> rows,
                               std::span<const std::uint32_t> columns) {
  const auto count = static_cast<std::uint32_t>(rows.size());
  std::vector<data::column_ptr> out(codec.types().size());
  for (const std::uint32_t c : columns) {
    data::column_builder builder(codec.types()[c], count);
    codec.decode_column(rows, c, builder);
    out[c] = builder.finish();
  }
  for (std::uint32_t c = 0; c < out.size(); ++c)
    if (!out[c]) out[c] = data::null_column(codec.types()[c], count);
  return std::make_shared<const data::record_batch>(std::move(out), count);
}

}  // namespace millrace::operators
