#include "core/expr/families.hpp"
#include "core/expr/kernel.hpp"
#include "core/expr/resolve.hpp"
#include "core/expr/string/text_kernel.hpp"

#include <cmath>
#include <numbers>

namespace millrace::expr {
namespace {

using data::data_type;
using data::type_id;

using one_argument = double (*)(double);
using two_arguments = double (*)(double, double);

template <one_argument F>
result<data::column_ptr> of_one(const kernel_call& call) {
  return map_values<double, double>(call, [](double v) { return F(v); });
}
template <two_arguments F>
result<data::column_ptr> of_two(const kernel_call& call) {
  return map_pairs<double, double, double>(call, [](double a, double b) { return F(a, b); });
}

template <one_argument F>
result<scalar_overload> resolve_one(const call_site& site) {
  MILLRACE_CHECK(expect_arguments(site, 1, 1));
  if (!takes_number(site.types[0]) && !is_text(site.types[0]))
    return wrong_types(site, "f(number)");
  return strict({of(type_id::float64)}, of(type_id::float64), site, of_one<F>);
}
template <two_arguments F>
result<scalar_overload> resolve_two(const call_site& site) {
  MILLRACE_CHECK(expect_arguments(site, 2, 2));
  for (const auto& t : site.types)
    if (!takes_number(t) && !is_text(t)) return wrong_types(site, "f(number, number)");
  return strict({of(type_id::float64), of(type_id::float64)}, of(type_id::float64), site,
                of_two<F>);
}

double cotangent(double v) { return 1.0 / std::tan(v); }
double degrees(double v) { return v * 180.0 / std::numbers::pi; }
double radians(double v) { return v / 180.0 * std::numbers::pi; }
double log_of_base(double base, double v) { return std::log(v) / std::log(base); }

double sine(double v) { return std::sin(v); }
double cosine(double v) { return std::cos(v); }
double tangent(double v) { return std::tan(v); }
double arc_sine(double v) { return std::asin(v); }
double arc_cosine(double v) { return std::acos(v); }
double arc_tangent(double v) { return std::atan(v); }
double arc_tangent2(double a, double b) { return std::atan2(a, b); }
double hyperbolic_sine(double v) { return std::sinh(v); }
double hyperbolic_cosine(double v) { return std::cosh(v); }
double hyperbolic_tangent(double v) { return std::tanh(v); }
double exponential(double v) { return std::exp(v); }
double natural_log(double v) { return std::log(v); }
double log_base_10(double v) { return std::log10(v); }
double log_base_2(double v) { return std::log2(v); }
double square_root(double v) { return std::sqrt(v); }
double power(double a, double b) { return std::pow(a, b); }

result<scalar_overload> resolve_log(const call_site& site) {
  if (site.types.size() == 1) return resolve_one<natural_log>(site);
  return resolve_two<log_of_base>(site);
}

template <bool Pi>
result<data::column_ptr> constant(const kernel_call& call) {
  values_writer<double> out(call.result_type, 1);
  out.at[0] = Pi ? std::numbers::pi : std::numbers::e;
  return data::constant_of(*out.column, 0, call.rows.stored);
}
template <bool Pi>
result<scalar_overload> resolve_constant(const call_site& site) {
  MILLRACE_CHECK(expect_arguments(site, 0, 0));
  scalar_overload o;
  o.result_type = data_type(type_id::float64, false);
  o.kernel = constant<Pi>;
  return o;
}

// SplitMix64: one step of a sequence that a seed begins.
std::uint64_t next_random(std::uint64_t& state) {
  std::uint64_t z = (state += 0x9e3779b97f4a7c15ULL);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}

result<data::column_ptr> rand(const kernel_call& call) {
  values_writer<double> out(call.result_type, call.rows.stored);
  call.rows.for_each([&](std::uint32_t row) {
    out.at[row] = static_cast<double>(next_random(call.context.random_seed) >> 11) * 0x1p-53;
  });
  return data::column_ptr(out.column);
}

// The bound is the last argument; none below 1 is possible.
result<data::column_ptr> rand_integer(const kernel_call& call) {
  values_writer<std::int32_t> out(call.result_type, call.rows.stored);
  const any_values<std::int32_t> bound(*call.arguments.back());
  const bool possible = try_each_valid(call, [&](std::uint32_t row) {
    if (bound[row] <= 0) return false;
    const auto r = next_random(call.context.random_seed) >> 33;
    out.at[row] = static_cast<std::int32_t>(r % static_cast<std::uint64_t>(bound[row]));
    return true;
  });
  if (!possible)
    return make_error(errc::runtime_bad_argument, "RAND_INTEGER needs a bound above 0");
  return data::column_ptr(out.column);
}

result<data::column_ptr> uuid(const kernel_call& call) {
  static constexpr char digits[] = "0123456789abcdef";
  text_writer out(call.result_type, call.rows.stored, std::size_t{call.rows.count} * 36);
  call.rows.for_each([&](std::uint32_t row) {
    std::uint64_t high = next_random(call.context.random_seed);
    std::uint64_t low = next_random(call.context.random_seed);
    // Version 4, variant 1 (RFC 4122).
    high = (high & ~0xf000ULL) | 0x4000ULL;
    low = (low & ~(3ULL << 62)) | (1ULL << 63);
    char* to = out.room(row, 36);
    for (int i = 0, digit = 0; i < 36; ++i) {
      if (i == 8 || i == 13 || i == 18 || i == 23) {
        to[i] = '-';
        continue;
      }
      const std::uint64_t half = digit < 16 ? high : low;
      to[i] = digits[(half >> (60 - 4 * (digit % 16))) & 15];
      ++digit;
    }
    out.commit(36);
  });
  return out.finish();
}

scalar_overload random_overload(std::vector<data_type> arguments, const data_type& type,
                                scalar_kernel kernel) {
  scalar_overload o;
  o.argument_types = std::move(arguments);
  o.result_type = type.as_nullable(false);
  o.kernel = kernel;
  o.deterministic = false;
  return o;
}
result<scalar_overload> resolve_rand(const call_site& site) {
  MILLRACE_CHECK(expect_arguments(site, 0, 1));
  return random_overload(std::vector<data_type>(site.types.size(), of(type_id::integer)),
                         of(type_id::float64), rand);
}
result<scalar_overload> resolve_rand_integer(const call_site& site) {
  MILLRACE_CHECK(expect_arguments(site, 1, 2));
  auto o = random_overload(std::vector<data_type>(site.types.size(), of(type_id::integer)),
                           of(type_id::integer), rand_integer);
  o.null_in_null_out = true;
  o.result_type = o.result_type.as_nullable(any_nullable(site.types));
  o.can_fail = true;
  return o;
}
result<scalar_overload> resolve_uuid(const call_site& site) {
  MILLRACE_CHECK(expect_arguments(site, 0, 0));
  return random_overload({}, data_type(type_id::character).with_precision(36), uuid);
}

constexpr std::string_view family = "arithmetic";

constexpr scalar_function table[] = {
    {"POWER", family, "POWER(a, b)", "a to the power of b.", resolve_two<power>},
    {"SQRT", family, "SQRT(a)", "The square root.", resolve_one<square_root>},
    {"EXP", family, "EXP(a)", "e to the power of a.", resolve_one<exponential>},
    {"LN", family, "LN(a)", "The natural logarithm.", resolve_one<natural_log>},
    {"LOG10", family, "LOG10(a)", "The logarithm to base 10.", resolve_one<log_base_10>},
    {"LOG2", family, "LOG2(a)", "The logarithm to base 2.", resolve_one<log_base_2>},
    {"LOG", family, "LOG([base,] a)", "The logarithm; natural without a base.", resolve_log},
    {"SIN", family, "SIN(a)", "Sine.", resolve_one<sine>},
    {"COS", family, "COS(a)", "Cosine.", resolve_one<cosine>},
    {"TAN", family, "TAN(a)", "Tangent.", resolve_one<tangent>},
    {"COT", family, "COT(a)", "Cotangent.", resolve_one<cotangent>},
    {"ASIN", family, "ASIN(a)", "Arc sine.", resolve_one<arc_sine>},
    {"ACOS", family, "ACOS(a)", "Arc cosine.", resolve_one<arc_cosine>},
    {"ATAN", family, "ATAN(a)", "Arc tangent.", resolve_one<arc_tangent>},
    {"ATAN2", family, "ATAN2(y, x)", "Arc tangent of a point.", resolve_two<arc_tangent2>},
    {"SINH", family, "SINH(a)", "Hyperbolic sine.", resolve_one<hyperbolic_sine>},
    {"COSH", family, "COSH(a)", "Hyperbolic cosine.", resolve_one<hyperbolic_cosine>},
    {"TANH", family, "TANH(a)", "Hyperbolic tangent.", resolve_one<hyperbolic_tangent>},
    {"DEGREES", family, "DEGREES(a)", "Radians in degrees.", resolve_one<degrees>},
    {"RADIANS", family, "RADIANS(a)", "Degrees in radians.", resolve_one<radians>},
    {"PI", family, "PI()", "3.14159...", resolve_constant<true>},
    {"E", family, "E()", "2.71828...", resolve_constant<false>},
    {"RAND", family, "RAND([seed])", "A random number from 0 to below 1.", resolve_rand},
    {"RAND_INTEGER", family, "RAND_INTEGER([seed,] bound)",
     "A random integer from 0 to below the bound.", resolve_rand_integer},
    {"UUID", family, "UUID()", "A random UUID of version 4.", resolve_uuid},
};

}  // namespace

std::span<const scalar_function> math_functions() { return table; }

}  // namespace millrace::expr
