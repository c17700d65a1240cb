#include "tests/sim/input.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace millrace::sim {

namespace {

constexpr std::size_t steps = 48;
constexpr std::int64_t most_rows = 8;
constexpr std::int64_t key_count = 7;

input_row make_row(dice& throws, std::int64_t& now, const input_shape& shape, std::int64_t id) {
  now += throws.between(0, 900);
  if (throws.once_in(60)) now += 30'000;
  input_row row;
  const std::int64_t key = throws.between(0, key_count);
  if (key > 0) row.key = std::string(1, static_cast<char>('a' + key - 1));
  row.value = static_cast<std::int32_t>(throws.between(0, 20));
  row.id = id;
  row.time = std::max<std::int64_t>(0, now - throws.between(0, shape.delay_ms));
  return row;
}

}  // namespace

std::vector<input_step> make_input(const input_shape& shape, dice throws) {
  std::vector<input_step> input;
  std::int64_t now = 0;
  std::int64_t id = 0;
  for (std::size_t s = 0; s < steps; ++s) {
    const bool pause = shape.pauses && s > steps / 4 && s < steps / 2;
    input_step step;
    step.table = throws.below(pause ? shape.tables - 1 : shape.tables);
    const auto rows = throws.between(1, most_rows);
    for (std::int64_t r = 0; r < rows; ++r) {
      step.rows.push_back(make_row(throws, now, shape, ++id));
    }
    input.push_back(std::move(step));
  }
  return input;
}

std::string rows_text(const input_step& step) {
  std::string text;
  for (const input_row& row : step.rows) {
    text += fmt::format("{} | {} | {} | {}\n", row.key.empty() ? "NULL" : row.key, row.value,
                        row.id, time_text(row.time));
  }
  return text;
}

std::string time_text(timestamp_ms time) {
  const std::int64_t seconds = time / 1000;
  return fmt::format("2024-01-01 {:02}:{:02}:{:02}.{:03}", seconds / 3600, seconds / 60 % 60,
                     seconds % 60, time % 1000);
}

}  // namespace millrace::sim
