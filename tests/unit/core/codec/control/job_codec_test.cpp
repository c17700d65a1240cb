#include "core/codec/control/job_codec.hpp"

#include "tests/support/control/control_samples.hpp"

#include <gtest/gtest.h>

#include <random>

namespace millrace::codec {
namespace {

using namespace coordination;
using tests::full_job_entry;

errc code_after(const job_entry& entry) {
  const auto back = decode_job(encode_job(entry));
  return back.ok() ? errc{0} : back.error().code;
}

TEST(job_codec, an_entry_comes_back_as_it_was) {
  const auto entry = full_job_entry();
  const auto back = decode_job(encode_job(entry));
  ASSERT_TRUE(back.ok()) << to_text(back.error());
  EXPECT_EQ(encode_job(*back), encode_job(entry));
  EXPECT_EQ(back->name, entry.name);
  EXPECT_EQ(back->definition.id, entry.definition.id);
  EXPECT_EQ(back->definition.settings, entry.definition.settings);
  EXPECT_EQ(back->savepoint, entry.savepoint);
  EXPECT_EQ(back->phase, entry.phase);
  EXPECT_EQ(back->attempt, entry.attempt);
  EXPECT_EQ(back->restarts, entry.restarts);
  EXPECT_EQ(back->submitted_at, entry.submitted_at);
  EXPECT_EQ(back->started_at, entry.started_at);
  EXPECT_EQ(back->ended_at, entry.ended_at);
  ASSERT_EQ(back->exceptions.size(), 2U);
  EXPECT_EQ(back->exceptions[0].at, entry.exceptions[0].at);
  EXPECT_EQ(back->exceptions[0].attempt, 6U);
  EXPECT_EQ(back->exceptions[0].worker, "worker-1");
  EXPECT_EQ(back->exceptions[0].task, "Calc (1)");
  EXPECT_EQ(back->exceptions[1].cause.at, entry.exceptions[1].cause.at);
}

TEST(job_codec, refuses_what_cannot_be) {
  auto entry = full_job_entry();
  EXPECT_EQ(code_after(entry), errc{0});
  entry.definition.id = "../x";
  EXPECT_EQ(code_after(entry), errc::state_corrupt);
  entry = full_job_entry();
  entry.savepoint = "../x";
  EXPECT_EQ(code_after(entry), errc::state_corrupt);
  entry = full_job_entry();
  entry.phase = static_cast<job_phase>(7);
  EXPECT_EQ(code_after(entry), errc::state_corrupt);
}

TEST(job_codec, takes_the_last_exceptions_of_many) {
  auto entry = full_job_entry();
  entry.exceptions.resize(kept_exceptions + 5);
  entry.exceptions.back().worker = "last";
  const auto back = decode_job(encode_job(entry));
  ASSERT_TRUE(back.ok());
  ASSERT_EQ(back->exceptions.size(), kept_exceptions);
  EXPECT_EQ(back->exceptions.back().worker, "last");
}

TEST(job_codec, damaged_entries_never_crash) {
  const std::string good = encode_job(full_job_entry());
  for (std::size_t length = 0; length < good.size(); ++length) {
    EXPECT_FALSE(decode_job(std::string(good, 0, length)).ok()) << length;
  }
  std::mt19937_64 random(20240229);
  int refused = 0;
  for (int i = 0; i < 5'000; ++i) {
    std::string bytes = good;
    for (auto flips = 1 + random() % 4; flips > 0; --flips) {
      bytes[random() % bytes.size()] ^= static_cast<char>(1 << (random() % 8));
    }
    const auto back = decode_job(bytes);
    if (back.ok()) continue;
    ++refused;
    EXPECT_EQ(back.error().code, errc::state_corrupt);
  }
  EXPECT_GT(refused, 500);
}

}  // namespace
}  // namespace millrace::codec
