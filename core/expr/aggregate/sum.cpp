#include "core/data/decimal.hpp"
#include "core/expr/aggregate/accumulate.hpp"

namespace millrace::expr {
namespace {

using data::type_id;

// Integers add in 64 bits and wrap like Java's; the sum goes back to the argument's type when it is
// given out.
struct integer_sum {
  std::int64_t sum;
  std::int64_t rows;
  void add(std::int64_t v, std::int64_t sign) {
    sum = static_cast<std::int64_t>(static_cast<std::uint64_t>(sum) +
                                    static_cast<std::uint64_t>(v * sign));
    rows += sign;
  }
  void add(const integer_sum& o) {
    add(o.sum, 1);
    rows += o.rows - 1;
  }
};

struct real_sum {
  double sum;
  std::int64_t rows;
  void add(double v, std::int64_t sign) {
    sum += v * static_cast<double>(sign);
    rows += sign;
  }
  void add(const real_sum& o) {
    sum += o.sum;
    rows += o.rows;
  }
};

// Once a sum left 128 bits it stays lost: NULL, as a DECIMAL that does not fit.
struct decimal_sum {
  wide_integer sum;
  std::int64_t rows;
  std::int64_t lost;
  void add(data::int128 v, std::int64_t sign) {
    data::int128 next = 0;
    lost |= __builtin_add_overflow(sum.value, sign > 0 ? v : -v, &next) ? 1 : 0;
    sum.value = next;
    rows += sign;
  }
  void add(const decimal_sum& o) {
    add(o.sum.value, 1);
    rows += o.rows - 1;
    lost |= o.lost;
  }
};

template <class State, class T>
result<void> update(const aggregate_overload&, const aggregate_input& in) {
  const auto& argument = *in.arguments[0];
  with_values<T>(argument, [&](auto values) {
    for_each_fed(in, &argument, [&](std::uint32_t i, std::uint32_t row, std::int64_t sign) {
      state_at<State>(in.states[i]).add(values[row], sign);
    });
  });
  return {};
}

template <class State, class T>
void update_groups(const grouped_input& in) {
  const auto& argument = *in.arguments[0];
  with_values<T>(argument, [&](auto values) {
    for_each_grouped<State>(in, &argument, [&](State& state, std::uint32_t row, std::int64_t sign) {
      state.add(values[row], sign);
    });
  });
}

template <class State>
void merge(const aggregate_overload&, char* into, data::blob_heap*, const char* from) {
  state_at<State>(into).add(state_at<State>(from));
}

bool fits(const integer_sum&, const aggregate_overload&) { return true; }
bool fits(const real_sum&, const aggregate_overload&) { return true; }
bool fits(const decimal_sum& s, const aggregate_overload&) {
  return s.lost == 0 && data::decimal_fits(s.sum.value, data::max_decimal_precision);
}
std::int64_t value_of(const integer_sum& s) { return s.sum; }
double value_of(const real_sum& s) { return s.sum; }
data::int128 value_of(const decimal_sum& s) { return s.sum.value; }

template <class State, bool ZeroWhenEmpty>
result<void> emit_sum(const aggregate_overload& o, char* const* states, std::uint32_t count,
                      data::column_builder& out) {
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto& s = state_at<State>(states[i]);
    if ((s.rows == 0 && !ZeroWhenEmpty) || !fits(s, o))
      out.append_null();
    else
      append_as(out, value_of(s));
  }
  return {};
}

void append_mean(const integer_sum& s, const aggregate_overload&, data::column_builder& out) {
  append_as(out, s.sum / s.rows);
}
void append_mean(const real_sum& s, const aggregate_overload&, data::column_builder& out) {
  append_as(out, s.sum / static_cast<double>(s.rows));
}
void append_mean(const decimal_sum& s, const aggregate_overload& o, data::column_builder& out) {
  const auto mean = data::decimal_divide(s.sum.value, o.argument_types[0].scale(), s.rows, 0,
                                         {o.result_type.precision(), o.result_type.scale()});
  if (mean && s.lost == 0)
    out.append(*mean);
  else
    out.append_null();
}

template <class State>
result<void> emit_mean(const aggregate_overload& o, char* const* states, std::uint32_t count,
                       data::column_builder& out) {
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto& s = state_at<State>(states[i]);
    if (s.rows == 0)
      out.append_null();
    else
      append_mean(s, o, out);
  }
  return {};
}

enum class shape : std::uint8_t { sum, sum0, mean };

template <class State, class T>
void fill(aggregate_overload& o, shape what) {
  o.slots = plain_slots<State>();
  o.update = update<State, T>;
  o.merge = merge<State>;
  o.emit = what == shape::sum    ? emit_sum<State, false>
           : what == shape::sum0 ? emit_sum<State, true>
                                 : emit_mean<State>;
}

template <class State, class T>
struct sum_form {
  using state = State;
  using value = T;
};

// Calls `f` with the state and the values of a sum; false for what cannot be added up.
template <class F>
bool with_form(type_id id, F&& f) {
  switch (id) {
    case type_id::tinyint: return f(sum_form<integer_sum, std::int8_t>()), true;
    case type_id::smallint: return f(sum_form<integer_sum, std::int16_t>()), true;
    case type_id::integer: return f(sum_form<integer_sum, std::int32_t>()), true;
    case type_id::bigint: return f(sum_form<integer_sum, std::int64_t>()), true;
    case type_id::float32: return f(sum_form<real_sum, float>()), true;
    case type_id::float64: return f(sum_form<real_sum, double>()), true;
    case type_id::decimal: return f(sum_form<decimal_sum, data::int128>()), true;
    default: return false;
  }
}

result<aggregate_overload> resolve(const call_site& call, shape what, std::string_view signature) {
  if (call.types.size() != 1) return wrong_arguments(call, signature);
  aggregate_overload o;
  auto type = call.types[0].as_nullable();
  if (type.id() == type_id::null) type = data::data_type(type_id::integer);
  const bool known = with_form(type.id(), [&](auto form) {
    fill<typename decltype(form)::state, typename decltype(form)::value>(o, what);
  });
  if (!known) return wrong_arguments(call, signature);
  o.argument_types = {type};
  o.result_type = type;
  if (type.id() == type_id::decimal)
    o.result_type = data::data_type::decimal(
        38, what == shape::mean ? std::max(6, type.scale()) : type.scale());
  if (what == shape::sum0) o.result_type = o.result_type.as_nullable(false);
  return o;
}

}  // namespace

grouped_update grouped_sum(type_id argument) {
  grouped_update found = nullptr;
  (void)with_form(argument, [&](auto form) {
    found = update_groups<typename decltype(form)::state, typename decltype(form)::value>;
  });
  return found;
}

result<aggregate_overload> resolve_sum(const call_site& call, bool) {
  return resolve(call, shape::sum, "SUM([DISTINCT] number)");
}
result<aggregate_overload> resolve_sum0(const call_site& call, bool) {
  return resolve(call, shape::sum0, "$SUM0([DISTINCT] number)");
}
result<aggregate_overload> resolve_average(const call_site& call, bool) {
  return resolve(call, shape::mean, "AVG([DISTINCT] number)");
}

}  // namespace millrace::expr
