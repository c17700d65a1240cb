#include "core/operators/over/frame_calls.hpp"

#include "core/data/text_table.hpp"
#include "core/expr/registry.hpp"

#include <algorithm>

namespace millrace::operators {
namespace {

using data::change_kind;

constexpr std::uint32_t round_up(std::uint32_t width) { return (width + 7) & ~std::uint32_t{7}; }

// Behind the operator's own word: what the rankings count.
struct ranking_state {
  std::int64_t rows;
  std::int64_t rank;
  std::int64_t dense;
};

bool is_lag(const plan::over_call& c) { return c.function == "LAG" || c.function == "LEAD"; }

// Resolved for inserts, these remember one value only.
bool gives_back_exactly(const plan::over_call& c) {
  return c.function != "FIRST_VALUE" && c.function != "LAST_VALUE" && c.function != "LISTAGG" &&
         c.function != "ARRAY_AGG" && c.function != "COLLECT" && !c.overload->needs_ordered_values;
}

std::uint32_t group_end(const ordered_rows& in, std::uint32_t row, std::uint32_t rows) {
  std::uint32_t end = row + 1;
  while (end < rows && in.peers[end] == in.peers[row]) ++end;
  return end;
}

}  // namespace

frame_calls::frame_calls(const plan::over_node& over) : over_(over) {
  for (std::size_t i = 0; i < over_.calls.size(); ++i) {
    auto& c = over_.calls[i];
    types_.push_back(c.type);
    if (c.overload && !gives_back_exactly(c)) c.overload->retractable = false;
    columns_.insert(columns_.end(), c.arguments.begin(), c.arguments.end());
    // Running DISTINCT would have to know all values: it is computed from all rows.
    if (c.overload && c.distinct && !over_.frame.preceding) context_rows_ = UINT32_MAX;
  }
  std::ranges::sort(columns_);
  columns_.erase(std::unique(columns_.begin(), columns_.end()), columns_.end());
  if (!over_.frame.preceding || context_rows_ == UINT32_MAX) return;
  if (over_.frame.rows) context_rows_ = static_cast<std::uint32_t>(*over_.frame.preceding);
  if (!over_.frame.rows) context_ms_ = *over_.frame.preceding;
}

result<void> frame_calls::open(expr::eval_context& context) {
  for (const auto& c : over_.calls) {
    auto& values = constants_.emplace_back();
    for (const auto& e : c.constants) {
      values.push_back(nullptr);
      if (!e) continue;
      MILLRACE_TRY(values.back(), expr::evaluate_constant(e, context));
    }
    if (!is_lag(c) || context_rows_ == UINT32_MAX) continue;
    const std::int64_t offset = values.empty() ? 1 : values[0]->value<std::int64_t>(0);
    context_rows_ = std::max(context_rows_, static_cast<std::uint32_t>(offset));
  }
  return {};
}

// A running state is kept only if the context does not hold the whole frame anyway.
bool frame_calls::running(std::size_t call) const {
  return over_.calls[call].overload && !over_.frame.preceding && context_rows_ != UINT32_MAX;
}

void frame_calls::append_slots(std::vector<tables::slot_spec>& slots) {
  for (std::size_t i = 0; i < sizeof(ranking_state) / 8; ++i)
    slots.push_back(tables::slot_spec::bytes(8));
  std::uint32_t offset = 0;
  for (const auto& s : slots) offset += round_up(s.width);
  for (std::size_t i = 0; i < over_.calls.size(); ++i) {
    std::uint32_t size = 0;
    offsets_.push_back(offset);
    if (over_.calls[i].overload)
      for (const auto& slot : over_.calls[i].overload->slots) {
        const bool blob = slot.kind == expr::slot_kind::blob;
        const auto made = blob ? tables::slot_spec::blob() : tables::slot_spec::bytes(slot.width);
        size += round_up(made.width);
        if (running(i)) slots.push_back(made);
      }
    state_sizes_.push_back(size);
    if (running(i)) offset += size;
  }
  payload_size_ = offset;
}

result<void> frame_calls::run(const ordered_rows& in, char* payload, data::blob_heap& heap,
                              std::vector<data::column_builder>& out) {
  for (std::size_t i = 0; i < over_.calls.size(); ++i) {
    if (over_.calls[i].overload) {
      MILLRACE_CHECK(run_aggregate(i, in, payload, heap, out[i]));
    } else if (is_lag(over_.calls[i])) {
      run_lag(i, in, out[i]);
    } else {
      MILLRACE_CHECK(run_ranking(i, in, payload, out[i]));
    }
  }
  // The rankings share their state: it moves on once all of them have read it.
  auto& s = *reinterpret_cast<ranking_state*>(payload + sizeof(std::uint64_t));
  const auto count = in.rows->stored_rows();
  for (std::uint32_t row = in.context; row < count;) {
    const std::uint32_t end = group_end(in, row, count);
    s.rank = s.rows + 1;
    ++s.dense;
    s.rows += end - row;
    row = end;
  }
  return {};
}

std::uint32_t frame_calls::frame_begin(const ordered_rows& in, std::uint32_t row) const {
  if (!over_.frame.preceding) return 0;
  const std::int64_t preceding = *over_.frame.preceding;
  if (over_.frame.rows) return preceding >= row ? 0 : static_cast<std::uint32_t>(row - preceding);
  const auto first = std::ranges::lower_bound(in.times, in.times[row] - preceding);
  return static_cast<std::uint32_t>(first - in.times.begin());
}

result<void> frame_calls::run_aggregate(std::size_t call, const ordered_rows& in, char* payload,
                                        data::blob_heap& heap, data::column_builder& out) {
  const auto& c = over_.calls[call];
  const std::uint32_t count = in.rows->stored_rows();
  moving_frame frame;
  frame.call = call;
  frame.state = payload + offsets_[call];
  frame.heap = &heap;
  if (!running(call)) {
    scratch_.make(1, std::max<std::size_t>(8, state_sizes_[call]));
    frame.state = scratch_[0];
    frame.heap = &scratch_.heap;
  }
  for (const std::uint32_t a : c.arguments)
    frame.arguments.push_back(data::decoded(in.rows->column_at(a)));
  for (const auto& constant : constants_[call])
    if (constant) frame.arguments.push_back(data::constant_of(*constant, 0, count));
  const std::uint32_t start = running(call) ? in.context : 0;
  frame.covered = {start, start};
  std::vector<char*> emitted;
  for (std::uint32_t row = in.context; row < count;) {
    const std::uint32_t end = over_.frame.rows ? row + 1 : group_end(in, row, count);
    MILLRACE_CHECK(move(frame, {std::max(start, frame_begin(in, row)), end}));
    emitted.assign(end - row, frame.state);
    MILLRACE_CHECK(c.overload->emit(*c.overload, emitted.data(), end - row, out));
    row = end;
  }
  return {};
}

result<void> frame_calls::move(moving_frame& frame, range to) {
  const auto& overload = *over_.calls[frame.call].overload;
  const bool leaves = to.begin > frame.covered.begin && frame.covered.end > frame.covered.begin;
  if (leaves && !(overload.retractable && !overload.needs_ordered_values)) {
    scratch_.make(1, std::max<std::size_t>(8, state_sizes_[frame.call]));
    frame.seen.clear();
    frame.covered = {to.begin, to.begin};
  }
  if (frame.covered.end < to.begin && frame.covered.begin == frame.covered.end)
    frame.covered = {to.begin, to.begin};
  MILLRACE_CHECK(feed(frame, {frame.covered.end, to.end}, change_kind::insert));
  MILLRACE_CHECK(feed(frame, {frame.covered.begin, to.begin}, change_kind::remove));
  frame.covered = to;
  return {};
}

// The rows that bring a value into the frame, or take the last one of it out.
void frame_calls::pick_distinct(moving_frame& frame, range rows, bool adds) {
  const data::column& value = *frame.arguments[0];
  for (std::uint32_t row = rows.begin; row < rows.end; ++row) {
    std::string key;
    data::print_cell(key, value, row);
    std::uint32_t& count = frame.seen[key];
    count = adds ? count + 1 : count - 1;
    if (count == (adds ? 1U : 0U)) picked_.push_back(row);
  }
}

result<void> frame_calls::feed(moving_frame& frame, range rows, change_kind kind) {
  if (rows.begin >= rows.end) return {};
  const auto& c = over_.calls[frame.call];
  picked_.clear();
  if (c.distinct) {
    pick_distinct(frame, rows, data::adds(kind));
  } else {
    for (std::uint32_t row = rows.begin; row < rows.end; ++row) picked_.push_back(row);
  }
  if (picked_.empty()) return {};
  states_.assign(picked_.size(), frame.state);
  heaps_.assign(picked_.size(), frame.heap);
  kinds_.assign(rows.end, kind);
  const expr::row_set set{rows.end, picked_.data(), static_cast<std::uint32_t>(picked_.size())};
  return c.overload->update(*c.overload, {frame.arguments, set, states_.data(), heaps_.data(),
                                          data::adds(kind) ? nullptr : kinds_.data()});
}

result<void> frame_calls::run_ranking(std::size_t call, const ordered_rows& in, char* payload,
                                      data::column_builder& out) {
  const auto& function = over_.calls[call].function;
  auto s = *reinterpret_cast<const ranking_state*>(payload + sizeof(std::uint64_t));
  const std::uint32_t count = in.rows->stored_rows();
  const auto all = static_cast<double>(count);
  std::int64_t buckets = 1;
  if (function == "NTILE" && !constants_[call].empty() && constants_[call][0])
    buckets = std::max<std::int64_t>(1, constants_[call][0]->value<std::int64_t>(0));
  for (std::uint32_t row = in.context; row < count;) {
    const std::uint32_t end = group_end(in, row, count);
    const std::int64_t rank = s.rows + 1;
    ++s.dense;
    for (std::uint32_t r = row; r < end; ++r) {
      ++s.rows;
      if (function == "ROW_NUMBER") {
        out.append(s.rows);
      } else if (function == "RANK") {
        out.append(rank);
      } else if (function == "DENSE_RANK") {
        out.append(s.dense);
      } else if (function == "PERCENT_RANK") {
        out.append(count > 1 ? static_cast<double>(rank - 1) / (all - 1) : 0.0);
      } else if (function == "CUME_DIST") {
        out.append(static_cast<double>(end) / all);
      } else if (function == "NTILE") {
        // The first count % buckets buckets have a row more.
        const std::int64_t place = s.rows - 1;
        const std::int64_t size = count / buckets;
        const std::int64_t larger = count % buckets;
        out.append(place < larger * (size + 1) ? place / (size + 1) + 1
                                               : larger + (place - larger * (size + 1)) / size + 1);
      } else {
        return make_error(errc::internal, "no OVER function " + function);
      }
    }
    row = end;
  }
  return {};
}

void frame_calls::run_lag(std::size_t call, const ordered_rows& in,
                          data::column_builder& out) const {
  const auto& c = over_.calls[call];
  const auto& constants = constants_[call];
  const std::int64_t offset = constants.empty() ? 1 : constants[0]->value<std::int64_t>(0);
  const std::int64_t count = in.rows->stored_rows();
  const data::column& value = *in.rows->column_at(c.arguments[0]);
  for (std::int64_t row = in.context; row < count; ++row) {
    const std::int64_t from = c.function == "LAG" ? row - offset : row + offset;
    if (from >= 0 && from < count) {
      out.append_from(value, static_cast<std::uint32_t>(from));
    } else if (constants.size() > 1 && constants[1]) {
      out.append_from(*constants[1], 0);
    } else {
      out.append_null();
    }
  }
}

}  // namespace millrace::operators
