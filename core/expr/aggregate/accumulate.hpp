#pragma once

#include "core/expr/aggregate_function.hpp"
#include "core/expr/grouped_update.hpp"
#include "core/expr/kernel.hpp"

#include <cstdint>
#include <string_view>
#include <utility>

namespace millrace::expr {

// What aggregates are written with: loops over the rows that they are fed, and typed access to
// their state. A state lies at an address aligned to 8; 128-bit parts are declared with that
// alignment.

struct [[gnu::packed, gnu::aligned(8)]] wide_integer {
  data::int128 value;
};

template <class State>
State& state_at(char* at) {
  return *reinterpret_cast<State*>(at);
}
template <class State>
const State& state_at(const char* at) {
  return *reinterpret_cast<const State*>(at);
}

/// +1 for rows that come, -1 for rows that go.
[[nodiscard]] inline std::int64_t sign_of(data::change_kind kind) {
  return data::adds(kind) ? 1 : -1;
}

/// Calls `f(position, stored row, sign)` for every row that is fed, NULL arguments left out unless
/// `argument` is null. What the rows lack (selection, NULLs, changes) costs nothing.
template <class F>
void for_each_fed(const aggregate_input& in, const data::column* argument, F&& f) {
  const std::uint64_t* valid = argument != nullptr ? argument->validity_words() : nullptr;
  const bool one = argument != nullptr && argument->is_constant();
  if (argument != nullptr && argument->type.id() == data::type_id::null) return;
  if (one && valid != nullptr && !data::get_bit(valid, 0)) return;
  if (one) valid = nullptr;
  const row_set& rows = in.rows;
  const auto run = [&](auto row_of) {
    if (valid == nullptr && in.kinds == nullptr) {
      for (std::uint32_t i = 0; i < rows.count; ++i) f(i, row_of(i), std::int64_t{1});
      return;
    }
    for (std::uint32_t i = 0; i < rows.count; ++i) {
      const std::uint32_t row = row_of(i);
      if (valid != nullptr && !data::get_bit(valid, row)) continue;
      f(i, row, in.kinds != nullptr ? sign_of(in.kinds[row]) : std::int64_t{1});
    }
  };
  if (rows.dense())
    run([](std::uint32_t i) { return i; });
  else
    run([&](std::uint32_t i) { return rows.selection[i]; });
}

/// Calls `f(state, stored row, sign)` for every row that is fed, NULL arguments left out unless
/// `argument` is null. The state is a copy that goes back behind its group's last row.
template <class State, class F>
void for_each_grouped(const grouped_input& in, const data::column* argument, F&& f) {
  const std::uint64_t* valid = argument != nullptr ? argument->validity_words() : nullptr;
  const bool one = argument != nullptr && argument->is_constant();
  if (argument != nullptr && argument->type.id() == data::type_id::null) return;
  if (one && valid != nullptr && !data::get_bit(valid, 0)) return;
  if (one) valid = nullptr;
  const auto run = [&](auto is_fed, auto sign) {
    std::uint32_t at = 0;
    for (std::size_t g = 0; g < in.ends.size(); ++g) {
      State state = state_at<State>(in.states[g]);
      for (; at < in.ends[g]; ++at)
        if (is_fed(in.rows[at])) f(state, in.rows[at], sign(in.rows[at]));
      state_at<State>(in.states[g]) = state;
    }
  };
  if (valid == nullptr && in.kinds == nullptr && in.passes == nullptr) {
    run([](std::uint32_t) { return true; }, [](std::uint32_t) { return std::int64_t{1}; });
    return;
  }
  const auto is_fed = [&](std::uint32_t row) {
    return (in.passes == nullptr || (in.passes[row] & 1U) != 0) &&
           (valid == nullptr || data::get_bit(valid, row));
  };
  run(is_fed, [&](std::uint32_t row) {
    return in.kinds != nullptr ? sign_of(in.kinds[row]) : std::int64_t{1};
  });
}

/// The slots of a state of plain bytes.
template <class State>
std::vector<state_slot> plain_slots() {
  static_assert(sizeof(State) % 8 == 0 && alignof(State) <= 8);
  return {{slot_kind::fixed, static_cast<std::uint32_t>(sizeof(State))}};
}

/// Adds one value of the builder's physical type, converted from `value`.
template <class T>
void append_as(data::column_builder& out, T value) {
  with_physical(out.type().id(), [&](auto* of) {
    out.append(static_cast<std::remove_pointer_t<decltype(of)>>(value));
  });
}

/// The bytes of one value: a string's, or those of its fixed width. Valid while the column lives.
[[nodiscard]] inline std::string_view bytes_of(const data::column& c, std::uint32_t row) {
  if (data::is_variable_length(c.type.id())) return c.text(row);
  const auto width = data::fixed_width(c.type.id());
  return {reinterpret_cast<const char*>(c.values->data()) + std::size_t{c.index(row)} * width,
          width};
}
/// Adds a value from its bytes.
void append_bytes(data::column_builder& out, std::string_view bytes);

[[nodiscard]] result<aggregate_overload> resolve_count(const call_site&, bool retracting);
[[nodiscard]] result<aggregate_overload> resolve_sum(const call_site&, bool retracting);
[[nodiscard]] result<aggregate_overload> resolve_sum0(const call_site&, bool retracting);
[[nodiscard]] result<aggregate_overload> resolve_average(const call_site&, bool retracting);
[[nodiscard]] result<aggregate_overload> resolve_min(const call_site&, bool retracting);
[[nodiscard]] result<aggregate_overload> resolve_max(const call_site&, bool retracting);
[[nodiscard]] result<aggregate_overload> resolve_moment(const call_site&, bool retracting);
[[nodiscard]] result<aggregate_overload> resolve_single_value(const call_site&, bool retracting);
[[nodiscard]] result<aggregate_overload> resolve_first(const call_site&, bool retracting);
[[nodiscard]] result<aggregate_overload> resolve_last(const call_site&, bool retracting);
[[nodiscard]] result<aggregate_overload> resolve_list(const call_site&, bool retracting);
[[nodiscard]] result<aggregate_overload> resolve_percentile(const call_site&, bool retracting);
[[nodiscard]] result<aggregate_overload> resolve_json_aggregate(const call_site&, bool retracting);

// For `find_grouped_update`; null for types without one.
[[nodiscard]] grouped_update grouped_count();
[[nodiscard]] grouped_update grouped_sum(data::type_id argument);
[[nodiscard]] grouped_update grouped_extreme(data::type_id argument, bool max);

/// 2014 with the signature in the hint.
[[nodiscard]] error wrong_arguments(const call_site&, std::string_view signature);

}  // namespace millrace::expr
