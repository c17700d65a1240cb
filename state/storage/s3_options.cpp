#include "state/storage/s3_options.hpp"

#include <fmt/format.h>

#include <array>
#include <initializer_list>

namespace millrace::state {

namespace {

using std::chrono::milliseconds;

error bad(std::string what, std::string hint) {
  return make_error(errc::config_bad_value, std::move(what), std::move(hint));
}

/// Options first, in the order of `keys`, then the environment.
struct sources {
  const option_map& options;
  const environment& variable;
  [[nodiscard]] std::string text(std::initializer_list<std::string_view> keys,
                                 std::initializer_list<const char*> variables) const {
    for (const auto key : keys) {
      if (const auto at = options.find(key); at != options.end()) return at->second;
    }
    for (const char* name : variables) {
      const char* value = variable(name);
      if (value != nullptr && *value != '\0') return value;
    }
    return {};
  }
};

bool is_bucket(std::string_view name) {
  constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz0123456789.-_";
  return name.size() >= 3 && name.size() <= 255 && name.find_first_not_of(letters) == name.npos &&
         name.front() != '.';
}

result<void> split_location(std::string_view location, s3_options& to) {
  const std::string whole(location);
  location.remove_prefix(location.find("://") + 3);
  const auto slash = std::min(location.find('/'), location.size());
  to.bucket = location.substr(0, slash);
  if (!is_bucket(to.bucket)) {
    return bad(fmt::format("'{}' does not name an S3 bucket", whole), "use s3://bucket/prefix");
  }
  location.remove_prefix(slash);
  // One name, one spelling: empty steps and dots would be other objects to S3 than to a reader.
  while (!location.empty()) {
    location.remove_prefix(1);
    const auto step = location.substr(0, location.find('/'));
    location.remove_prefix(step.size());
    if (step.empty() || step == ".") continue;
    if (step == "..") return bad(fmt::format("'{}' has '..' in it", whole), "name it directly");
    if (!to.prefix.empty()) to.prefix += '/';
    to.prefix += step;
  }
  if (to.prefix.size() <= 512) return {};
  return bad(fmt::format("the prefix in '{}' has {} bytes, at most 512", whole, to.prefix.size()),
             "use a shorter one");
}

bool is_loopback(std::string_view endpoint) {
  endpoint.remove_prefix(endpoint.find("://") + 3);
  for (const std::string_view host : {"localhost", "127.0.0.1", "[::1]"}) {
    if (endpoint.starts_with(host) &&
        (endpoint.size() == host.size() || endpoint[host.size()] == ':'))
      return true;
  }
  return false;
}

result<void> read_endpoint(const sources& from, s3_options& to) {
  const option_reader read(from.options);
  to.region = from.text({"s3.region", "s3.endpoint.region"}, {"AWS_REGION", "AWS_DEFAULT_REGION"});
  if (to.region.empty()) to.region = "us-east-1";
  to.endpoint = from.text({"s3.endpoint"}, {"AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"});
  const bool own = !to.endpoint.empty();
  if (!own) to.endpoint = fmt::format("https://s3.{}.amazonaws.com", to.region);
  MILLRACE_TRY(const bool ssl, read.boolean("s3.connection.ssl.enabled", true));
  if (to.endpoint.find("://") == std::string::npos) {
    to.endpoint.insert(0, ssl ? "https://" : "http://");
  }
  while (to.endpoint.ends_with('/')) to.endpoint.pop_back();
  const bool plain = to.endpoint.starts_with("http://");
  const auto host = to.endpoint.find("://") + 3;
  const bool has_path = to.endpoint.find_first_of("/?#@ ", host) != std::string::npos;
  if ((!plain && !to.endpoint.starts_with("https://")) || has_path) {
    return bad("s3.endpoint is not of the form https://host[:port]", "without a path and a user");
  }
  if (plain && ssl && !is_loopback(to.endpoint)) {
    return bad(fmt::format("s3.endpoint is '{}': state would travel in the clear", to.endpoint),
               "use https://, or allow it with s3.connection.ssl.enabled = false");
  }
  for (const std::string_view key : {"s3.path.style.access", "s3.path-style-access"}) {
    if (!read.has(key)) continue;
    MILLRACE_TRY(to.path_style, read.boolean(key, false));
    return {};
  }
  to.path_style = own;
  return {};
}

result<void> read_credentials(const sources& from, s3_credentials& to) {
  to.access_key = from.text({"s3.access-key", "s3.access.key"}, {"AWS_ACCESS_KEY_ID"});
  to.secret_key = from.text({"s3.secret-key", "s3.secret.key"}, {"AWS_SECRET_ACCESS_KEY"});
  to.session_token = from.text({"s3.session-token", "s3.session.token"}, {"AWS_SESSION_TOKEN"});
  if (!to.access_key.empty() && !to.secret_key.empty()) return {};
  return bad("s3.access-key and s3.secret-key are not both set",
             "set them, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment");
}

struct range {
  std::int64_t least;
  std::int64_t most;
};

result<std::int64_t> checked(std::string_view key, result<std::int64_t> value, range allowed) {
  if (!value || (*value >= allowed.least && *value <= allowed.most)) return value;
  return bad(fmt::format("{} is {}", key, *value),
             fmt::format("allowed are {} to {}", allowed.least, allowed.most));
}

result<void> read_limits(const option_map& options, s3_options& to) {
  const option_reader read(options);
  constexpr range any_time{1, 3'600'000};
  constexpr std::string_view part = "s3.upload.min.part.size";
  MILLRACE_TRY(const auto size,
               checked(part, read.size_bytes(part, 8 << 20), {5 << 20, std::int64_t{1} << 30}));
  to.part_size = static_cast<std::size_t>(size);
  constexpr std::string_view maximum = "s3.attempts.maximum";
  MILLRACE_TRY(const auto attempts, checked(maximum, read.integer(maximum, 8), {1, 100}));
  to.attempts = static_cast<std::uint32_t>(attempts);
  const auto time = [&](std::string_view key, std::int64_t otherwise) {
    return checked(key, read.duration_ms(key, otherwise), any_time);
  };
  MILLRACE_TRY(const auto interval, time("s3.retry.interval", 100));
  to.retry_interval = milliseconds(interval);
  MILLRACE_TRY(const auto establish, time("s3.connection.establish.timeout", 5'000));
  to.connect_timeout = milliseconds(establish);
  MILLRACE_TRY(const auto connection, time("s3.connection.timeout", 30'000));
  to.connection_timeout = milliseconds(connection);
  return {};
}

}  // namespace

bool is_s3(std::string_view location) {
  for (const std::string_view scheme : {"s3://", "s3a://", "s3p://"}) {
    if (location.starts_with(scheme)) return true;
  }
  return false;
}

result<s3_options> read_s3_options(std::string_view location, const option_map& options,
                                   const environment& variable) {
  const sources from{options, variable};
  s3_options out;
  MILLRACE_CHECK(split_location(location, out));
  MILLRACE_CHECK(read_endpoint(from, out));
  MILLRACE_CHECK(read_credentials(from, out.credentials));
  MILLRACE_CHECK(read_limits(options, out));
  return out;
}

}  // namespace millrace::state
