#include "core/data/decimal.hpp"

#include <gtest/gtest.h>

#include <random>

namespace millrace::data {
namespace {

constexpr decimal_shape wide_shape{38, 10};

std::string text_of(std::optional<int128> v, std::int32_t scale) {
  std::string out;
  v ? append_decimal(out, *v, scale) : void(out = "NULL");
  return out;
}

int128 value_of(std::string_view text, std::int32_t scale) {
  return parse_decimal(text, {38, scale}).value();
}

// Operands with their own scales, the result in Flink's shape of operands (p1, s1), (p2, s2).
struct operand {
  std::string_view text;
  decimal_shape shape;
  [[nodiscard]] int128 value() const { return value_of(text, shape.scale); }
};

std::string product(operand a, operand b) {
  const auto to = decimal_product_shape(a.shape, b.shape);
  return text_of(decimal_multiply(a.value(), a.shape.scale, b.value(), b.shape.scale, to),
                 to.scale);
}
std::string ratio(operand a, operand b) {
  const auto to = decimal_quotient_shape(a.shape, b.shape);
  return text_of(decimal_divide(a.value(), a.shape.scale, b.value(), b.shape.scale, to), to.scale);
}
std::string sum(operand a, operand b) {
  const auto to = decimal_sum_shape(a.shape, b.shape);
  return text_of(decimal_add(a.value(), a.shape.scale, b.value(), b.shape.scale, to), to.scale);
}
std::string rest(operand a, operand b) {
  const auto to = decimal_remainder_shape(a.shape, b.shape);
  return text_of(decimal_remainder(a.value(), a.shape.scale, b.value(), b.shape.scale, to),
                 to.scale);
}

// What Flink answered: golden cases decimal_arith and decimal_wide.
TEST(decimal, arithmetic_is_flinks) {
  constexpr decimal_shape d{10, 2}, w{38, 10}, x{30, 5}, y{20, 0}, integer{10, 0};
  EXPECT_EQ(ratio({"-3394.22", d}, {"3", integer}), "-1131.4066666666667");
  EXPECT_EQ(ratio({"-3394.22", d}, {"7.0", {2, 1}}), "-484.888571");
  EXPECT_EQ(rest({"-3394.22", d}, {"7", integer}), "-6.22");
  EXPECT_EQ(product({"-3394.22", d}, {"-3394.22", d}), "11520729.4084");
  EXPECT_EQ(product({"-3394.22", w}, {"-3394.22", x}), "11520729.408400");
  EXPECT_EQ(ratio({"-3394.22", w}, {"-3394.22", x}), "1.000000");
  EXPECT_EQ(sum({"-3394.22", x}, {"-3394.22", w}), "-6788.440000000");
  EXPECT_EQ(product({"9223372036854775808", y}, {"-9223372036854775808", y}),
            "-85070591730234615865843651857942052864");
  EXPECT_EQ(ratio({"-9223372036854775808", y}, {"3", integer}), "-3074457345618258602.66666666667");
  EXPECT_EQ(rest({"-3394.22", w}, {"1000", integer}), "-394.2200000000");
}

TEST(decimal, shapes_give_fraction_away_first) {
  EXPECT_EQ(decimal_product_shape({30, 20}, {30, 20}), (decimal_shape{38, 17}));
  EXPECT_EQ(decimal_product_shape({38, 2}, {38, 3}), (decimal_shape{38, 5}));
  EXPECT_EQ(decimal_quotient_shape({32, 8}, {38, 8}), (decimal_shape{38, 6}));
  EXPECT_EQ(decimal_quotient_shape({30, 20}, {30, 20}), (decimal_shape{38, 8}));
  EXPECT_EQ(decimal_remainder_shape({30, 10}, {30, 10}), (decimal_shape{30, 10}));
  EXPECT_EQ(decimal_round_shape({6, 5}, 3), (decimal_shape{5, 3}));
}

TEST(decimal, too_many_digits_are_null) {
  const operand most{"99999999999999999999999999999999999999", {38, 0}};
  EXPECT_EQ(sum(most, most), "NULL");
  EXPECT_EQ(product(most, most), "NULL");
  EXPECT_EQ(product(most, {"1", {1, 0}}), most.text);
  EXPECT_EQ(ratio(most, {"0.00000000000000000000000000000000000001", {38, 38}}), "NULL");
  EXPECT_EQ(decimal_rescale(1234, 0, {3, 0}), std::nullopt);
  EXPECT_EQ(decimal_rescale(1, 0, {38, 38}), std::nullopt);
}

// Small operands against 128-bit arithmetic done directly.
TEST(decimal, division_and_remainder_agree_with_plain_integers) {
  std::mt19937_64 random(7);
  for (int i = 0; i < 5000; ++i) {
    const int128 a = static_cast<std::int64_t>(random()) >> (random() % 60);
    int128 b = static_cast<std::int64_t>(random()) >> (random() % 60);
    if (b == 0) b = 3;
    const int128 scaled = (a < 0 ? -a : a) * pow10(10), by = b < 0 ? -b : b;
    const int128 rounded = (2 * scaled + by) / (2 * by);
    EXPECT_EQ(decimal_divide(a, 0, b, 0, wide_shape), (a < 0) != (b < 0) ? -rounded : rounded);
    EXPECT_EQ(decimal_remainder(a, 0, b, 0, {38, 0}), a % b);
  }
}

// (a * b) / b = a for operands of every size.
TEST(decimal, wide_products_divide_back) {
  std::mt19937_64 random(11);
  for (int i = 0; i < 5000; ++i) {
    const int128 full = (static_cast<int128>(random() >> 2) << 64) | random();
    const int128 a = full % pow10(1 + static_cast<std::int32_t>(random() % 38)) + 1;
    const int128 b = full % pow10(19 + static_cast<std::int32_t>(random() % 19)) + 1;
    // a * b at scale 38 + 19 brought to scale 19, divided by b at scale 38.
    const auto p = decimal_multiply(a, 19, b, 38, {38, 38});
    if (!p) continue;
    const auto back = decimal_divide(*p, 38, b, 38, {38, 19});
    ASSERT_TRUE(back);
    const int128 off = *back - a;
    EXPECT_LE(off < 0 ? -off : off, pow10(38) / b / pow10(19) + 1) << i;
  }
}

TEST(decimal, sums_beyond_128_bits_are_exact_before_they_are_rounded) {
  const operand large{"10000000000000000000000000000000", {38, 0}};
  const operand small{"-0.00000049999999999999999999999999999999", {38, 38}};
  EXPECT_EQ(sum(large, small), "10000000000000000000000000000000.000000");
  EXPECT_EQ(sum(small, large), "10000000000000000000000000000000.000000");
  EXPECT_EQ(sum(large, {"-0.00000050000000000000000000000000000001", {38, 38}}),
            "9999999999999999999999999999999.999999");
}

TEST(decimal, text_is_rounded_half_up) {
  EXPECT_EQ(text_of(parse_decimal("1.005", {5, 2}), 2), "1.01");
  EXPECT_EQ(text_of(parse_decimal("-1.005", {5, 2}), 2), "-1.01");
  EXPECT_EQ(text_of(parse_decimal("0.5", {5, 0}), 0), "1");
  EXPECT_EQ(text_of(parse_decimal("1e3", {5, 1}), 1), "1000.0");
  EXPECT_EQ(text_of(parse_decimal("12E-3", {5, 2}), 2), "0.01");
  EXPECT_EQ(text_of(parse_decimal("0.00000000000000000000000000000000000000000000001", {5, 2}), 2),
            "0.00");
  EXPECT_EQ(text_of(parse_decimal("999.995", {5, 2}), 2), "NULL");
  for (const auto bad : {"", "-", ".", "1.2.3", "1e", "x", " 1", "1 ", "0x1", "1e99999999999"})
    EXPECT_EQ(parse_decimal(bad, {38, 0}), std::nullopt) << bad;
}

TEST(decimal, doubles_go_through_their_shortest_text) {
  EXPECT_EQ(text_of(decimal_from_double(0.1, {20, 18}), 18), "0.100000000000000000");
  EXPECT_EQ(decimal_from_double(1e40, {38, 0}), std::nullopt);
  EXPECT_EQ(decimal_from_double(std::numeric_limits<double>::quiet_NaN(), {38, 0}), std::nullopt);
  EXPECT_EQ(decimal_to_double(12345, 2), 123.45);
  EXPECT_EQ(decimal_to_double(value_of("0.1", 38), 38), 0.1);
  EXPECT_EQ(decimal_to_double(value_of("-12345678901234567890123", 0), 0),
            -12345678901234567890123.0);
}

TEST(decimal, comparison_over_scales) {
  EXPECT_EQ(decimal_compare(10, 1, 1, 0), 0);
  EXPECT_EQ(decimal_compare(-10, 1, -11, 1), 1);
  EXPECT_EQ(decimal_compare(pow10(38) - 1, 0, 1, 38), 1);
  EXPECT_EQ(decimal_compare(-1, 38, 0, 0), -1);
}

}  // namespace
}  // namespace millrace::data
