#include "core/base/late_library.hpp"

#include <gtest/gtest.h>

namespace millrace {
namespace {

TEST(late_library, finds_functions) {
  late_library m("libm.so.6");
  double (*cosine)(double) = nullptr;
  m.find("cos", cosine);
  EXPECT_EQ(m.trouble(), "");
  ASSERT_NE(cosine, nullptr);
  EXPECT_EQ(cosine(0), 1);
}

TEST(late_library, names_the_first_function_that_it_lacks) {
  late_library m("libm.so.6");
  void (*none)() = [] {};
  m.find("no_such_function", none);
  m.find("nor_this_one", none);
  EXPECT_EQ(none, nullptr);
  EXPECT_EQ(m.trouble(), "it lacks no_such_function");
}

TEST(late_library, says_why_it_is_not_there) {
  late_library nowhere("libmillrace-nowhere.so");
  void (*none)() = [] {};
  nowhere.find("anything", none);
  EXPECT_EQ(none, nullptr);
  EXPECT_NE(nowhere.trouble().find("libmillrace-nowhere.so"), std::string::npos);
}

}  // namespace
}  // namespace millrace
