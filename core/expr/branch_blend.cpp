#include "core/expr/branch_blend.hpp"

#include "core/expr/kernel.hpp"

#include <algorithm>
#include <bit>

namespace millrace::expr {
namespace {

using words = std::vector<std::uint64_t>;

std::uint64_t used_bits(std::size_t word, std::uint32_t stored) {
  const auto begin = static_cast<std::uint32_t>(word * 64);
  return stored - begin >= 64 ? ~0ULL : (1ULL << (stored - begin)) - 1;
}

bool all_set(const std::uint64_t* bits, std::uint32_t stored) {
  for (std::size_t w = 0; w < data::bitmap_words(stored); ++w)
    if ((~bits[w] & used_bits(w, stored)) != 0) return false;
  return true;
}

// The rows that a branch gives a value that is not NULL.
void add_known(const whole_branch& b, std::uint64_t* known) {
  const data::column& c = *b.value;
  if (c.type.id() == data::type_id::null || (c.is_constant() && c.is_null(0))) return;
  const auto* valid = c.is_constant() ? nullptr : c.validity_words();
  for (std::size_t w = 0; w < b.taken.size(); ++w)
    known[w] |= valid ? b.taken[w] & valid[w] : b.taken[w];
}

// Null when no row is NULL.
data::buffer_ref validity_of(std::span<const whole_branch> branches, std::uint32_t stored) {
  auto valid = data::buffer::allocate(data::bitmap_bytes(stored));
  auto* known = valid->mutable_as<std::uint64_t>();
  std::memset(known, 0, data::bitmap_bytes(stored));
  for (const auto& b : branches) add_known(b, known);
  if (all_set(known, stored)) return nullptr;
  return valid;
}

template <class T>
void mend(const whole_branch& b, std::uint32_t stored, T* to) {
  if (b.value->type.id() == data::type_id::null) return;
  with_values<T>(*b.value, [&](auto in) {
    for (std::size_t w = 0; w < b.taken.size(); ++w) {
      const auto begin = static_cast<std::uint32_t>(w * 64);
      for (auto word = b.taken[w] & used_bits(w, stored); word != 0; word &= word - 1) {
        const std::uint32_t row = begin + static_cast<std::uint32_t>(std::countr_zero(word));
        to[row] = in[row];
      }
    }
  });
}

template <class T>
data::column_ptr blend(const data::data_type& type, std::uint32_t stored,
                       std::span<const whole_branch> branches, const whole_branch& most) {
  values_writer<T> out(type, stored);
  if (most.value->type.id() == data::type_id::null) {
    std::memset(out.at, 0, sizeof(T) * stored);
  } else {
    with_values<T>(*most.value, [&](auto in) {
      for (std::uint32_t row = 0; row < stored; ++row) out.at[row] = in[row];
    });
  }
  for (const auto& b : branches)
    if (&b != &most) mend(b, stored, out.at);
  return out.column;
}

std::size_t rows_taken(const whole_branch& b, std::uint32_t stored) {
  return data::count_bits(b.taken.data(), stored);
}

}  // namespace

data::column_ptr blend_branches(const data::data_type& type, std::uint32_t stored,
                                std::span<const whole_branch> branches) {
  if (branches.empty()) return data::null_column(type, stored);
  const auto& most = *std::ranges::max_element(
      branches, {}, [&](const whole_branch& b) { return rows_taken(b, stored); });
  if (rows_taken(most, stored) == stored && most.value->type.id() == type.id()) return most.value;
  auto values = with_physical(type.id(), [&](auto* tag) {
    return blend<std::remove_pointer_t<decltype(tag)>>(type, stored, branches, most);
  });
  auto validity = validity_of(branches, stored);
  return validity ? with_validity(std::move(values), std::move(validity)) : values;
}

}  // namespace millrace::expr
