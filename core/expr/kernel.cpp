#include "core/expr/kernel.hpp"

#include <emmintrin.h>

#include <algorithm>

namespace millrace::expr {

text_writer::text_writer(const data::data_type& type, std::uint32_t rows,
                         std::size_t expected_bytes)
    : type_(type), rows_(rows), nulls_(rows) {
  offsets_buffer_ = data::buffer::allocate((std::size_t{rows} + 1) * sizeof(std::uint32_t));
  offsets_ = offsets_buffer_->mutable_as<std::uint32_t>();
  offsets_[0] = 0;
  capacity_ = std::clamp<std::size_t>(expected_bytes, 64, most_text_bytes);
  bytes_buffer_ = data::buffer::allocate(capacity_);
  bytes_ = bytes_buffer_->mutable_as<char>();
}

void text_writer::grow(std::size_t more) {
  // The writer's user need not stop: what comes now goes over what was, `finish` refuses it all.
  if (used_ + more > most_text_bytes) {
    too_long_ = true;
    used_ = 0;
    if (more <= capacity_) return;
  }
  const std::size_t wanted = std::max(std::min(capacity_ * 2, most_text_bytes), used_ + more);
  auto larger = data::buffer::allocate(wanted);
  std::memcpy(larger->mutable_data(), bytes_, used_);
  bytes_buffer_ = std::move(larger);
  bytes_ = bytes_buffer_->mutable_as<char>();
  capacity_ = wanted;
}

result<data::column_ptr> text_writer::finish() {
  if (too_long_)
    return make_error(errc::runtime_bad_argument,
                      "the texts that a function gives for one batch are longer than 1 GiB",
                      "make the texts shorter, or batches smaller: 'millrace.batch-rows'");
  fill_to(rows_);
  bytes_buffer_->truncate(used_);
  auto column = std::make_shared<data::column>();
  column->type = type_;
  column->length = rows_;
  column->values = std::move(bytes_buffer_);
  column->offsets = std::move(offsets_buffer_);
  column->validity = nulls_.take();
  return data::column_ptr(std::move(column));
}

namespace {

// The lowest bits of 16 bytes: moved to the top of each, from where they are gathered.
std::uint64_t lowest_bits(const std::uint8_t* at) {
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
  return static_cast<std::uint16_t>(_mm_movemask_epi8(_mm_slli_epi16(bytes, 7)));
}

}  // namespace

std::uint64_t truth_word(const std::uint8_t* at, std::uint32_t count) {
  if (count >= 64) {
    return lowest_bits(at) | lowest_bits(at + 16) << 16 | lowest_bits(at + 32) << 32 |
           lowest_bits(at + 48) << 48;
  }
  std::uint64_t word = 0;
  for (std::uint32_t i = 0; i < count; ++i) word |= std::uint64_t{at[i] & 1U} << i;
  return word;
}

void spread_truth(std::uint64_t word, std::uint8_t* to, std::uint32_t count) {
  if (count >= 64) {
    for (unsigned k = 0; k < 8; ++k) {
      // Each byte keeps one bit of the eight; adding 0x7f carries it to the byte's top.
      const std::uint64_t picked =
          (((word >> (k * 8)) & 0xff) * 0x0101010101010101ULL) & 0x8040201008040201ULL;
      const std::uint64_t bytes = ((picked + 0x7f7f7f7f7f7f7f7fULL) >> 7) & 0x0101010101010101ULL;
      std::memcpy(to + k * 8, &bytes, 8);
    }
    return;
  }
  for (std::uint32_t i = 0; i < count; ++i) to[i] = static_cast<std::uint8_t>((word >> i) & 1);
}

data::buffer_ref both_valid(const data::buffer_ref& a, const data::buffer_ref& b,
                            std::uint32_t rows) {
  if (!a || a == b) return b;
  if (!b) return a;
  auto both = data::buffer::allocate(data::bitmap_bytes(rows));
  auto* to = both->mutable_as<std::uint64_t>();
  const auto* x = a->as<std::uint64_t>();
  const auto* y = b->as<std::uint64_t>();
  for (std::size_t w = 0; w < data::bitmap_words(rows); ++w) to[w] = x[w] & y[w];
  return both;
}

data::column_ptr with_validity(data::column_ptr c, data::buffer_ref validity) {
  auto copy = std::make_shared<data::column>(*c);
  copy->validity = std::move(validity);
  return copy;
}

data::column_ptr with_type(const data::column_ptr& c, const data::data_type& type) {
  auto copy = std::make_shared<data::column>(*c);
  copy->type = type;
  return copy;
}

}  // namespace millrace::expr
