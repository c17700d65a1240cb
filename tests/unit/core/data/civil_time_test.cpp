#include "core/data/civil_time.hpp"

#include <gtest/gtest.h>

namespace millrace::data {
namespace {

static_assert(days_from_civil({1970, 1, 1}) == 0);
static_assert(days_from_civil({2000, 3, 1}) == 11017);
static_assert(civil_from_days(-1) == civil_date{1969, 12, 31});

std::string timestamp(std::int64_t ticks, std::int32_t precision,
                      fraction_digits digits = fraction_digits::all) {
  std::string out;
  append_timestamp(out, ticks, precision, digits);
  return out;
}

TEST(civil_time, every_day_of_a_thousand_years_follows_the_one_before) {
  civil_date d{1599, 12, 31};
  for (std::int64_t day = days_from_civil(d); d.year < 2600; ++day) {
    ASSERT_EQ(civil_from_days(day), d);
    ASSERT_EQ(days_from_civil(d), day);
    if (++d.day > days_in_month(d.year, d.month)) {
      d.day = 1;
      if (++d.month > 12) d = {d.year + 1, 1, 1};
    }
  }
}

TEST(civil_time, far_years) {
  for (const std::int64_t year : {-400'000, -1, 0, 1, 9999, 400'000})
    for (const std::int32_t month : {1, 2, 3, 12}) {
      const civil_date d{year, month, 28};
      EXPECT_EQ(civil_from_days(days_from_civil(d)), d);
    }
}

TEST(civil_time, weeks_and_months) {
  const auto leap_day = days_from_civil({2024, 2, 29});
  EXPECT_EQ(day_of_week(leap_day), 5);
  EXPECT_EQ(day_of_year(leap_day), 60);
  EXPECT_EQ(iso_week_of(days_from_civil({2021, 1, 3})).week, 53);
  EXPECT_EQ(iso_week_of(days_from_civil({2021, 1, 3})).year, 2020);
  EXPECT_EQ(iso_week_of(days_from_civil({2021, 1, 4})).week, 1);
  EXPECT_EQ(add_months(leap_day, 12), days_from_civil({2025, 2, 28}));
  EXPECT_EQ(add_months(leap_day, -3), days_from_civil({2023, 11, 29}));
}

TEST(civil_time, fractions_by_precision_or_by_need) {
  EXPECT_EQ(timestamp(1'709'210'096'700, 3), "2024-02-29 12:34:56.700");
  EXPECT_EQ(timestamp(1'709'210'096'700, 3, fraction_digits::needed), "2024-02-29 12:34:56.7");
  EXPECT_EQ(timestamp(1'709'210'096'000, 3, fraction_digits::needed), "2024-02-29 12:34:56");
  EXPECT_EQ(timestamp(-1, 3), "1969-12-31 23:59:59.999");
  EXPECT_EQ(timestamp(-1, 9), "1969-12-31 23:59:59.999999999");
  EXPECT_EQ(timestamp(700, 1), "1970-01-01 00:00:00.7");
  EXPECT_EQ(timestamp(0, 0), "1970-01-01 00:00:00");
}

TEST(civil_time, dates_parse_as_in_flink) {
  const auto leap_day = days_from_civil({2024, 2, 29});
  EXPECT_EQ(parse_date("2024-02-29"), leap_day);
  EXPECT_EQ(parse_date("2024-2-29 12:34"), leap_day);
  EXPECT_EQ(parse_date("2024"), days_from_civil({2024, 1, 1}));
  for (const auto bad : {"", "2023-02-29", "2024-13-01", "x", "2024-02-30", "10000-01-01"})
    EXPECT_EQ(parse_date(bad), std::nullopt) << bad;
}

TEST(civil_time, timestamps_parse_as_in_flink) {
  const std::int64_t day = days_from_civil({2023, 2, 28}) * ms_per_day;
  EXPECT_EQ(parse_timestamp("2023-02-29", 3), day);
  EXPECT_EQ(parse_timestamp("2023-2-28 1:2:3.4", 3), day + 3'723'400);
  EXPECT_EQ(parse_timestamp("2023-02-28 00:00:00.123456789", 3), day + 123);
  EXPECT_EQ(parse_timestamp("2023-02-28 00:00:00.129", 2), day + 120);
  EXPECT_EQ(parse_timestamp("2023-02-28 00:00:00.123456789", 9), day * 1'000'000 + 123'456'789);
  EXPECT_EQ(parse_timestamp("2023-02-28 24:00:00", 3), day + ms_per_day);
  for (const auto bad : {"", "garbage", "2024-02-29T12:34:56", "2024-02-29 12:34", "29/02/2024",
                         "2024-02-29 24:00:01", " 2024-02-29", "2024-02-29 12:34:56 ", "2024-13-01",
                         "2024-02-32", "20240229"})
    EXPECT_EQ(parse_timestamp(bad, 3), std::nullopt) << bad;
  EXPECT_EQ(parse_timestamp("2300-01-01", 9), std::nullopt);
}

TEST(civil_time, times_and_precisions) {
  EXPECT_EQ(parse_time("23:30:00"), 84'600'000);
  EXPECT_EQ(parse_time("1:2:3.0000000009"), 3'723'000);
  EXPECT_EQ(parse_time("12:34:5678"), std::nullopt);
  EXPECT_EQ(parse_time("24:00:00"), std::nullopt);
  EXPECT_EQ(rescale_ticks(-1'500'001, 9, 3), -2);
  EXPECT_EQ(rescale_ticks(1'259, 3, 1), 1'200);
  EXPECT_EQ(rescale_ticks(5, 3, 9), 5'000'000);
}

}  // namespace
}  // namespace millrace::data
