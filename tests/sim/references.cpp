#include "tests/sim/references.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

namespace millrace::sim {

namespace {

using rows = std::vector<input_row>;

constexpr std::int64_t window_ms = 10'000;
constexpr std::int64_t session_gap_ms = 4'000;

rows rows_of(const std::vector<input_step>& input, std::size_t table) {
  rows all;
  for (const input_step& step : input) {
    if (step.table == table) all.insert(all.end(), step.rows.begin(), step.rows.end());
  }
  return all;
}

std::map<std::string, rows> by_key(const rows& all) {
  std::map<std::string, rows> keys;
  for (const input_row& row : all) keys[row.key].push_back(row);
  return keys;
}

std::string key_text(const std::string& key) { return key.empty() ? "NULL" : key; }

std::int64_t sum(const rows& all) {
  std::int64_t total = 0;
  for (const input_row& row : all) total += row.value;
  return total;
}

std::size_t distinct_values(const rows& all) {
  std::set<std::int32_t> values;
  for (const input_row& row : all) values.insert(row.value);
  return values.size();
}

row_counts tumble(const rows& all) {
  std::map<std::pair<std::int64_t, std::string>, rows> windows;
  for (const input_row& row : all) windows[{row.time / window_ms, row.key}].push_back(row);
  row_counts out;
  for (const auto& [window, in] : windows) {
    add_row(out,
            fmt::format("{} | {} | {} | {} | {}", time_text(window.first * window_ms),
                        key_text(window.second), in.size(), sum(in), distinct_values(in)),
            1);
  }
  return out;
}

}  // namespace

row_counts reference_totals(const std::vector<input_step>& input) {
  row_counts out;
  for (const auto& [key, in] : by_key(rows_of(input, 0))) {
    const auto [least, most] = std::ranges::minmax(in, {}, &input_row::value);
    add_row(out,
            fmt::format("{} | {} | {} | {} | {} | {}", key_text(key), in.size(), sum(in),
                        distinct_values(in), least.value, most.value),
            1);
  }
  return out;
}

row_counts reference_tumble(const std::vector<input_step>& input) {
  return tumble(rows_of(input, 0));
}

row_counts reference_union(const std::vector<input_step>& input) {
  rows all = rows_of(input, 0);
  const rows second = rows_of(input, 1);
  all.insert(all.end(), second.begin(), second.end());
  return tumble(all);
}

row_counts reference_session(const std::vector<input_step>& input) {
  row_counts out;
  for (auto& [key, in] : by_key(rows_of(input, 0))) {
    rows sorted = in;
    std::ranges::stable_sort(sorted, {}, &input_row::time);
    for (std::size_t from = 0; from < sorted.size();) {
      std::size_t to = from + 1;  // windows that touch are one, as in Flink
      while (to < sorted.size() && sorted[to].time - sorted[to - 1].time <= session_gap_ms) ++to;
      const rows session(sorted.begin() + static_cast<std::ptrdiff_t>(from),
                         sorted.begin() + static_cast<std::ptrdiff_t>(to));
      add_row(out,
              fmt::format("{} | {} | {} | {} | {}", time_text(session.front().time),
                          time_text(session.back().time + session_gap_ms), key_text(key),
                          session.size(), sum(session)),
              1);
      from = to;
    }
  }
  return out;
}

row_counts reference_join(const std::vector<input_step>& input) {
  row_counts out;
  const rows left = rows_of(input, 0);
  const rows right = rows_of(input, 1);
  std::set<std::int64_t> matched;
  for (const input_row& l : left) {
    bool found = false;
    for (const input_row& r : right) {
      if (l.key.empty() || l.key != r.key || l.value != r.value) continue;
      add_row(out, fmt::format("{} | {}", l.id, r.id), 1);
      matched.insert(r.id);
      found = true;
    }
    if (!found) add_row(out, fmt::format("{} | NULL", l.id), 1);
  }
  for (const input_row& r : right) {
    if (!matched.contains(r.id)) add_row(out, fmt::format("NULL | {}", r.id), 1);
  }
  return out;
}

row_counts reference_interval_join(const std::vector<input_step>& input) {
  row_counts out;
  const rows right = rows_of(input, 1);
  for (const input_row& l : rows_of(input, 0)) {
    bool found = false;
    for (const input_row& r : right) {
      if (l.key.empty() || l.key != r.key) continue;
      if (r.time < l.time - 3000 || r.time > l.time + 4000) continue;
      add_row(out, fmt::format("{} | {}", l.id, r.id), 1);
      found = true;
    }
    if (!found) add_row(out, fmt::format("{} | NULL", l.id), 1);
  }
  return out;
}

row_counts reference_top_n(const std::vector<input_step>& input) {
  row_counts out;
  for (const auto& [key, in] : by_key(rows_of(input, 0))) {
    rows sorted = in;
    std::ranges::sort(sorted, [](const input_row& a, const input_row& b) {
      return std::pair(-a.value, a.id) < std::pair(-b.value, b.id);
    });
    for (std::size_t i = 0; i < std::min<std::size_t>(3, sorted.size()); ++i) {
      add_row(out,
              fmt::format("{} | {} | {} | {}", key_text(key), sorted[i].value, sorted[i].id, i + 1),
              1);
    }
  }
  return out;
}

}  // namespace millrace::sim
