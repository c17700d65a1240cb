#pragma once

#include "core/base/result.hpp"
#include "core/tables/delta.hpp"

#include <cstdint>
#include <memory>
#include <vector>

namespace millrace::state {

/// A base and its deltas as one snapshot: of entries with one key the newest holds, tombstones are
/// left out. One thread. Errors: those of the readers.
class merge_reader final : public tables::delta_reader {
 public:
  /// Oldest first.
  explicit merge_reader(std::vector<std::unique_ptr<tables::delta_reader>> from);

  [[nodiscard]] result<std::span<const tables::delta_entry>> next() override;

 private:
  struct input {
    std::unique_ptr<tables::delta_reader> reader;
    std::span<const tables::delta_entry> block;
    std::size_t at = 0;
    bool ended = false;
    [[nodiscard]] bool drained() const { return at == block.size(); }
    [[nodiscard]] const tables::delta_entry& head() const { return block[at]; }
  };
  [[nodiscard]] result<void> refill();
  [[nodiscard]] bool any_drained() const;
  void take_smallest();

  std::vector<input> inputs_;
  std::vector<tables::delta_entry> entries_;
};

}  // namespace millrace::state
