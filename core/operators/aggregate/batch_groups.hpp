#pragma once

#include "core/data/record_batch.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace millrace::operators {

/// The distinct keys of one batch, found before any table is asked: rows of a stream mostly share
/// few keys with their neighbours, and then a key is hashed, encoded and looked up once per batch.
///
/// Groups are numbered in the order of their first rows. Two groups may have the same key (if a
/// dictionary lists a value twice), a group never has two. Owned by an operator; keeps its memory
/// from batch to batch.
class batch_groups {
 public:
  /// Finds the groups of the live rows by these columns. False where it would not pay: keys with
  /// parts other than integers, times, dictionaries and constants, or NULLs; few rows; almost as
  /// many keys as rows, which is not tried again for some batches.
  [[nodiscard]] bool find(const data::record_batch& batch, std::span<const std::uint32_t> columns);

  [[nodiscard]] std::uint32_t count() const {
    return static_cast<std::uint32_t>(first_rows_.size());
  }
  /// The first stored row of each group, ascending.
  [[nodiscard]] std::span<const std::uint32_t> first_rows() const { return first_rows_; }
  /// The first rows as a selection of the batch.
  [[nodiscard]] data::batch_ptr first_of_each(const data::record_batch& batch) const;
  /// The group of each live row.
  [[nodiscard]] std::span<const std::uint32_t> group_of_rows() const { return group_of_; }
  /// The stored rows, those of a group together and in order; group g ends in front of `ends()[g]`.
  /// Computed when first asked for.
  [[nodiscard]] const std::uint32_t* rows();
  [[nodiscard]] std::span<const std::uint32_t> ends();

 private:
  struct slot {
    std::uint64_t value;
    std::uint32_t group;
    std::uint32_t stamp;  // of the numbering that filled it
  };
  void begin(const data::record_batch& batch);
  [[nodiscard]] bool add_column(const data::column& c);
  template <class T>
  [[nodiscard]] bool number_column(const T* values);
  template <class ValueOf>
  [[nodiscard]] bool number(ValueOf value_of);
  [[nodiscard]] slot& slot_of(std::uint64_t value);
  [[nodiscard]] bool add_group(std::uint32_t row, std::uint64_t value);
  void next_stamp();
  void grow();
  [[nodiscard]] std::uint32_t place_of(std::uint64_t value) const {
    return static_cast<std::uint32_t>((value * 0x9e3779b97f4a7c15ULL) >> shift_);
  }

  std::vector<std::uint32_t> first_rows_;
  std::vector<std::uint32_t> group_of_;
  std::vector<std::uint32_t> ends_;
  std::vector<std::uint32_t> rows_;
  std::vector<std::uint32_t> before_;  // groups by the columns so far
  std::span<const std::uint32_t> live_;
  std::uint32_t live_count_ = 0;
  std::uint32_t pause_ = 0;  // batches that are not tried

  std::vector<std::uint64_t> values_;  // by group
  std::vector<slot> slots_;
  std::uint32_t stamp_ = 0;
  std::uint32_t shift_ = 0;
};

}  // namespace millrace::operators
