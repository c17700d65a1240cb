#pragma once

#include <cstdint>
#include <string_view>

namespace millrace::plan {

/// Which change kinds may travel on an edge, so that no operator pays for retractions it cannot
/// get. Source: Flink documentation, "Determinism in Continuous Queries" and EXPLAIN
/// CHANGELOG_MODE.
enum class changelog_mode : std::uint8_t {
  /// +I only.
  insert_only,
  /// +I, +U, -D: the key of the edge says which row is replaced.
  upsert,
  /// +I, -U, +U, -D: every update takes its old row back first.
  retract,
};

/// `[I]`, `[I,UA,D]`, `[I,UB,UA,D]` as Flink prints it.
[[nodiscard]] constexpr std::string_view mark_of(changelog_mode mode) {
  constexpr std::string_view marks[] = {"[I]", "[I,UA,D]", "[I,UB,UA,D]"};
  return marks[static_cast<std::uint8_t>(mode)];
}

}  // namespace millrace::plan
