#include "core/expr/aggregate/accumulate.hpp"

#include <cmath>

namespace millrace::expr {
namespace {

// Count, mean and sum of squared distances. Source: Welford 1962; merging: Chan, Golub, LeVeque
// 1979.
struct moments {
  double mean;
  double squares;
  std::int64_t rows;
  void add(double v) {
    ++rows;
    const double distance = v - mean;
    mean += distance / static_cast<double>(rows);
    squares += distance * (v - mean);
  }
  void take_back(double v) {
    if (--rows == 0) {
      mean = squares = 0;
      return;
    }
    const double distance = v - mean;
    mean -= distance / static_cast<double>(rows);
    squares -= distance * (v - mean);
  }
};

result<void> update(const aggregate_overload&, const aggregate_input& in) {
  const auto& argument = *in.arguments[0];
  with_values<double>(argument, [&](auto values) {
    for_each_fed(in, &argument, [&](std::uint32_t i, std::uint32_t row, std::int64_t sign) {
      auto& s = state_at<moments>(in.states[i]);
      if (sign > 0)
        s.add(values[row]);
      else
        s.take_back(values[row]);
    });
  });
  return {};
}

void merge(const aggregate_overload&, char* into, data::blob_heap*, const char* from) {
  auto& a = state_at<moments>(into);
  const auto& b = state_at<moments>(from);
  if (b.rows == 0) return;
  const auto n = static_cast<double>(a.rows), m = static_cast<double>(b.rows);
  const double distance = b.mean - a.mean;
  a.squares += b.squares + distance * distance * n * m / (n + m);
  a.mean += distance * m / (n + m);
  a.rows += b.rows;
}

template <bool Sample, bool Root>
result<void> emit(const aggregate_overload&, char* const* states, std::uint32_t count,
                  data::column_builder& out) {
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto& s = state_at<moments>(states[i]);
    const std::int64_t divisor = s.rows - (Sample ? 1 : 0);
    if (divisor <= 0) {
      out.append_null();
      continue;
    }
    const double variance = std::max(0.0, s.squares) / static_cast<double>(divisor);
    append_as(out, Root ? std::sqrt(variance) : variance);
  }
  return {};
}

}  // namespace

result<aggregate_overload> resolve_moment(const call_site& call, bool) {
  const bool root = call.name.starts_with("STDDEV");
  const bool sample = !call.name.ends_with("POP");
  if (call.types.size() != 1 ||
      !(data::is_numeric(call.types[0].id()) || call.types[0].id() == data::type_id::null))
    return wrong_arguments(
        call, "STDDEV_POP(number), STDDEV_SAMP(number), VAR_POP(number), VAR_SAMP(number)");
  aggregate_overload o;
  o.argument_types = {data::data_type(data::type_id::float64)};
  // Like AVG's: integers give integers.
  o.result_type = call.types[0].as_nullable();
  if (o.result_type.id() == data::type_id::decimal || o.result_type.id() == data::type_id::null)
    o.result_type = data::data_type(data::type_id::float64);
  o.slots = plain_slots<moments>();
  o.update = update;
  o.merge = merge;
  if (root)
    o.emit = sample ? emit<true, true> : emit<false, true>;
  else
    o.emit = sample ? emit<true, false> : emit<false, false>;
  return o;
}

}  // namespace millrace::expr
