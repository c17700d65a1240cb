#include "state/storage/curl_library.hpp"

#include <dlfcn.h>
#include <fmt/format.h>

namespace millrace::state {

namespace {

/// The first with everything that is set here (protocols by name).
constexpr unsigned oldest_version = 0x075500;

class symbols {
 public:
  explicit symbols(void* from) : from_(from) {}
  template <class Function>
  void find(const char* name, Function& to) {
    to = reinterpret_cast<Function>(::dlsym(from_, name));
    all_found_ &= to != nullptr;
  }
  [[nodiscard]] bool all_found() const { return all_found_; }

 private:
  void* from_;
  bool all_found_ = true;
};

error not_usable(std::string_view why) {
  return make_error(errc::config_bad_value, fmt::format("S3 needs libcurl 7.85 or newer: {}", why),
                    "install libcurl4");
}

result<curl_library> open_library() {
  // Never closed: it starts threads and keeps state.
  void* const handle = ::dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) return not_usable(::dlerror());
  curl_library out;
  decltype(&curl_global_init) start = nullptr;
  decltype(&curl_version_info) version = nullptr;
  symbols in(handle);
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
  if (!in.all_found()) return not_usable("it lacks a function");
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
