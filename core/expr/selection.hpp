#pragma once

#include "core/base/result.hpp"
#include "core/data/column.hpp"
#include "core/expr/row_set.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace millrace::expr {

/// Where a boolean column is TRUE and where FALSE, a bit per stored row; NULL is neither.
/// Three-valued logic is word operations on these.
struct truth_bits {
  std::vector<std::uint64_t> is_true;
  std::vector<std::uint64_t> is_false;

  truth_bits(const data::column& boolean, std::uint32_t stored);
  /// `stored` rows of one value.
  truth_bits(bool value, std::uint32_t stored);
  [[nodiscard]] bool none_false() const;
};

/// The boolean column that has these bits.
[[nodiscard]] data::column_ptr truth_column(const truth_bits& bits, const data::data_type& type,
                                            std::uint32_t stored);

/// Rows chosen from a row set.
struct chosen_rows {
  data::buffer_ref rows;  ///< ascending stored rows
  std::uint32_t count = 0;
};
/// The rows of `from` whose bit is set.
[[nodiscard]] chosen_rows select_bits(std::span<const std::uint64_t> bits, const row_set& from);
/// The rows of `from` whose bit is not set.
[[nodiscard]] chosen_rows select_clear_bits(std::span<const std::uint64_t> bits,
                                            const row_set& from);
[[nodiscard]] inline chosen_rows select_true(const truth_bits& bits, const row_set& from) {
  return select_bits(bits.is_true, from);
}

/// A branch of CASE and its kin: `value` holds at the rows of `selection`.
struct branch {
  data::column_ptr value;
  data::buffer_ref selection;  ///< null: all rows of the set
  std::uint32_t count = 0;
};
/// One column out of the branches' rows; rows of no branch are NULL. 3004 as `text_writer` gives
/// it.
[[nodiscard]] result<data::column_ptr> merge_branches(const data::data_type& type,
                                                      const row_set& rows,
                                                      std::span<const branch> branches);

}  // namespace millrace::expr
