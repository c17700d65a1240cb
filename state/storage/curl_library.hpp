#pragma once

#include "core/base/result.hpp"

#include <curl/curl.h>

namespace millrace::state {

/// The functions of libcurl that are used, found in the library when it is needed first: linked, it
/// would cost every query its loading (ADR 0008). Lives as long as the process.
struct curl_library {
  decltype(&curl_easy_init) init = nullptr;
  decltype(&curl_easy_setopt) setopt = nullptr;
  decltype(&curl_easy_perform) perform = nullptr;
  decltype(&curl_easy_getinfo) getinfo = nullptr;
  decltype(&curl_easy_reset) reset = nullptr;
  decltype(&curl_easy_cleanup) cleanup = nullptr;
  decltype(&curl_easy_strerror) strerror = nullptr;
  decltype(&curl_slist_append) append = nullptr;
  decltype(&curl_slist_free_all) free_all = nullptr;

  /// Loads and starts it once. Errors: config_bad_value when it is not installed or too old to
  /// sign.
  [[nodiscard]] static result<const curl_library*> load();
};

}  // namespace millrace::state
