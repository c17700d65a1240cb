#include "state/storage/s3_requests.hpp"

#include "state/storage/s3_options.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace millrace::state {
namespace {

const option_map account{{"s3.access-key", "who"}, {"s3.secret-key", "hush"}};

const char* no_variable(const char* /*name*/) { return nullptr; }

option_map with(option_map more) {
  more.insert(account.begin(), account.end());
  return more;
}

result<s3_options> read(const std::string& location, const option_map& options = account) {
  return read_s3_options(location, options, no_variable);
}

TEST(s3_options, takes_a_location_apart) {
  const auto plain = read("s3://bucket/a/b/").value();
  EXPECT_EQ(plain.bucket, "bucket");
  EXPECT_EQ(plain.prefix, "a/b");
  EXPECT_EQ(plain.endpoint, "https://s3.us-east-1.amazonaws.com");
  EXPECT_FALSE(plain.path_style);
  EXPECT_EQ(read("s3a://bucket//a/./b").value().prefix, "a/b");
  EXPECT_EQ(read("s3://bucket").value().prefix, "");
  for (const std::string bad : {"s3://", "s3:///x", "s3://Bucket/x", "s3://bucket/../other"}) {
    EXPECT_EQ(read(bad).error().code, errc::config_bad_value) << bad;
  }
}

TEST(s3_options, wants_tls_unless_told_otherwise) {
  const auto endpoint = [](const std::string& url, option_map more = {}) {
    more["s3.endpoint"] = url;
    return read("s3://bucket/x", with(more));
  };
  EXPECT_EQ(endpoint("minio:9000").value().endpoint, "https://minio:9000");
  EXPECT_TRUE(endpoint("http://127.0.0.1:9000/").value().path_style);
  EXPECT_TRUE(endpoint("http://localhost:9000").ok());
  EXPECT_FALSE(endpoint("http://localhost.example.org").ok());
  EXPECT_FALSE(endpoint("http://minio:9000").ok());
  const option_map plain{{"s3.connection.ssl.enabled", "false"}};
  EXPECT_EQ(endpoint("minio:9000", plain).value().endpoint, "http://minio:9000");
  EXPECT_TRUE(endpoint("http://minio:9000", plain).ok());
  for (const std::string bad : {"ftp://minio", "https://user@minio", "https://minio/path"}) {
    EXPECT_EQ(endpoint(bad).error().code, errc::config_bad_value) << bad;
  }
  EXPECT_FALSE(endpoint("https://minio", {{"s3.path-style-access", "false"}}).value().path_style);
}

TEST(s3_options, falls_back_to_the_environment_and_shows_no_secret) {
  const auto variable = [](const char* name) -> const char* {
    const std::string_view asked(name);
    if (asked == "AWS_ACCESS_KEY_ID") return "env-key";
    if (asked == "AWS_SECRET_ACCESS_KEY") return "env-secret";
    return asked == "AWS_REGION" ? "eu-central-1" : nullptr;
  };
  const auto from_environment = read_s3_options("s3://bucket", {}, variable).value();
  EXPECT_EQ(from_environment.credentials.access_key, "env-key");
  EXPECT_EQ(from_environment.endpoint, "https://s3.eu-central-1.amazonaws.com");
  EXPECT_EQ(read_s3_options("s3://bucket", account, variable).value().credentials.secret_key,
            "hush");
  const auto half = read("s3://bucket", {{"s3.secret-key", "hush"}});
  ASSERT_FALSE(half.ok());
  EXPECT_EQ(to_text(half.error()).find("hush"), std::string::npos);
}

TEST(s3_options, keeps_to_limits) {
  const option_map wrong[] = {{{"s3.upload.min.part.size", "1 mb"}},
                              {{"s3.attempts.maximum", "0"}},
                              {{"s3.connection.timeout", "0 ms"}}};
  for (const auto& options : wrong) {
    EXPECT_EQ(read("s3://bucket", with(options)).error().code, errc::config_bad_value);
  }
}

bool has(const http_request& request, const std::string& header) {
  return std::count(request.headers.begin(), request.headers.end(), header) == 1;
}

TEST(s3_requests, name_objects_in_host_or_path) {
  const s3_requests hosted(read("s3://bucket/a").value());
  EXPECT_EQ(hosted.remove("a/x y").url, "https://bucket.s3.us-east-1.amazonaws.com/a/x%20y");
  const option_map own = with({{"s3.endpoint", "http://127.0.0.1:9"}});
  const s3_requests in_path(read("s3://bucket/a", own).value());
  EXPECT_EQ(in_path.remove("a/\xC3\xA4").url, "http://127.0.0.1:9/bucket/a/%C3%A4");
}

TEST(s3_requests, carry_conditions_ranges_and_sorted_queries) {
  const s3_requests make(read("s3://bucket").value());
  EXPECT_TRUE(has(make.put("k", "v", {true, {}}), "If-None-Match: *"));
  EXPECT_TRUE(has(make.put("k", "v", {false, "\"e\""}), "If-Match: \"e\""));
  EXPECT_TRUE(has(make.get("k", 5, 10), "Range: bytes=5-14"));
  EXPECT_TRUE(
      make.list("p/", "/", "t=")
          .url.ends_with("/?continuation-token=t%3D&delimiter=%2F&list-type=2&prefix=p%2F"));
  EXPECT_TRUE(make.put_part("k", "a+b", 3, "v").url.ends_with("/k?partNumber=3&uploadId=a%2Bb"));
  EXPECT_EQ(parts_text({"\"a\""}),
            "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>&quot;a&quot;</ETag>"
            "</Part></CompleteMultipartUpload>");
}

TEST(s3_requests, read_sizes_from_ranges) {
  EXPECT_EQ(size_in_range("bytes 0-9/100"), 100U);
  for (const std::string bad : {"", "bytes 0-9/*", "bytes 0-9/", "0-9/5", "bytes 0-9/5x"}) {
    EXPECT_EQ(size_in_range(bad), std::nullopt) << bad;
  }
}

}  // namespace
}  // namespace millrace::state
