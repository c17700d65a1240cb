#include "cli/figures.hpp"

#include <gtest/gtest.h>

namespace millrace::cli {
namespace {

TEST(figures_test, numbers_have_commas) {
  EXPECT_EQ(with_commas(0), "0");
  EXPECT_EQ(with_commas(999), "999");
  EXPECT_EQ(with_commas(1000), "1,000");
  EXPECT_EQ(with_commas(UINT64_MAX), "18,446,744,073,709,551,615");
}

TEST(figures_test, bytes_have_the_unit_that_fits) {
  EXPECT_EQ(bytes_text(1023), "1023 B");
  EXPECT_EQ(bytes_text(1536), "1.5 KiB");
  EXPECT_EQ(bytes_text(3U << 20), "3.0 MiB");
  EXPECT_EQ(bytes_text(std::uint64_t{5} << 50), "5120.0 TiB");
}

TEST(figures_test, spans_have_at_most_two_units) {
  EXPECT_EQ(span_text(999), "999 ms");
  EXPECT_EQ(span_text(3400), "3.4 s");
  EXPECT_EQ(span_text(125'000), "2 min 5 s");
  EXPECT_EQ(span_text(3'720'000), "1 h 2 min");
}

TEST(figures_test, times_are_of_utc) { EXPECT_EQ(when_text(1709208000123), "2024-02-29 12:00:00"); }

TEST(figures_test, shares_are_percent) {
  EXPECT_EQ(share_text(0.374), "37 %");
  EXPECT_EQ(share_text(1), "100 %");
}

}  // namespace
}  // namespace millrace::cli
