#include "tests/support/snapshot_store_contract.hpp"

#include <unistd.h>
#include <atomic>
#include <cstdlib>

// The contract of checkpoint storage over a server of S3. s3.py starts one and says where it is by
// AWS's variables; MILLRACE_S3_LOCATION is the bucket and prefix to use.
namespace millrace::state {
namespace {

store_place new_prefix() {
  static std::atomic<int> count = 0;
  const char* location = std::getenv("MILLRACE_S3_LOCATION");
  EXPECT_NE(location, nullptr) << "run by tests/e2e/s3/s3.py";
  store_place place;
  place.location = std::string(location == nullptr ? "s3://none" : location) + "/" +
                   std::to_string(::getpid()) + "-" + std::to_string(count++);
  place.storage = {{"s3.retry.interval", "1 ms"},
                   {"s3.attempts.maximum", "12"},
                   {"s3.upload.min.part.size", "5 mb"}};
  return place;
}

INSTANTIATE_TEST_SUITE_P(s3, snapshot_store_contract, ::testing::Values(&new_prefix));

option_map with(std::initializer_list<std::pair<const std::string, std::string>> more) {
  option_map all = new_prefix().storage;
  for (const auto& [key, value] : more) all[key] = value;
  return all;
}

TEST(s3_access, says_what_is_wrong_with_a_key_and_does_not_print_it) {
  const auto place = new_prefix();
  const auto folder =
      open_folder(place.location, with({{"s3.secret-key", "not-the-secret"}})).value();
  const auto failed = folder->replace("x", "y");
  ASSERT_FALSE(failed.ok());
  EXPECT_EQ(failed.error().code, errc::state_io);
  EXPECT_NE(failed.error().message.find("403"), std::string::npos) << failed.error().message;
  EXPECT_EQ(to_text(failed.error()).find("not-the-secret"), std::string::npos);
}

TEST(s3_access, gives_up_on_a_server_that_is_not_there) {
  const auto folder =
      open_folder("s3://bucket/x",
                  with({{"s3.endpoint", "http://127.0.0.1:1"}, {"s3.attempts.maximum", "3"}}))
          .value();
  EXPECT_EQ(folder->replace("x", "y").error().code, errc::state_io);
}

TEST(s3_access, takes_names_that_have_to_be_escaped) {
  const auto place = new_prefix();
  const auto folder = open_folder(place.location + "/a b+c&d=e/\xC3\xA4", place.storage).value();
  ASSERT_TRUE(folder->replace("one/x y", "1").ok());
  EXPECT_EQ(read_object(*folder, "one/x y", 10).value(), "1");
  EXPECT_EQ(folder->folders().value(), std::vector<std::string>{"one"});
  EXPECT_EQ(folder->names_in("one").value(), std::vector<std::string>{"x y"});
  ASSERT_TRUE(folder->replace("empty", "").ok());
  EXPECT_EQ(read_object(*folder, "empty", 10).value(), "");
}

TEST(s3_access, lists_more_than_a_page) {
  const auto place = new_prefix();
  const auto folder = open_folder(place.location, place.storage).value();
  for (int i = 0; i < 120; ++i) {
    ASSERT_TRUE(folder->replace("many/" + std::to_string(1000 + i), "x").ok());
  }
  EXPECT_EQ(folder->names_in("many").value().size(), 120U);
  folder->remove_folder("many");
  EXPECT_TRUE(folder->names_in("many").value().empty());
}

TEST(s3_access, removes_uploads_that_were_given_up) {
  const auto place = new_prefix();
  const auto folder = open_folder(place.location, place.storage).value();
  const std::string part(6 << 20, 'x');
  {
    const auto given_up = folder->create("large").value();
    ASSERT_TRUE(given_up->write(part).ok());
  }
  EXPECT_FALSE(has_object(*folder, "large").value());
  auto cut_off = folder->create("large").value();
  ASSERT_TRUE(cut_off->write(part).ok());
  folder->remove_leftovers();
  EXPECT_FALSE(has_object(*folder, "large").value());
}

}  // namespace
}  // namespace millrace::state
