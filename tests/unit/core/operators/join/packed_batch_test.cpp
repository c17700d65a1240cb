#include "core/operators/join/packed_batch.hpp"

#include "core/data/column_builder.hpp"
#include "tests/unit/core/operators/operator_harness.hpp"

#include <gtest/gtest.h>

#include <string>

namespace millrace::operators {
namespace {

data::column_ptr longs(std::int64_t first, std::int64_t step, int count) {
  data::column_builder column(bigint());
  for (int i = 0; i < count; ++i) i == 3 ? column.append_null() : column.append(first + i * step);
  return column.finish();
}

std::string text_of(const data::record_batch& batch) {
  std::string out;
  for (std::uint32_t i = 0; i < batch.row_count(); ++i) {
    const std::uint32_t row = batch.row_at(i);
    for (const auto& c : batch.columns())
      out += c->is_null(row) ? "NULL " : std::to_string(c->value<std::int64_t>(row)) + " ";
    out += "; ";
  }
  return out;
}

TEST(packed_batch, gives_the_batch_again_for_any_width_of_differences) {
  constexpr std::int64_t edge = INT64_MIN / 2;
  for (const std::int64_t step : {0LL, -1LL, 40LL, 20'000'000LL, 1LL << 40}) {
    const int rows = 70;
    auto batch = std::make_shared<const data::record_batch>(
        std::vector{longs(edge, step, rows), longs(7, 1, rows)}, rows);
    const std::string all = text_of(*batch);
    const packed_batch whole(*batch, std::nullopt);
    EXPECT_EQ(text_of(*whole.unpacked()), all) << step;
    const packed_batch part(*data::live_slice(whole.unpacked(), 1, 68), std::nullopt);
    EXPECT_EQ(text_of(*part.unpacked()), text_of(*data::live_slice(batch, 1, 68))) << step;
  }
}

TEST(packed_batch, packs_what_nobody_else_holds_but_the_named_column) {
  auto shared = longs(1, 1, 4096);
  const data::record_batch batch({longs(0, 1, 4096), longs(0, 3, 4096), shared}, 4096);
  const packed_batch packed(batch, 1);
  EXPECT_EQ(packed.column_at(0), nullptr);
  EXPECT_EQ(packed.column_at(1), batch.column_at(1));
  EXPECT_EQ(packed.column_at(2), shared);
  EXPECT_LT(packed.byte_size(), batch.byte_size() - 4096 * 5);
}

TEST(packed_batch, packs_later_what_others_have_let_go_of) {
  auto held = longs(0, 1, 4096);
  auto batch =
      std::make_shared<const data::record_batch>(std::vector{held, longs(0, 3, 4096)}, 4096);
  const std::string all = text_of(*batch);
  packed_batch packed(*batch, 1);
  batch.reset();
  EXPECT_EQ(packed.pack_rest(), 0U);
  EXPECT_EQ(packed.column_at(0), held);
  held.reset();
  const auto before = packed.byte_size();
  const auto saved = packed.pack_rest();
  EXPECT_GE(saved, 4096U * 6);
  EXPECT_EQ(packed.byte_size(), before - saved);
  EXPECT_EQ(packed.pack_rest(), 0U);
  EXPECT_EQ(text_of(*packed.unpacked()), all);
}

}  // namespace
}  // namespace millrace::operators
