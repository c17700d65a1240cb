#include "core/operators/rank/ranked_rows.hpp"

namespace millrace::operators {
namespace {

std::string_view sort_keys_of(std::string_view order) {
  return order.substr(0, order.size() - tables::sorted_table::sequence_size);
}

}  // namespace

// The rank of the row at `place` (from 1) behind one of rank `rank`, with which it may tie.
std::int64_t rank_range::next_rank(std::int64_t rank, std::int64_t place, bool tie) const {
  using function = plan::rank_spec::function;
  if (what_ == function::row_number) return place;
  if (tie) return rank;
  return what_ == function::rank ? place : rank + 1;
}

void rank_range::list(const tables::sorted_table& table, tables::key_handle key,
                      std::vector<ranked_row>& out) const {
  out.clear();
  std::int64_t rank = 0;
  std::int64_t place = 0;
  std::string_view before;
  for (auto at = table.first(key); at.valid(); at.next()) {
    const std::string_view keys = sort_keys_of(at.order());
    ++place;
    rank = next_rank(rank, place, place > 1 && keys == before);
    before = keys;
    if (rank > last_) return;
    if (rank >= first_) out.push_back({at.order(), at.row(), rank});
  }
}

bool rank_range::is_behind(const tables::sorted_table& table, tables::key_handle key,
                           std::string_view order) const {
  if (what_ != plan::rank_spec::function::row_number || table.count(key) < last_) return false;
  return order >= sort_keys_of(table.last(key).order());
}

void rank_range::trim(tables::sorted_table& table, tables::key_handle key) const {
  if (table.count(key) <= last_) return;
  if (what_ == plan::rank_spec::function::row_number) {
    auto at = table.last(key);
    for (std::int64_t extra = table.count(key) - last_; extra > 0; --extra) {
      (void)table.erase(key, at.order());
      at = table.last(key);
    }
    return;
  }
  std::int64_t rank = 0;
  std::int64_t place = 0;
  std::string_view before;
  for (auto at = table.first(key); at.valid();) {
    const std::string_view keys = sort_keys_of(at.order());
    ++place;
    rank = next_rank(rank, place, place > 1 && keys == before);
    before = keys;
    if (rank > last_) {
      (void)table.erase_range(key, std::string(at.order()), {});
      return;
    }
    at.next();
  }
}

}  // namespace millrace::operators
