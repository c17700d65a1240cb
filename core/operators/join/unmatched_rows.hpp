#pragma once

#include "core/operators/join/join_side.hpp"
#include "core/operators/join/row_pairs.hpp"
#include "core/operators/outbox.hpp"
#include "core/operators/table_drain.hpp"

#include <cstdint>
#include <vector>

namespace millrace::operators {

/// Gives the kept rows of one side of a join that met no row of the other by the end of both
/// inputs: an outer join's with NULLs, an anti join's as they are.
class unmatched_rows {
 public:
  /// The next keys of the side, which are removed; what comes of them goes to `to` in batches of
  /// about `rows`. `left_only`: an anti join.
  [[nodiscard]] result<piece> next(join_side& side, bool is_left, bool left_only,
                                   pair_reader& reader, tables::table_set& tables,
                                   std::uint32_t rows, outbox& to);

 private:
  void list(const join_side& side, tables::key_handle key);

  table_drain<tables::map_table> drain_;
  row_pairs found_;  // scratch
};

}  // namespace millrace::operators
