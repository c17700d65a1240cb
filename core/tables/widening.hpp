#pragma once

#include "core/data/types.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace millrace::tables {

/// Whether a value written as `before` has the same bytes as one of `now`: nullability, longer
/// strings and more digits of a DECIMAL change nothing.
[[nodiscard]] bool alike(const data::data_type& before, const data::data_type& now);
[[nodiscard]] bool alike(const std::vector<data::data_type>& before,
                         const std::vector<data::data_type>& now);

/// Whether every value of `before` is one of `now`: what is alike, integers to wider ones, FLOAT to
/// DOUBLE. Key hashes stay the same.
[[nodiscard]] bool widens(const data::data_type& before, const data::data_type& now);
[[nodiscard]] bool widens(const std::vector<data::data_type>& before,
                          const std::vector<data::data_type>& now);

/// Appends the bytes of a fixed-width value, `at` pointing to those of type `before`, as those of
/// `now`, which `before` widens to.
void append_widened(std::string& out, const data::data_type& before, const data::data_type& now,
                    const char* at);

/// Turns rows of `row_codec` and packed keys of some types into those of types that these widen to.
/// Immutable.
class row_widening {
 public:
  row_widening(std::vector<data::data_type> before, std::vector<data::data_type> now);

  /// False where the bytes stay as they are.
  [[nodiscard]] bool changes() const { return changes_; }
  /// Appends the row. False for bytes that are no row of the types before.
  [[nodiscard]] bool append_row(std::string_view row, std::string& out) const;
  /// Appends a packed key (`key_layout`), with its padding. False for bytes that are none.
  [[nodiscard]] bool append_packed(std::string_view key, std::string& out) const;

 private:
  std::vector<data::data_type> before_;
  std::vector<data::data_type> now_;
  bool changes_;
};

}  // namespace millrace::tables
