#include "core/codec/control/control_codec.hpp"

#include "core/base/state_errors.hpp"
#include "tests/support/control/control_samples.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

namespace millrace::codec {
namespace {

using namespace coordination;
using tests::control_samples;

errc refusal_of(const std::string& bytes) {
  const auto back = decode_control(bytes);
  return back.ok() ? errc{0} : back.error().code;
}

template <class Body>
errc code_of(Body body) {
  return refusal_of(encode_control({1, std::move(body)}));
}

template <class Body>
Body round_trip(Body body) {
  auto back = decode_control(encode_control({1, std::move(body)}));
  EXPECT_TRUE(back.ok()) << (back.ok() ? "" : to_text(back.error()));
  return std::get<Body>(std::move(back->body));
}

TEST(control_codec, every_message_comes_back_as_it_was) {
  std::set<std::size_t> kinds;
  for (const auto& message : control_samples()) {
    const std::string bytes = encode_control(message);
    const auto back = decode_control(bytes);
    ASSERT_TRUE(back.ok()) << message.body.index() << ": " << to_text(back.error());
    EXPECT_EQ(back->epoch, message.epoch);
    EXPECT_EQ(back->body.index(), message.body.index());
    EXPECT_EQ(encode_control(*back), bytes) << message.body.index();
    kinds.insert(message.body.index());
  }
  EXPECT_EQ(kinds.size(), std::variant_size_v<control_body>);
}

TEST(control_codec, a_deploy_order_keeps_its_fields) {
  const auto sent = tests::full_deploy_order();
  const auto back = round_trip(sent);
  EXPECT_EQ(back.attempt, sent.attempt);
  EXPECT_EQ(back.job.id, sent.job.id);
  EXPECT_EQ(back.job.script, sent.job.script);
  EXPECT_EQ(back.job.settings, sent.job.settings);
  EXPECT_EQ(back.job.ordinal, sent.job.ordinal);
  EXPECT_EQ(back.job.plan_digest, sent.job.plan_digest);
  ASSERT_EQ(back.peers.size(), 2U);
  EXPECT_EQ(back.peers[1].name, "worker-2");
  EXPECT_EQ(back.peers[1].data_endpoint, "tcp://10.0.0.2:7001");
  EXPECT_EQ(back.places, sent.places);
  EXPECT_EQ(back.restore, sent.restore);
  EXPECT_EQ(back.savepoint, sent.savepoint);
  EXPECT_EQ(back.random_seed, sent.random_seed);
}

TEST(control_codec, a_state_report_keeps_its_fields) {
  const auto sent = tests::full_state_report();
  const auto back = round_trip(sent);
  EXPECT_EQ(back.task, sent.task);
  EXPECT_EQ(back.checkpoint, sent.checkpoint);
  EXPECT_EQ(back.watermark, sent.watermark);
  ASSERT_EQ(back.states.size(), 2U);
  EXPECT_EQ(back.states[1].files, sent.states[1].files);
  EXPECT_EQ(back.states[1].range.max_parallelism, 256U);
  EXPECT_EQ(back.states[1].tables[0].slots, sent.states[1].tables[0].slots);
  ASSERT_EQ(back.splits.size(), 2U);
  EXPECT_EQ(back.splits[0].position, sent.splits[0].position);
  EXPECT_EQ(back.finished_splits, sent.finished_splits);
  EXPECT_EQ(back.committables, sent.committables);
  ASSERT_TRUE(back.failure.has_value());
  EXPECT_EQ(back.failure->code, errc::state_io);
  EXPECT_EQ(back.failure->hint, "free some");
}

TEST(control_codec, small_messages_keep_their_fields) {
  const auto greeting = round_trip(worker_greeting{"w", "tcp://a:1", "tcp://a:2", 4, "0.1", "t"});
  EXPECT_EQ(greeting.name, "w");
  EXPECT_EQ(greeting.control_endpoint, "tcp://a:1");
  EXPECT_EQ(greeting.data_endpoint, "tcp://a:2");
  EXPECT_EQ(greeting.slots, 4U);
  EXPECT_EQ(greeting.version, "0.1");
  EXPECT_EQ(greeting.token, "t");
  const data::barrier barrier{checkpoint_id(7), 17, false, true, false, 250};
  EXPECT_EQ(round_trip(barrier_order{3, 1, barrier}).barrier, barrier);
  const auto report = round_trip(
      task_report{3, 1, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120, {{4, 1, 2, 3, 5, 6}}});
  EXPECT_EQ(report.rows_in, 10U);
  EXPECT_EQ(report.rows_out, 20U);
  EXPECT_EQ(report.watermark, 30);
  EXPECT_EQ(report.busy_us, 40U);
  EXPECT_EQ(report.backpressured_us, 50U);
  EXPECT_EQ(report.state_bytes, 60U);
  EXPECT_EQ(report.idle_us, 70U);
  EXPECT_EQ(report.queued_bytes, 80U);
  EXPECT_EQ(report.received_rows, 90U);
  EXPECT_EQ(report.received_bytes, 100U);
  EXPECT_EQ(report.sent_rows, 110U);
  EXPECT_EQ(report.sent_bytes, 120U);
  ASSERT_EQ(report.operators.size(), 1U);
  EXPECT_EQ(report.operators[0].node, 4U);
  EXPECT_EQ(report.operators[0].rows_in, 1U);
  EXPECT_EQ(report.operators[0].rows_out, 2U);
  EXPECT_EQ(report.operators[0].late_rows, 3U);
  EXPECT_EQ(report.operators[0].rejected_rows, 5U);
  EXPECT_EQ(report.operators[0].null_key_rows, 6U);
  EXPECT_TRUE(round_trip(settle_order{3, checkpoint_id(7), true}).complete);
  EXPECT_FALSE(round_trip(split_order{3, 1, std::nullopt}).split.has_value());
}

TEST(control_codec, an_end_keeps_its_cause_and_place) {
  const error cause{errc::runtime_cast_failed, "no INT", "TRY_CAST", text_position{3, 14, 2}};
  const auto back =
      round_trip(end_report{3, 1, end_report::how::failed, cause, {{4, "staged"}}, {"file-1"}});
  EXPECT_EQ(back.end, end_report::how::failed);
  ASSERT_TRUE(back.cause.has_value());
  EXPECT_EQ(back.cause->code, cause.code);
  EXPECT_EQ(back.cause->message, cause.message);
  EXPECT_EQ(back.cause->hint, cause.hint);
  EXPECT_EQ(back.cause->at, cause.at);
  EXPECT_EQ(back.committables[0].second, "staged");
  EXPECT_EQ(back.finished_splits, std::vector<std::string>{"file-1"});
}

TEST(control_codec, error_numbers_that_nobody_knows_are_bugs) {
  const auto code_after = [](errc code) {
    return round_trip(attempt_deployed{1, error{code, "?", "", std::nullopt}}).failure->code;
  };
  EXPECT_EQ(code_after(errc{12345}), errc::internal);
  EXPECT_EQ(code_after(errc{0}), errc::internal);
  EXPECT_EQ(code_after(state_locked), state_locked);
}

TEST(control_codec, refuses_what_cannot_be) {
  const auto greeting = [](auto change) {
    worker_greeting m{"w", "tcp://a:1", "tcp://a:2", 1, "0.1", ""};
    change(m);
    return code_of(m);
  };
  EXPECT_EQ(greeting([](auto&) {}), errc{0});
  EXPECT_EQ(greeting([](auto& m) { m.name = ""; }), errc::net_bad_frame);
  EXPECT_EQ(greeting([](auto& m) { m.name = "two words"; }), errc::net_bad_frame);
  EXPECT_EQ(greeting([](auto& m) { m.name = std::string(256, 'w'); }), errc::net_bad_frame);
  EXPECT_EQ(greeting([](auto& m) { m.data_endpoint = "tcp://a\n"; }), errc::net_bad_frame);
  EXPECT_EQ(greeting([](auto& m) { m.slots = 0; }), errc::net_bad_frame);
  EXPECT_EQ(greeting([](auto& m) { m.slots = UINT32_MAX; }), errc::net_bad_frame);
  auto state = tests::full_state_report();
  state.states[0].files[0].name = "../x";
  EXPECT_EQ(code_of(state), errc::net_bad_frame);
  end_report end;
  end.end = static_cast<end_report::how>(3);
  EXPECT_EQ(code_of(end), errc::net_bad_frame);
}

TEST(control_codec, refuses_a_deploy_order_that_leads_elsewhere) {
  const auto deploy = [](auto change) {
    deploy_order m = tests::full_deploy_order();
    change(m);
    return code_of(m);
  };
  EXPECT_EQ(deploy([](auto&) {}), errc{0});
  EXPECT_EQ(deploy([](auto& m) { m.places[2] = 2; }), errc::net_bad_frame);
  EXPECT_EQ(deploy([](auto& m) { m.job.id = "../../../../etc/"; }), errc::net_bad_frame);
  EXPECT_EQ(deploy([](auto& m) { m.job.id = ""; }), errc::net_bad_frame);
  EXPECT_EQ(deploy([](auto& m) { m.savepoint = "/etc"; }), errc::net_bad_frame);
  EXPECT_EQ(deploy([](auto& m) { m.savepoint = "a/../../b"; }), errc::net_bad_frame);
  EXPECT_EQ(deploy([](auto& m) { m.savepoint = std::string("a\0b", 3); }), errc::net_bad_frame);
  EXPECT_EQ(deploy([](auto& m) { m.savepoint = "..a/b.."; }), errc{0});
  EXPECT_EQ(deploy([](auto& m) { m.peers[0].name = ""; }), errc::net_bad_frame);
}

TEST(control_codec, refuses_more_than_the_limits) {
  EXPECT_EQ(refusal_of(std::string(max_control_bytes + 8, '\0')), errc::net_frame_too_large);
  end_report many;
  many.finished_splits.resize(max_control_items + 1);
  EXPECT_EQ(code_of(many), errc::net_frame_too_large);
  many.finished_splits.resize(1000);
  EXPECT_EQ(code_of(many), errc{0});
}

TEST(control_codec, bytes_may_lie_anywhere) {
  const std::string bytes = encode_control({1, tests::full_deploy_order()});
  for (std::size_t shift = 0; shift < 8; ++shift) {
    const std::string moved = std::string(shift, 'x') + bytes;
    EXPECT_TRUE(decode_control(std::string_view(moved).substr(shift)).ok()) << shift;
  }
}

TEST(control_codec, every_truncation_is_refused) {
  for (const auto& message : control_samples()) {
    const std::string bytes = encode_control(message);
    for (std::size_t length = 0; length < bytes.size(); ++length) {
      // Copied, so that a reader that goes on behind the end is noticed.
      const std::string cut = bytes.substr(0, length);
      EXPECT_EQ(refusal_of(cut), errc::net_bad_frame) << message.body.index() << " at " << length;
    }
  }
}

// What comes back is an error, or a message that can be sent on and is the same at its next stop.
TEST(control_codec, damaged_messages_never_crash) {
  std::mt19937_64 random(20240229);
  int refused = 0, read = 0;
  const auto samples = control_samples();
  for (int i = 0; i < 10'000; ++i) {
    std::string bytes = encode_control(samples[random() % samples.size()]);
    for (auto changes = 1 + random() % 4; changes > 0; --changes) {
      char& byte = bytes[random() % bytes.size()];
      byte = static_cast<char>(random() % 2 == 0 ? random() : byte ^ (1 << (random() % 8)));
    }
    const auto back = decode_control(bytes);
    if (!back.ok()) {
      ++refused;
      EXPECT_TRUE(back.error().code == errc::net_bad_frame ||
                  back.error().code == errc::net_frame_too_large);
    } else {
      ++read;
      const std::string again = encode_control(*back);
      const auto next = decode_control(again);
      ASSERT_TRUE(next.ok()) << i << ": " << to_text(next.error());
      EXPECT_EQ(encode_control(*next), again) << i;
    }
  }
  EXPECT_GT(refused, 1000);
  EXPECT_GT(read, 1000);
}

}  // namespace
}  // namespace millrace::codec
