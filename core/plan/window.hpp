#pragma once

#include <cstdint>

namespace millrace::plan {

enum class window_kind : std::uint8_t { tumble, hop, cumulate, session };

/// A window of the table functions TUMBLE, HOP, CUMULATE, SESSION. Times in milliseconds.
/// Source: Flink documentation, "Windowing table-valued functions (Windowing TVFs)".
struct window_spec {
  window_kind kind = window_kind::tumble;
  std::uint32_t time_column = 0;  ///< of the input
  bool processing_time = false;
  bool local_zone = false;  ///< the time column is TIMESTAMP_LTZ: windows follow the session zone
  std::int64_t size = 0;    ///< tumble, hop: length; cumulate: the largest; session: the gap
  std::int64_t slide = 0;   ///< hop: slide; cumulate: step
  std::int64_t offset = 0;
};

}  // namespace millrace::plan
