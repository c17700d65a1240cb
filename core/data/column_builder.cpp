#include "core/data/column_builder.hpp"

#include "core/base/assert.hpp"

#include <algorithm>
#include <limits>

namespace millrace::data {
namespace {

// Room behind the last string, so that short ones may be copied as one block.
constexpr std::size_t block = 16;
// Buffers of this many bytes are given away as they are, however little of them is used.
constexpr std::size_t small_buffer = 1024;

std::shared_ptr<buffer> resized(const std::shared_ptr<buffer>& old, std::size_t used,
                                std::size_t size) {
  auto out = buffer::allocate(size);
  if (old && used != 0) {
    std::memcpy(out->mutable_data(), old->data(), used);
    count_copied(used);
  }
  return out;
}

// A batch of few rows must not hold the memory of a full one for as long as it lives.
buffer_ref trimmed(std::shared_ptr<buffer> b, std::size_t used) {
  if (!b) return nullptr;
  if (b->size() > small_buffer && used < b->size() / 4) return resized(b, used, used);
  b->truncate(used);
  return b;
}

// Decimals move as two words: that asks for no alignment to 16.
struct two_words {
  std::uint64_t low, high;
};

template <class Act>
void with_width(std::size_t width, Act act) {
  switch (width) {
    case 1: return act(std::uint8_t{});
    case 2: return act(std::uint16_t{});
    case 4: return act(std::uint32_t{});
    case 8: return act(std::uint64_t{});
    default: return act(two_words{});
  }
}

// `count` (at most 64) bits of a bitmap from bit `begin` on.
std::uint64_t bits_at(const std::uint64_t* words, std::size_t begin, std::size_t count) {
  const std::size_t shift = begin & 63;
  std::uint64_t out = words[begin >> 6] >> shift;
  if (shift + count > 64) out |= words[(begin >> 6) + 1] << (64 - shift);
  return count == 64 ? out : out & ((std::uint64_t{1} << count) - 1);
}

std::uint64_t low_bits(std::uint32_t count) {
  return count >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << count) - 1;
}

}  // namespace

column_builder::column_builder(data_type type, std::uint32_t expected_rows)
    : type_(std::move(type)),
      width_(fixed_width(type_.id())),
      has_offsets_(is_variable_length(type_.id()) ||
                   (is_nested(type_.id()) && type_.id() != type_id::row)),
      expected_(expected_rows) {
  for (auto& child : storage_children(type_))
    children_.emplace_back(std::move(child), expected_rows);
}

column_builder::column_builder(column_builder&&) noexcept = default;
column_builder& column_builder::operator=(column_builder&&) noexcept = default;
column_builder::~column_builder() = default;

std::size_t column_builder::byte_size() const {
  std::size_t sum = length_ * width_ + bytes_ + (has_offsets_ ? (length_ + 1) * 4 : 0);
  if (validity_) sum += bitmap_bytes(length_);
  for (const auto& child : children_) sum += child.byte_size();
  return sum;
}

void column_builder::grow(std::uint32_t more) {
  const std::uint64_t needed = std::uint64_t{length_} + more;
  MILLRACE_ASSERT(needed < std::numeric_limits<std::uint32_t>::max());
  const std::uint64_t wanted = std::max<std::uint64_t>({needed, 2ULL * capacity_, expected_});
  const auto room = static_cast<std::uint32_t>(
      std::min<std::uint64_t>(wanted, std::numeric_limits<std::uint32_t>::max() - 1));
  if (width_ != 0) values_ = resized(values_, length_ * width_, room * width_);
  if (has_offsets_) {
    const std::size_t used = offsets_ ? (length_ + std::size_t{1}) * 4 : 0;
    offsets_ = resized(offsets_, used, (room + std::size_t{1}) * 4);
    if (used == 0) offsets()[0] = 0;
  }
  capacity_ = room;
  if (validity_) {
    const auto old = std::move(validity_);
    make_validity();
    std::memcpy(validity_->mutable_data(), old->data(), old->size());
  }
}

void column_builder::grow_bytes(std::size_t more) {
  // Offsets are 32 bits wide; builders are flushed by bytes long before.
  MILLRACE_ASSERT(bytes_ + more <= std::numeric_limits<std::uint32_t>::max());
  byte_capacity_ = std::max({bytes_ + more, 2 * byte_capacity_, expected_bytes_, small_buffer});
  values_ = resized(values_, bytes_, byte_capacity_ + block);
}

void column_builder::make_validity() {
  if (validity_) return;
  if (capacity_ == 0) grow(1);
  if (validity_) return;
  validity_ = buffer::allocate(bitmap_bytes(capacity_));
  std::memset(validity_->mutable_data(), 0xff, validity_->size());
}

void column_builder::mark_nulls(std::uint32_t first_row, std::uint64_t nulls) {
  if (nulls == 0) return;
  make_validity();
  auto* words = validity_->mutable_as<std::uint64_t>() + (first_row >> 6);
  const std::uint32_t shift = first_row & 63;
  words[0] &= ~(nulls << shift);
  if (shift != 0 && (nulls >> (64 - shift)) != 0) words[1] &= ~(nulls >> (64 - shift));
}

void column_builder::mark_range_null(std::uint32_t first_row, std::uint32_t count) {
  for (std::uint32_t i = 0; i < count; i += 64) mark_nulls(first_row + i, low_bits(count - i));
}

void column_builder::set_null(std::uint32_t row) { mark_nulls(row, 1); }

// Marks the rows just appended, the last `rows.size()` ones.
void column_builder::copy_nulls(const column& source, std::span<const std::uint32_t> rows) {
  const std::uint64_t* words = source.validity_words();
  if (words == nullptr) return;
  const auto first = length_ - static_cast<std::uint32_t>(rows.size());
  for (std::size_t i = 0; i < rows.size(); i += 64) {
    const std::size_t end = std::min<std::size_t>(64, rows.size() - i);
    std::uint64_t nulls = 0;
    for (std::size_t j = 0; j < end; ++j)
      nulls |= static_cast<std::uint64_t>(!get_bit(words, rows[i + j])) << j;
    mark_nulls(first + static_cast<std::uint32_t>(i), nulls);
  }
}

void column_builder::copy_nulls(const column& source, std::uint32_t begin, std::uint32_t count) {
  const std::uint64_t* words = source.validity_words();
  if (words == nullptr) return;
  for (std::uint32_t i = 0; i < count; i += 64) {
    const std::uint32_t bits = std::min<std::uint32_t>(64, count - i);
    mark_nulls(length_ - count + i, ~bits_at(words, begin + i, bits) & low_bits(bits));
  }
}

void column_builder::append_null() { append_nulls(1); }

void column_builder::append_nulls(std::uint32_t count) {
  if (count == 0) return;
  reserve(count);
  if (width_ != 0) std::memset(values_->mutable_data() + length_ * width_, 0, count * width_);
  if (has_offsets_)
    std::fill_n(offsets() + length_ + 1, count, offsets()[length_]);
  else
    for (auto& child : children_) child.append_nulls(count);
  length_ += count;
  if (type_.id() != type_id::null) mark_range_null(length_ - count, count);
}

void column_builder::append_nested() {
  reserve(1);
  ++length_;
  if (has_offsets_) offsets()[length_] = children_[0].length();
}

void column_builder::append_from(const column& source, std::uint32_t row) {
  if (source.is_null(row)) return append_null();
  const column& store = source.layout == encoding::dictionary ? *source.children[0] : source;
  const std::uint32_t at = source.index(row);
  if (width_ != 0) {
    reserve(1);
    with_width(width_,
               [&]<class T>(T) { values_->mutable_as<T>()[length_] = store.data<T>()[at]; });
    ++length_;
    copied_ += width_;
    return;
  }
  if (is_variable_length(type_.id())) {
    const std::string_view text = source.text(row);
    append_text(text);
    copied_ += text.size();
    return;
  }
  gather(store, std::span(&at, 1));
}

void column_builder::append_rows(const column& source, std::span<const std::uint32_t> rows) {
  if (rows.empty()) return;
  const auto count = static_cast<std::uint32_t>(rows.size());
  if (source.type.id() == type_id::null) return append_nulls(count);
  if (source.is_constant()) return repeat(source, count);
  if (source.layout == encoding::flat) {
    gather(source, rows);
  } else {
    std::vector<std::uint32_t> codes(count);
    const auto* all = source.values->as<std::uint32_t>();
    for (std::uint32_t i = 0; i < count; ++i) codes[i] = all[rows[i]];
    gather(*source.children[0], codes);
  }
  copy_nulls(source, rows);
}

void column_builder::append_range(const column& source, std::uint32_t begin, std::uint32_t count) {
  if (count == 0) return;
  if (source.type.id() == type_id::null) return append_nulls(count);
  if (source.is_constant()) return repeat(source, count);
  if (source.layout == encoding::flat)
    copy_range(source, begin, count);
  else
    gather(*source.children[0], {source.values->as<std::uint32_t>() + begin, count});
  copy_nulls(source, begin, count);
}

// Values of a flat column, its nulls aside.
void column_builder::gather(const column& store, std::span<const std::uint32_t> rows) {
  if (width_ != 0) return gather_fixed(store, rows);
  if (is_variable_length(type_.id())) return gather_texts(store, rows);
  if (has_offsets_) return gather_lists(store, rows);
  reserve(static_cast<std::uint32_t>(rows.size()));
  for (std::size_t i = 0; i < children_.size(); ++i)
    children_[i].append_rows(*store.children[i], rows);
  length_ += static_cast<std::uint32_t>(rows.size());
}

void column_builder::gather_fixed(const column& store, std::span<const std::uint32_t> rows) {
  reserve(static_cast<std::uint32_t>(rows.size()));
  with_width(width_, [&]<class T>(T) {
    const T* from = store.data<T>();
    T* to = values_->mutable_as<T>() + length_;
    for (std::size_t i = 0; i < rows.size(); ++i) to[i] = from[rows[i]];
  });
  length_ += static_cast<std::uint32_t>(rows.size());
  count_copied(rows.size() * width_);
}

void column_builder::gather_texts(const column& store, std::span<const std::uint32_t> rows) {
  const std::uint32_t* ranges = store.offset_data();
  std::size_t sum = 0;
  for (const std::uint32_t row : rows) sum += ranges[row + 1] - ranges[row];
  reserve(static_cast<std::uint32_t>(rows.size()));
  reserve_bytes(sum);
  const char* from = store.values ? store.values->as<char>() : nullptr;
  const std::size_t readable = store.values ? store.values->size() : 0;
  char* const bytes = values_->mutable_as<char>();
  std::uint32_t* ends = offsets() + length_ + 1;
  auto at = static_cast<std::uint32_t>(bytes_);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::uint32_t begin = ranges[rows[i]];
    const std::uint32_t size = ranges[rows[i] + 1] - begin;
    if (size <= block && begin + block <= readable)
      std::memcpy(bytes + at, from + begin, block);
    else if (size != 0)
      std::memcpy(bytes + at, from + begin, size);
    at += size;
    ends[i] = at;
  }
  bytes_ = at;
  length_ += static_cast<std::uint32_t>(rows.size());
  count_copied(sum + rows.size() * 4);
}

void column_builder::gather_lists(const column& store, std::span<const std::uint32_t> rows) {
  const std::uint32_t* ranges = store.offset_data();
  reserve(static_cast<std::uint32_t>(rows.size()));
  std::vector<std::uint32_t> elements;
  std::uint32_t end = children_[0].length();
  for (const std::uint32_t row : rows) {
    for (std::uint32_t e = ranges[row]; e < ranges[row + 1]; ++e) elements.push_back(e);
    end += ranges[row + 1] - ranges[row];
    offsets()[++length_] = end;
  }
  for (std::size_t i = 0; i < children_.size(); ++i)
    children_[i].append_rows(*store.children[i], elements);
  count_copied(rows.size() * 4);
}

void column_builder::repeat(const column& source, std::uint32_t count) {
  if (source.is_null(0)) return append_nulls(count);
  if (width_ == 0) {
    const std::vector<std::uint32_t> firsts(count, 0);
    return gather(source, firsts);
  }
  reserve(count);
  with_width(width_, [&]<class T>(T) {
    std::fill_n(values_->mutable_as<T>() + length_, count, *source.data<T>());
  });
  length_ += count;
  count_copied(count * width_);
}

void column_builder::copy_offsets(const std::uint32_t* from, std::uint32_t count,
                                  std::uint32_t base) {
  std::uint32_t* ends = offsets() + length_ + 1;
  for (std::uint32_t i = 0; i < count; ++i) ends[i] = from[i + 1] - from[0] + base;
  length_ += count;
  count_copied(count * std::size_t{4});
}

void column_builder::copy_range(const column& source, std::uint32_t begin, std::uint32_t count) {
  reserve(count);
  if (width_ != 0) {
    std::memcpy(values_->mutable_data() + length_ * width_, source.values->data() + begin * width_,
                count * width_);
    length_ += count;
    return count_copied(count * width_);
  }
  if (!has_offsets_) {
    for (std::size_t i = 0; i < children_.size(); ++i)
      children_[i].append_range(*source.children[i], begin, count);
    length_ += count;
    return;
  }
  const std::uint32_t* ranges = source.offset_data() + begin;
  const std::uint32_t size = ranges[count] - ranges[0];
  if (!children_.empty()) {
    copy_offsets(ranges, count, children_[0].length());
    for (std::size_t i = 0; i < children_.size(); ++i)
      children_[i].append_range(*source.children[i], ranges[0], size);
    return;
  }
  reserve_bytes(size);
  copy_offsets(ranges, count, static_cast<std::uint32_t>(bytes_));
  if (size != 0)
    std::memcpy(values_->mutable_data() + bytes_, source.values->data() + ranges[0], size);
  bytes_ += size;
  count_copied(size);
}

void column_builder::truncate(std::uint32_t length) {
  if (length < length_ && validity_) {
    auto* words = validity_->mutable_as<std::uint64_t>();
    for (std::uint32_t row = length; row < length_; ++row) set_bit(words, row);
  }
  length_ = std::min(length, length_);
  const std::uint32_t end = has_offsets_ && offsets_ ? offsets()[length_] : 0;
  if (is_variable_length(type_.id())) bytes_ = end;
  for (auto& child : children_) child.truncate(type_.id() == type_id::row ? length_ : end);
}

column_ptr column_builder::finish() {
  if (copied_ != 0) count_copied(copied_);
  copied_ = 0;
  // Fixed-width and offset buffers are always there, so that readers need not ask.
  if (capacity_ == 0 && (width_ != 0 || has_offsets_)) {
    expected_ = 0;
    grow(0);
  }
  column out;
  out.type = type_;
  out.length = length_;
  out.validity = trimmed(std::move(validity_), bitmap_bytes(length_));
  out.values = trimmed(std::move(values_), width_ != 0 ? length_ * width_ : bytes_);
  if (has_offsets_) out.offsets = trimmed(std::move(offsets_), (length_ + std::size_t{1}) * 4);
  for (auto& child : children_) out.children.push_back(child.finish());
  expected_ = std::max<std::uint32_t>(length_, 16);
  expected_bytes_ = bytes_;
  length_ = capacity_ = 0;
  bytes_ = byte_capacity_ = 0;
  return std::make_shared<const column>(std::move(out));
}

}  // namespace millrace::data
