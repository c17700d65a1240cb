#include "core/operators/stored_watermark.hpp"

#include "core/operators/state_spec.hpp"
#include "core/tables/table_set.hpp"
#include "core/tables/task_state.hpp"

#include <algorithm>
#include <charconv>

namespace millrace::operators {
namespace {

constexpr std::string_view list = "watermark";

timestamp_ms parse_time(std::string_view text) {
  timestamp_ms time = min_watermark;
  std::from_chars(text.data(), text.data() + text.size(), time);
  return time;
}

}  // namespace

void stored_watermark::open(operator_context& context, std::string_view name) {
  state_ = &context.tables->open_task_state(state_spec(std::string(name)));
  state_->declare(list, tables::redistribution::unite);
}

// State is restored after `open`, so it is read when first asked for.
void stored_watermark::restore() {
  restored_ = true;
  const auto& entries = state_->entries(list);
  if (entries.empty()) return;
  timestamp_ms lowest = max_watermark;
  for (const auto& e : entries) lowest = std::min(lowest, parse_time(e));
  time_ = std::max(time_, lowest);
}

timestamp_ms stored_watermark::get() {
  if (!restored_) restore();
  return time_;
}

void stored_watermark::advance(timestamp_ms time) { time_ = std::max(get(), time); }

void stored_watermark::save() { state_->set(list, std::to_string(get())); }

}  // namespace millrace::operators
