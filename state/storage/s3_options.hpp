#pragma once

#include "core/base/config.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace millrace::state {

/// Who asks, for the signature. Never printed.
struct s3_credentials {
  std::string access_key;
  std::string secret_key;
  std::string session_token;  ///< of temporary credentials; empty: none
};

/// Where a prefix of a bucket lies and how it is asked for.
struct s3_options {
  std::string endpoint;  ///< `https://host[:port]`, without a slash at the end
  std::string bucket;
  std::string prefix;  ///< without slashes at its ends; empty: the whole bucket
  std::string region;
  bool path_style = false;  ///< the bucket stands in the path, not in the host's name
  s3_credentials credentials;
  std::size_t part_size = 0;  ///< bytes of a part of a multipart upload
  std::uint32_t attempts = 0;
  std::chrono::milliseconds retry_interval{};      ///< before the second attempt; doubles
  std::chrono::milliseconds connect_timeout{};     ///< until a connection stands
  std::chrono::milliseconds connection_timeout{};  ///< without a byte moving
};

/// Whether `location` begins with `s3://`, or with `s3a://` or `s3p://` as Flink's file systems do.
[[nodiscard]] bool is_s3(std::string_view location);

/// Reads one variable of the environment; null when it is not set.
using environment = std::function<const char*(const char* name)>;

/// The options `s3.*` under Flink's names (docs/reference/options.md), and where they are not set
/// the variables that AWS's own tools read. Plain HTTP is for loopback, or for who says so.
/// Errors: config_bad_value, which never shows a secret.
[[nodiscard]] result<s3_options> read_s3_options(std::string_view location,
                                                 const option_map& options,
                                                 const environment& variable);

}  // namespace millrace::state
