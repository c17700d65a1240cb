#pragma once

#include "core/base/clock.hpp"
#include "core/connectors/table_options.hpp"
#include "core/data/column_builder.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace millrace::connectors::datagen {

/// Values of one column: a pure function of (seed, row), so that restarts give the same again.
/// Source of the options: Flink documentation, "DataGen SQL Connector".
class field_generator {
 public:
  /// `key` is the column's name in the options (`fields.<key>.kind`). Errors: 2004 for a type there
  /// are no values of, 2032.
  [[nodiscard]] static result<field_generator> make(const table_options& read,
                                                    const std::string& key,
                                                    const data::data_type& type);

  /// Rows that a sequence has; none: no end.
  [[nodiscard]] std::optional<std::int64_t> rows() const { return sequence_rows_; }
  /// Appends the value of row `row`; `now` for times.
  void append(data::column_builder& to, std::uint64_t seed, std::int64_t row,
              timestamp_ms now) const;

 private:
  enum class kind : std::uint8_t { random, sequence };

  void append_random(data::column_builder& to, std::uint64_t word, timestamp_ms now) const;
  void append_integer(data::column_builder& to, std::int64_t value) const;
  void append_text(data::column_builder& to, std::uint64_t word) const;

  data::data_type type_;
  kind kind_ = kind::random;
  std::uint64_t lane_ = 0;
  double least_ = 0;
  double most_ = 0;
  std::int64_t least_int_ = 0;
  std::int64_t most_int_ = 0;
  std::int64_t length_ = 100;
  bool variable_length_ = false;
  std::int64_t max_past_ms_ = 0;
  double null_rate_ = 0;
  std::int64_t start_ = 0;
  std::optional<std::int64_t> sequence_rows_;
  std::vector<field_generator> parts_;
};

}  // namespace millrace::connectors::datagen
