#pragma once

#include "core/plan/physical/operator_specs.hpp"
#include "core/tables/sorted_table.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

namespace millrace::operators {

/// A row inside of the range of ranks that a top-N shows. The bytes belong to the table (or to a
/// copy, as the owner says).
struct ranked_row {
  std::string_view order;  ///< sort keys and sequence number: unique within the key
  std::string_view row;
  std::int64_t rank = 0;
};

/// Which rows of a key have a rank of [first, last], and which can be forgotten.
class rank_range {
 public:
  explicit rank_range(const plan::rank_spec& spec)
      : what_(spec.what), first_(spec.first), last_(spec.last) {}

  /// Lists the shown rows of a key in order.
  void list(const tables::sorted_table& table, tables::key_handle key,
            std::vector<ranked_row>& out) const;
  /// True if a row with these sort keys, coming after all others, has a rank behind the last one.
  [[nodiscard]] bool is_behind(const tables::sorted_table& table, tables::key_handle key,
                               std::string_view order) const;
  /// Forgets the rows whose rank is behind the last one: over inserts they never return.
  void trim(tables::sorted_table& table, tables::key_handle key) const;

 private:
  [[nodiscard]] std::int64_t next_rank(std::int64_t rank, std::int64_t place, bool tie) const;

  plan::rank_spec::function what_;
  std::int64_t first_;
  std::int64_t last_;
};

}  // namespace millrace::operators
