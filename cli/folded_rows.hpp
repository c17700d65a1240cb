#pragma once

#include "core/data/record_batch.hpp"
#include "core/data/value_text.hpp"

#include <cstddef>
#include <string>
#include <unordered_map>
#include <vector>

namespace millrace::cli {

/// The texts of a row, a cell per column.
using text_row = std::vector<std::string>;

/// The rows of a changelog after its changes, in the order they came. One owner, one thread.
///
/// Of an endless result only the last `most` rows or a few more are kept; a change that takes back
/// a forgotten row does nothing then.
class folded_rows {
 public:
  /// `most` 0: all rows are kept. What `style` points to outlives the rows.
  explicit folded_rows(std::size_t most, const data::text_style& style = {})
      : most_(most), style_(style) {}

  void apply(const data::record_batch& batch);
  /// The last `most` rows.
  [[nodiscard]] std::vector<const text_row*> last(std::size_t most) const;
  /// Rows of the result, forgotten ones too.
  [[nodiscard]] std::size_t count() const { return live_ + forgotten_; }
  [[nodiscard]] std::size_t forgotten() const { return forgotten_; }

 private:
  void apply(const data::record_batch& batch, std::uint32_t row);
  void add(std::string key, text_row cells);
  void remove(const std::string& key);
  void forget_first(std::size_t rows);
  void squeeze();

  struct kept_row {
    std::string key;
    text_row cells;  ///< empty: removed
  };
  std::vector<kept_row> rows_;
  std::unordered_map<std::string, std::vector<std::size_t>> places_;
  std::size_t most_;
  data::text_style style_;
  std::size_t live_ = 0;
  std::size_t forgotten_ = 0;
};

}  // namespace millrace::cli
