#pragma once

#include "core/operators/join/row_pairs.hpp"
#include "core/operators/keyed_input.hpp"
#include "core/tables/list_table.hpp"
#include "core/tables/map_table.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::operators {

/// The rows of one input of a join, kept by join key.
///
/// A side that only grows and whose rows need no match counts is a list per key. All others are a
/// map per key: from nothing (the join key holds a unique key), from the row's unique key, or from
/// the row itself, to {copies, matches} and, but for the last form, the row.
class join_side {
 public:
  struct settings {
    std::string name;
    std::vector<data::data_type> row_types;
    plan::join_side_layout layout = plan::join_side_layout::no_unique_key;
    std::vector<std::uint32_t> unique_key;
    bool retracts = false;
    bool counts_matches = false;
    std::int64_t ttl_ms = 0;
  };
  /// How many equal rows there are and how many rows of the other side each one meets.
  struct row_counts {
    std::uint32_t copies = 0;
    std::uint32_t matches = 0;
  };
  /// Walks the rows of a key, each as often as there are copies of it.
  struct cursor {
    tables::list_cursor list;
    tables::map_cursor map;
    std::uint32_t copy = 0;
  };

  explicit join_side(settings s);
  void open(const std::vector<data::data_type>& key_types, tables::table_set& tables);

  void locate(const tables::key_batch& keys, std::vector<tables::key_handle>& handles);
  [[nodiscard]] cursor rows(tables::key_handle key) const;
  /// The next row, or null data at the end. `sub_key` gets what `counts_of` wants, `last_copy`
  /// whether it is the last of equal rows.
  [[nodiscard]] std::string_view next(cursor& at, std::string_view& sub_key, bool& last_copy) const;
  /// Of a side that counts matches.
  [[nodiscard]] tables::map_table& map() { return *map_; }
  [[nodiscard]] bool is_list() const { return list_ != nullptr; }

  /// Reads the counts of a row that a cursor gave; maps only.
  [[nodiscard]] row_counts counts_of(tables::key_handle key, std::string_view sub_key) const;
  void set_matches(tables::key_handle key, std::string_view sub_key, std::uint32_t matches);

  /// Adds and takes back rows of a batch: key i of `keys` belongs to live row i, which has found
  /// `matches[i]` partners. Rows with a flag in `skip` are left out (empty: none). Errors: 9001 for
  /// a change that the plan said cannot come.
  [[nodiscard]] result<void> store(const data::record_batch& batch, const tables::key_batch& keys,
                                   std::span<const std::uint8_t> skip,
                                   std::span<const std::uint32_t> matches);

 private:
  void add(tables::key_handle key, std::string_view sub_key, std::string_view row,
           std::uint32_t matches);
  void take_back(tables::key_handle key, std::string_view sub_key);

  settings settings_;
  tables::row_codec codec_;
  tables::row_codec unique_codec_;
  bool sub_key_is_row_ = false;
  tables::list_table* list_ = nullptr;
  tables::map_table* map_ = nullptr;

  std::vector<std::uint32_t> stored_rows_;  // scratch
  std::vector<tables::key_handle> handles_;
  tables::encoded_rows rows_;
  tables::encoded_rows sub_keys_;
  std::string value_;
};

}  // namespace millrace::operators
