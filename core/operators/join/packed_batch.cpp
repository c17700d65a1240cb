#include "core/operators/join/packed_batch.hpp"

#include "core/expr/kernel.hpp"
#include "core/expr/selection.hpp"

#include <algorithm>
#include <utility>

namespace millrace::operators {
namespace {

bool is_long(const data::column& c) {
  using data::type_id;
  const type_id id = c.type.id();
  return c.layout == data::encoding::flat && c.values != nullptr &&
         (id == type_id::bigint || id == type_id::timestamp || id == type_id::timestamp_ltz);
}

data::buffer_ref bits_of(std::span<const std::uint32_t> rows, std::uint32_t stored) {
  std::vector<std::uint8_t> flags(data::bitmap_words(stored) * 64);
  for (const std::uint32_t row : rows) flags[row] = 1;
  auto bits = data::buffer::allocate(data::bitmap_bytes(stored));
  auto* words = bits->mutable_as<std::uint64_t>();
  for (std::size_t w = 0; w < data::bitmap_words(stored); ++w)
    words[w] = expr::truth_word(flags.data() + w * 64, 64);
  return bits;
}

template <class Narrow>
data::buffer_ref differences_of(std::span<const std::int64_t> values, std::int64_t least) {
  auto out = data::buffer::allocate(values.size() * sizeof(Narrow));
  auto* to = out->mutable_as<Narrow>();
  for (std::size_t i = 0; i < values.size(); ++i)
    to[i] = static_cast<Narrow>(static_cast<std::uint64_t>(values[i]) -
                                static_cast<std::uint64_t>(least));
  return out;
}

template <class Narrow>
void add_to(std::int64_t least, const data::buffer& differences, std::uint32_t rows,
            std::int64_t* to) {
  const auto* from = differences.as<Narrow>();
  for (std::uint32_t i = 0; i < rows; ++i) to[i] = least + from[i];
}

}  // namespace

packed_batch::packed_batch(const data::record_batch& batch, std::optional<std::uint32_t> as_it_is)
    : stored_rows_(batch.stored_rows()), as_it_is_(as_it_is), kinds_(batch.kinds_buffer()) {
  columns_.resize(batch.columns().size());
  for (std::uint32_t i = 0; i < columns_.size(); ++i)
    if (as_it_is == i || !pack(batch.column_at(i), i)) columns_[i] = batch.column_at(i);
  if (batch.selected()) live_ = bits_of(batch.selection(), stored_rows_);
}

std::size_t packed_batch::pack_rest() {
  std::size_t saved = 0;
  for (std::uint32_t i = 0; i < columns_.size(); ++i) {
    if (as_it_is_ == i || !columns_[i] || !pack(columns_[i], i)) continue;
    saved += columns_[i]->values->size() - packed_.back().differences->size();
    columns_[i].reset();
  }
  return saved;
}

bool packed_batch::pack(const data::column_ptr& column, std::uint32_t index) {
  if (stored_rows_ == 0 || !is_long(*column) || column.use_count() > 1 ||
      column->values.use_count() > 1)
    return false;
  const std::span values(column->data<std::int64_t>(), stored_rows_);
  std::int64_t least = values[0], most = values[0];
  for (const std::int64_t v : values) {
    least = std::min(least, v);
    most = std::max(most, v);
  }
  const auto range = static_cast<std::uint64_t>(most) - static_cast<std::uint64_t>(least);
  if (range > UINT32_MAX) return false;
  integers p{index, column->type, column->validity, least, 4, nullptr};
  if (range <= UINT16_MAX) p.width = range <= UINT8_MAX ? 1 : 2;
  switch (p.width) {
    case 1: p.differences = differences_of<std::uint8_t>(values, least); break;
    case 2: p.differences = differences_of<std::uint16_t>(values, least); break;
    default: p.differences = differences_of<std::uint32_t>(values, least);
  }
  packed_.push_back(std::move(p));
  return true;
}

data::batch_ptr packed_batch::unpacked() const {
  auto columns = columns_;
  for (const integers& p : packed_) {
    expr::values_writer<std::int64_t> out(p.type, stored_rows_);
    switch (p.width) {
      case 1: add_to<std::uint8_t>(p.least, *p.differences, stored_rows_, out.at); break;
      case 2: add_to<std::uint16_t>(p.least, *p.differences, stored_rows_, out.at); break;
      default: add_to<std::uint32_t>(p.least, *p.differences, stored_rows_, out.at);
    }
    out.column->validity = p.validity;
    columns[p.column] = std::move(out.column);
  }
  data::batch_ptr made =
      std::make_shared<const data::record_batch>(std::move(columns), stored_rows_);
  if (kinds_) made = made->with_kinds(kinds_);
  if (!live_) return made;
  const std::span bits(live_->as<std::uint64_t>(), data::bitmap_words(stored_rows_));
  auto live = expr::select_bits(bits, expr::row_set::all(stored_rows_));
  return made->with_selection(std::move(live.rows), live.count);
}

std::size_t packed_batch::byte_size() const {
  std::size_t sum = (live_ ? live_->size() : 0) + (kinds_ ? kinds_->size() : 0);
  for (const auto& c : columns_)
    if (c) sum += data::byte_size(*c);
  for (const integers& p : packed_)
    sum += p.differences->size() + (p.validity ? p.validity->size() : 0);
  return sum;
}

}  // namespace millrace::operators
