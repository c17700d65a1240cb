#include "core/operators/join/unmatched_rows.hpp"

namespace millrace::operators {

result<piece> unmatched_rows::next(join_side& side, bool is_left, bool left_only,
                                   pair_reader& reader, tables::table_set& tables,
                                   std::uint32_t rows, outbox& to) {
  MILLRACE_TRY(const piece step, drain_.next(side.map(), tables, rows));
  if (step != piece::done) return step;
  std::size_t given = 0;
  for (; given < drain_.keys().size() && found_.size() < rows; ++given)
    list(side, drain_.keys()[given]);
  if (found_.size() != 0) {
    reader.begin(nullptr, !is_left);
    to.put_split(left_only ? reader.left_of(found_, {}) : reader.join(found_, {}), rows);
  }
  found_.clear();
  for (const auto key : drain_.keys().first(given)) side.map().clear(key);
  if (given < drain_.keys().size()) drain_.give_back();
  return step;
}

void unmatched_rows::list(const join_side& side, tables::key_handle key) {
  auto at = side.rows(key);
  std::string_view sub_key;
  bool last = true;
  for (auto row = side.next(at, sub_key, last); row.data() != nullptr;
       row = side.next(at, sub_key, last))
    if (side.counts_of(key, sub_key).matches == 0) found_.add(no_row, row);
}

}  // namespace millrace::operators
