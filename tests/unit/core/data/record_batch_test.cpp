#include "core/data/record_batch.hpp"

#include "core/data/column_builder.hpp"

#include <gtest/gtest.h>

namespace millrace::data {
namespace {

const schema one_number{{{"n", data_type(type_id::bigint)}}};

batch_ptr batch_of(std::initializer_list<std::pair<change_kind, std::int64_t>> rows) {
  batch_builder b(one_number);
  for (const auto& [kind, n] : rows) {
    b.column_at(0).append(n);
    b.end_row(kind);
  }
  return b.finish();
}

std::vector<std::int64_t> live(const batch_ptr& b) {
  std::vector<std::int64_t> out;
  for (std::uint32_t i = 0; i < b->row_count(); ++i)
    out.push_back(b->column_at(0)->value<std::int64_t>(b->row_at(i)));
  return out;
}

using enum change_kind;

TEST(batch_builder, kinds_are_stored_only_when_one_is_not_insert) {
  EXPECT_EQ(batch_of({{insert, 1}, {insert, 2}})->kinds(), nullptr);
  const auto b = batch_of({{insert, 1}, {remove, 2}, {insert, 3}});
  ASSERT_NE(b->kinds(), nullptr);
  EXPECT_EQ(b->kind_at(0), insert);
  EXPECT_EQ(b->kind_at(1), remove);
  EXPECT_EQ(b->kind_at(2), insert);
}

TEST(batch_builder, copied_rows_keep_kinds_and_hashes) {
  const auto source = batch_of({{insert, 1}, {update_before, 2}, {update_after, 3}});
  const std::vector<std::uint64_t> hashes = {11, 22, 33};
  const auto hashed = source->with_hashes(buffer::copy_of(std::as_bytes(std::span(hashes))));
  batch_builder b(one_number);
  const std::vector<std::uint32_t> rows = {2, 1};
  b.append_rows(*hashed, rows);
  const auto out = b.finish();
  EXPECT_EQ(out->kind_at(0), update_after);
  EXPECT_EQ(out->hashes()[1], 22u);
  b.append_rows(*hashed, rows);
  b.append_row(*source, 0, remove);
  b.append_rows(*hashed, rows);
  EXPECT_EQ(b.finish()->hashes(), nullptr);
}

TEST(record_batch, slices_and_compaction_follow_the_selection) {
  const auto b = batch_of({{insert, 1}, {remove, 2}, {insert, 3}, {insert, 4}});
  const auto tail = live_slice(b, 1, 3);
  EXPECT_EQ(live(tail), (std::vector<std::int64_t>{2, 3, 4}));
  EXPECT_EQ(tail->column_at(0), b->column_at(0));
  const auto middle = live_slice(tail, 0, 2);
  EXPECT_EQ(live(middle), (std::vector<std::int64_t>{2, 3}));
  const auto packed = compacted(middle);
  EXPECT_FALSE(packed->selected());
  EXPECT_EQ(packed->stored_rows(), 2u);
  EXPECT_EQ(packed->kind_at(0), remove);
  EXPECT_EQ(compacted(b), b);
  EXPECT_EQ(live(live_slice(b, 4, 0)), std::vector<std::int64_t>{});
}

}  // namespace
}  // namespace millrace::data
