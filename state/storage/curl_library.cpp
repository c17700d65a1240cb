#include "state/storage/curl_library.hpp"

#include "core/base/late_library.hpp"

#include <fmt/format.h>

namespace millrace::state {

namespace {

/// The first with everything that is set here (protocols by name).
constexpr unsigned oldest_version = 0x075500;

error not_usable(std::string_view why) {
  return make_error(errc::config_bad_value, fmt::format("S3 needs libcurl 7.85 or newer: {}", why),
                    "install libcurl4");
}

result<curl_library> open_library() {
  curl_library out;
  decltype(&curl_global_init) start = nullptr;
  decltype(&curl_version_info) version = nullptr;
  late_library in("libcurl.so.4");
  in.find("curl_global_init", start);
  in.find("curl_version_info", version);
  in.find("curl_easy_init", out.init);
  in.find("curl_easy_setopt", out.setopt);
  in.find("curl_easy_perform", out.perform);
  in.find("curl_easy_getinfo", out.getinfo);
  in.find("curl_easy_reset", out.reset);
  in.find("curl_easy_cleanup", out.cleanup);
  in.find("curl_easy_strerror", out.strerror);
  in.find("curl_slist_append", out.append);
  in.find("curl_slist_free_all", out.free_all);
  if (!in.trouble().empty()) return not_usable(in.trouble());
  if (start(CURL_GLOBAL_DEFAULT) != CURLE_OK) return not_usable("it does not start");
  if (version(CURLVERSION_NOW)->version_num < oldest_version) {
    return not_usable(fmt::format("this is {}", version(CURLVERSION_NOW)->version));
  }
  return out;
}

}  // namespace

result<const curl_library*> curl_library::load() {
  static const result<curl_library> library = open_library();
  if (!library) return library.error();
  return &library.value();
}

}  // namespace millrace::state
