#pragma once

#include "core/data/change_kind.hpp"
#include "core/data/record_batch.hpp"
#include "core/expr/evaluator.hpp"
#include "core/tables/row_codec.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace millrace::operators {

/// Stands in `row_pairs::probes` for a row of NULLs.
inline constexpr std::uint32_t no_row = UINT32_MAX;

/// Pairs of a row of a batch (the probing side) and a kept row of the other side, as index lists:
/// columns are gathered once for all pairs.
struct row_pairs {
  std::vector<std::uint32_t> probes;       ///< stored rows of the batch, or `no_row`
  std::vector<std::string_view> partners;  ///< `row_codec` bytes; null data: a row of NULLs

  [[nodiscard]] std::uint32_t size() const { return static_cast<std::uint32_t>(probes.size()); }
  void add(std::uint32_t probe, std::string_view partner) {
    probes.push_back(probe);
    partners.push_back(partner);
  }
  void clear() {
    probes.clear();
    partners.clear();
  }
  /// Keeps the pairs with a non-zero flag.
  void keep(std::span<const std::uint8_t> flags);
};

/// What all joins do with pairs: evaluate the rest of the join condition over them, and make output
/// rows of them. Output columns are the left ones, then the right ones, whichever side probes.
///
/// Owned by its operator; one evaluation costs one pass per column that the condition reads.
class pair_reader {
 public:
  pair_reader(std::vector<data::data_type> left, std::vector<data::data_type> right);

  /// Prepares the condition, which may be null.
  [[nodiscard]] result<void> open(const expr::expr_ptr& condition, expr::eval_context& context);

  /// Says which side the rows of the next batch come from; no batch: all pairs have a row of NULLs
  /// there.
  void begin(const data::batch_ptr& probe, bool probe_is_left);
  void end() { probe_.reset(); }

  [[nodiscard]] bool has_condition() const { return condition_.has_value(); }
  /// Sets `passed[i]` for each pair (none has a row of NULLs). Errors: the condition's.
  [[nodiscard]] result<void> test(const row_pairs& pairs, std::vector<std::uint8_t>& passed);

  /// One output row per pair; empty `kinds`: all +I.
  [[nodiscard]] data::batch_ptr join(const row_pairs& pairs,
                                     std::span<const data::change_kind> kinds) const;
  /// The left part of each pair only (semi and anti joins).
  [[nodiscard]] data::batch_ptr left_of(const row_pairs& pairs,
                                        std::span<const data::change_kind> kinds) const;

  [[nodiscard]] const tables::row_codec& left_codec() const { return left_; }
  [[nodiscard]] const tables::row_codec& right_codec() const { return right_; }

 private:
  [[nodiscard]] data::column_ptr read(const row_pairs& pairs, std::uint32_t column) const;
  [[nodiscard]] data::column_ptr gather(const row_pairs& pairs, std::uint32_t column) const;
  [[nodiscard]] data::column_ptr decode(const row_pairs& pairs, const tables::row_codec& codec,
                                        std::uint32_t column) const;
  [[nodiscard]] data::batch_ptr build(const row_pairs& pairs, std::size_t columns,
                                      std::span<const data::change_kind> kinds) const;

  tables::row_codec left_;
  tables::row_codec right_;
  std::optional<expr::evaluator> condition_;
  std::vector<std::uint32_t> condition_columns_;
  data::batch_ptr probe_;
  bool probe_is_left_ = true;
};

}  // namespace millrace::operators
