#pragma once

#include "core/base/clock.hpp"
#include "tests/sim/dice.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::sim {

/// The tables of every job: `(k STRING, v INT, id BIGINT, ts TIMESTAMP(3))`, read from feeds.
inline constexpr std::string_view table_names[] = {"bids", "asks"};
/// How far rows may lie behind the newest before them, as the tables' watermarks allow.
inline constexpr std::int64_t allowed_delay_ms = 5000;

struct input_row {
  std::string key;  ///< empty: NULL
  std::int32_t value = 0;
  std::int64_t id = 0;    ///< unique
  timestamp_ms time = 0;  ///< milliseconds since 2024-01-01
};

/// Rows that are fed together.
struct input_step {
  std::size_t table = 0;  ///< index into `table_names`
  std::vector<input_row> rows;
};

/// What a job asks of its input.
struct input_shape {
  std::size_t tables = 1;
  /// From `allowed_delay_ms` on some rows come late.
  std::int64_t delay_ms = allowed_delay_ms - 1;
  bool pauses = false;  ///< the last table gives nothing for a while
};

/// Seeded rows: few keys, some NULL, time that goes on slowly and jumps now and then.
[[nodiscard]] std::vector<input_step> make_input(const input_shape& shape, dice throws);
/// The text form of a step's rows.
[[nodiscard]] std::string rows_text(const input_step& step);
/// "2024-01-01 00:00:00.000" plus `time`.
[[nodiscard]] std::string time_text(timestamp_ms time);

}  // namespace millrace::sim
