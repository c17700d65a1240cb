#include "net/election/lease_record.hpp"

#include "net/election/base64.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace millrace::net {
namespace {

using nlohmann::json;

json stored_lease() {
  return json::parse(R"({"apiVersion": "coordination.k8s.io/v1", "kind": "Lease",
    "metadata": {"name": "leader", "resourceVersion": "17", "labels": {"a": "b"},
                 "annotations": {"millrace/leader": "10.0.0.1:6123 http://10.0.0.1:8081"}},
    "spec": {"holderIdentity": "pod-0", "leaseTransitions": 4, "leaseDurationSeconds": 5,
             "renewTime": "2026-01-31T12:00:00.000000Z"}})");
}

TEST(lease_record_test, is_read_from_the_object) {
  const auto lease = read_lease(stored_lease());
  ASSERT_TRUE(lease.has_value());
  EXPECT_EQ(lease->holder, "pod-0");
  EXPECT_EQ(lease->transitions, 4U);
  EXPECT_EQ(lease->seconds, 5);
  EXPECT_EQ(lease->version, "17");
  EXPECT_EQ(lease->leader.control, "10.0.0.1:6123");
  EXPECT_EQ(lease->leader.rest, "http://10.0.0.1:8081");
}

TEST(lease_record_test, what_others_have_written_stays) {
  json object = stored_lease();
  const coordination::leader_address own{"10.0.0.2:6123", "http://10.0.0.2:8081"};
  write_lease(object, {"pod-1", 5, 7, {}, own}, 1700000000123, true);
  EXPECT_EQ(object["metadata"]["labels"]["a"], "b");
  EXPECT_EQ(object["metadata"]["resourceVersion"], "17");
  EXPECT_EQ(object["spec"]["renewTime"], "2023-11-14T22:13:20.123000Z");
  EXPECT_EQ(object["spec"]["acquireTime"], object["spec"]["renewTime"]);
  const auto lease = read_lease(object);
  EXPECT_EQ(lease->holder, "pod-1");
  EXPECT_EQ(lease->transitions, 5U);
  EXPECT_EQ(lease->seconds, 7);
  EXPECT_EQ(lease->leader, own);
  write_lease(object, *lease, 1700000001000, false);
  EXPECT_NE(object["spec"]["acquireTime"], object["spec"]["renewTime"]);
}

TEST(lease_record_test, nonsense_is_no_lease) {
  for (const char* text : {"null", "[]", "{}", R"({"metadata": 1, "spec": {}})",
                           R"({"metadata": {"resourceVersion": 5}})"}) {
    EXPECT_FALSE(read_lease(json::parse(text))) << text;
  }
  const auto odd = read_lease(json::parse(
      R"({"metadata": {"resourceVersion": "5", "annotations": []},
          "spec": {"holderIdentity": 3, "leaseTransitions": -1, "leaseDurationSeconds": "5"}})"));
  ASSERT_TRUE(odd.has_value());
  EXPECT_EQ(odd->holder, "");
  EXPECT_EQ(odd->transitions, 0U);
  EXPECT_EQ(odd->seconds, 0);
}

TEST(lease_watch_test, a_lease_runs_out_when_it_has_not_changed_for_its_time) {
  lease_record lease{"pod-0", 4, 5, "17", {}};
  lease_watch watch;
  EXPECT_FALSE(watch.has_expired(lease, 1'000'000));
  EXPECT_FALSE(watch.has_expired(lease, 1'005'000));
  lease.version = "18";
  EXPECT_FALSE(watch.has_expired(lease, 1'005'001));
  EXPECT_FALSE(watch.has_expired(lease, 1'010'001));
  EXPECT_TRUE(watch.has_expired(lease, 1'010'002));
  lease.holder.clear();
  EXPECT_TRUE(lease_watch().has_expired(lease, 0));
}

TEST(base64_test, comes_back_as_it_was) {
  EXPECT_EQ(to_base64(""), "");
  EXPECT_EQ(to_base64("f"), "Zg==");
  EXPECT_EQ(to_base64("fo"), "Zm8=");
  EXPECT_EQ(to_base64("foo"), "Zm9v");
  EXPECT_EQ(to_base64("foobar"), "Zm9vYmFy");
  std::string bytes;
  for (int i = 0; i < 256; ++i) {
    bytes += static_cast<char>(i);
    EXPECT_EQ(from_base64(to_base64(bytes)), bytes);
  }
  for (const char* text : {"Z", "Zg=", "Zg=a", "Z===", "Zm9*"}) {
    EXPECT_FALSE(from_base64(text)) << text;
  }
}

}  // namespace
}  // namespace millrace::net
