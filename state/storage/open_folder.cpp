#include "state/storage/open_folder.hpp"

#include "state/storage/curl_transport.hpp"
#include "state/storage/directory_folder.hpp"
#include "state/storage/s3_folder.hpp"

#include <cstdlib>
#include <thread>

namespace millrace::state {

namespace {

result<std::shared_ptr<object_folder>> open_s3(const std::string& location,
                                               const option_map& options) {
  MILLRACE_TRY(auto where, read_s3_options(location, options,
                                           [](const char* name) { return std::getenv(name); }));
  MILLRACE_TRY(auto transport, open_curl_transport(where));
  auto client = std::make_shared<s3_client>(
      std::move(where), std::move(transport),
      [](std::chrono::milliseconds time) { std::this_thread::sleep_for(time); });
  return std::shared_ptr<object_folder>(std::make_shared<s3_folder>(std::move(client)));
}

}  // namespace

bool is_remote(std::string_view location) { return location.find("://") != location.npos; }

result<std::shared_ptr<object_folder>> open_folder(const std::string& location,
                                                   const option_map& options) {
  if (is_s3(location)) return open_s3(location, options);
  if (is_remote(location)) {
    return make_error(errc::config_bad_value,
                      "'" + location + "' is no place for checkpoints: its scheme is unknown",
                      "use a path, or s3://bucket/prefix");
  }
  return std::shared_ptr<object_folder>(std::make_shared<directory_folder>(location));
}

}  // namespace millrace::state
