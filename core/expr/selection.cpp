#include "core/expr/selection.hpp"

#include "core/data/column_builder.hpp"
#include "core/expr/kernel.hpp"

#include <algorithm>
#include <bit>
#include <optional>

namespace millrace::expr {

truth_bits::truth_bits(bool value, std::uint32_t stored)
    : is_true(data::bitmap_words(stored), value ? ~std::uint64_t{0} : 0),
      is_false(data::bitmap_words(stored), value ? 0 : ~std::uint64_t{0}) {}

truth_bits::truth_bits(const data::column& c, std::uint32_t stored)
    : is_true(data::bitmap_words(stored)), is_false(data::bitmap_words(stored)) {
  if (c.type.id() == data::type_id::null) return;
  if (c.is_constant()) {
    if (c.is_null(0)) return;
    std::fill(is_true.begin(), is_true.end(), c.data<std::uint8_t>()[0] & 1U ? ~0ULL : 0ULL);
    std::fill(is_false.begin(), is_false.end(), c.data<std::uint8_t>()[0] & 1U ? 0ULL : ~0ULL);
    return;
  }
  const auto* values = c.data<std::uint8_t>();
  const auto* valid = c.validity_words();
  for (std::size_t w = 0; w < is_true.size(); ++w) {
    const std::uint64_t set =
        truth_word(values + w * 64, stored - static_cast<std::uint32_t>(w * 64));
    const std::uint64_t known = valid ? valid[w] : ~std::uint64_t{0};
    is_true[w] = set & known;
    is_false[w] = ~set & known;
  }
}

bool truth_bits::none_false() const {
  return std::all_of(is_false.begin(), is_false.end(), [](std::uint64_t w) { return w == 0; });
}

data::column_ptr truth_column(const truth_bits& bits, const data::data_type& type,
                              std::uint32_t stored) {
  values_writer<std::uint8_t> out(type, stored);
  auto valid = data::buffer::allocate(data::bitmap_bytes(stored));
  auto* known = valid->mutable_as<std::uint64_t>();
  std::uint64_t unknown = 0;
  for (std::size_t w = 0; w < bits.is_true.size(); ++w) {
    const auto begin = static_cast<std::uint32_t>(w * 64);
    spread_truth(bits.is_true[w], out.at + begin, stored - begin);
    known[w] = bits.is_true[w] | bits.is_false[w];
    const std::uint64_t used = stored - begin >= 64 ? ~0ULL : (1ULL << (stored - begin)) - 1;
    unknown |= ~known[w] & used;
  }
  if (unknown != 0) out.column->validity = std::move(valid);
  return out.column;
}

namespace {

// The places of the set bits of every byte, lowest first.
struct byte_places {
  std::uint8_t at[256][8]{};
  constexpr byte_places() {
    for (unsigned byte = 0; byte < 256; ++byte)
      for (unsigned bit = 0, n = 0; bit < 8; ++bit)
        if ((byte >> bit) & 1U) at[byte][n++] = static_cast<std::uint8_t>(bit);
  }
};
constexpr byte_places places;

// Writes the rows of a word's set bits to `to`, up to 8 places behind the last one.
std::uint32_t* put_rows(std::uint64_t word, std::uint32_t begin, std::uint32_t* to) {
  for (; word != 0; word >>= 8, begin += 8) {
    const auto byte = static_cast<std::uint8_t>(word);
    const std::uint8_t* from = places.at[byte];
    for (std::uint32_t i = 0; i < 8; ++i) to[i] = begin + from[i];
    to += std::popcount(byte);
  }
  return to;
}

chosen_rows select_words(std::span<const std::uint64_t> bits, std::uint64_t flip,
                         const row_set& from) {
  auto buffer = data::buffer::allocate((std::size_t{from.count} + 8) * sizeof(std::uint32_t));
  auto* to = buffer->mutable_as<std::uint32_t>();
  std::uint32_t n = 0;
  if (!from.dense()) {
    for (std::uint32_t i = 0; i < from.count; ++i) {
      const std::uint32_t row = from.selection[i];
      to[n] = row;
      n += static_cast<std::uint32_t>(((bits[row >> 6] ^ flip) >> (row & 63)) & 1);
    }
    return {std::move(buffer), n};
  }
  std::uint32_t* end = to;
  for (std::size_t w = 0; w < bits.size(); ++w) {
    const auto begin = static_cast<std::uint32_t>(w * 64);
    std::uint64_t word = bits[w] ^ flip;
    if (from.count - begin < 64) word &= (1ULL << (from.count - begin)) - 1;
    end = put_rows(word, begin, end);
  }
  n = static_cast<std::uint32_t>(end - to);
  return {std::move(buffer), n};
}

template <class F>
void for_branch_rows(const branch& b, const row_set& rows, F&& f) {
  if (b.selection == nullptr) {
    rows.for_each(f);
  } else {
    row_set{rows.stored, b.selection->as<std::uint32_t>(), b.count}.for_each(f);
  }
}

template <class T>
data::column_ptr merge_fixed(const data::data_type& type, const row_set& rows,
                             std::span<const branch> branches) {
  values_writer<T> out(type, rows.stored);
  std::memset(out.at, 0, sizeof(T) * rows.stored);
  for (const auto& b : branches) {
    if (b.value->type.id() == data::type_id::null) continue;
    with_values<T>(*b.value, [&](auto in) {
      for_branch_rows(b, rows, [&](std::uint32_t row) { out.at[row] = in[row]; });
    });
  }
  return out.column;
}

// Validity of merged branches: rows of no branch stay NULL.
data::buffer_ref merge_validity(const row_set& rows, std::span<const branch> branches) {
  std::uint32_t covered = 0;
  bool nulls = false;
  for (const auto& b : branches) {
    covered += b.selection ? b.count : rows.count;
    nulls |= b.value->may_have_nulls();
  }
  if (!nulls && covered == rows.count) return nullptr;
  auto valid = data::buffer::allocate(data::bitmap_bytes(rows.stored));
  auto* words = valid->mutable_as<std::uint64_t>();
  std::memset(words, 0, data::bitmap_bytes(rows.stored));
  for (const auto& b : branches) {
    for_branch_rows(b, rows, [&](std::uint32_t row) {
      if (!b.value->is_null(row)) data::set_bit(words, row);
    });
  }
  return valid;
}

// The branch of every row, `branches.size()` for none.
std::vector<std::uint16_t> branch_of_rows(const row_set& rows, std::span<const branch> branches) {
  std::vector<std::uint16_t> which(rows.stored, static_cast<std::uint16_t>(branches.size()));
  for (std::size_t b = 0; b < branches.size(); ++b) {
    for_branch_rows(branches[b], rows,
                    [&](std::uint32_t row) { which[row] = static_cast<std::uint16_t>(b); });
  }
  return which;
}

result<data::column_ptr> merge_texts(const data::data_type& type, const row_set& rows,
                                     std::span<const branch> branches) {
  const auto which = branch_of_rows(rows, branches);
  text_writer out(type, rows.stored, std::size_t{rows.count} * 8);
  std::vector<std::optional<any_text>> in(branches.size());
  for (std::size_t b = 0; b < branches.size(); ++b)
    if (branches[b].value->offsets) in[b].emplace(*branches[b].value);
  rows.for_each([&](std::uint32_t row) {
    if (which[row] < in.size() && in[which[row]]) out.put(row, (*in[which[row]])[row]);
  });
  return out.finish();
}

data::column_ptr merge_nested(const data::data_type& type, const row_set& rows,
                              std::span<const branch> branches) {
  const auto which = branch_of_rows(rows, branches);
  data::column_builder out(type, rows.stored);
  std::uint32_t next = 0;
  rows.for_each([&](std::uint32_t row) {
    if (next < row) out.append_nulls(row - next);
    const bool none = which[row] == branches.size();
    if (none || branches[which[row]].value->is_null(row)) {
      out.append_null();
    } else {
      out.append_from(*branches[which[row]].value, row);
    }
    next = row + 1;
  });
  if (next < rows.stored) out.append_nulls(rows.stored - next);
  return out.finish();
}

}  // namespace

chosen_rows select_bits(std::span<const std::uint64_t> bits, const row_set& from) {
  return select_words(bits, 0, from);
}
chosen_rows select_clear_bits(std::span<const std::uint64_t> bits, const row_set& from) {
  return select_words(bits, ~std::uint64_t{0}, from);
}

result<data::column_ptr> merge_branches(const data::data_type& type, const row_set& rows,
                                        std::span<const branch> branches) {
  if (branches.empty()) return data::null_column(type, rows.stored);
  if (branches.size() == 1 && (!branches[0].selection || branches[0].count == rows.count))
    return branches[0].value;
  if (data::is_nested(type.id())) return merge_nested(type, rows, branches);
  data::column_ptr values;
  if (data::is_variable_length(type.id())) {
    MILLRACE_TRY(values, merge_texts(type, rows, branches));
  } else {
    values = with_physical(type.id(), [&](auto* tag) {
      return merge_fixed<std::remove_pointer_t<decltype(tag)>>(type, rows, branches);
    });
  }
  auto validity = merge_validity(rows, branches);
  return validity ? with_validity(std::move(values), std::move(validity)) : values;
}

}  // namespace millrace::expr
