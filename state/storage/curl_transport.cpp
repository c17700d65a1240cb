#include "state/storage/curl_transport.hpp"

#include "state/storage/curl_library.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <mutex>

namespace millrace::state {

namespace {

/// What arrives, while it does.
struct arriving {
  http_response answer;
  std::size_t limit = 0;
  bool too_long = false;
};

std::size_t take_body(char* data, std::size_t /*one*/, std::size_t size, void* to) {
  auto& into = *static_cast<arriving*>(to);
  into.too_long = into.answer.body.size() + size > into.limit;
  if (into.too_long) return 0;
  into.answer.body.append(data, size);
  return size;
}

// The value, when the line is of this header (in lower case).
bool take_header_value(std::string_view line, std::string_view name, std::string& to) {
  if (line.size() <= name.size() || line[name.size()] != ':') return false;
  const auto same = [](unsigned char a, unsigned char b) { return a == std::tolower(b); };
  if (!std::equal(name.begin(), name.end(), line.begin(), same)) return false;
  line.remove_prefix(name.size() + 1);
  const auto first = line.find_first_not_of(" \t");
  const auto last = line.find_last_not_of(" \t\r\n");
  to = first == line.npos ? std::string() : std::string(line.substr(first, last - first + 1));
  return true;
}

std::size_t take_header(char* data, std::size_t /*one*/, std::size_t size, void* to) {
  auto& answer = static_cast<arriving*>(to)->answer;
  const std::string_view line(data, size);
  take_header_value(line, "etag", answer.etag) ||
      take_header_value(line, "content-range", answer.content_range);
  return size;
}

class curl_transport final : public http_transport {
 public:
  curl_transport(const curl_library& curl, const s3_options& options)
      : curl_(curl),
        signature_(fmt::format("aws:amz:{}:s3", options.region)),
        user_(options.credentials.access_key + ":" + options.credentials.secret_key),
        connect_ms_(static_cast<long>(options.connect_timeout.count())),
        idle_seconds_(std::max<long>(
            1, static_cast<long>(options.connection_timeout.count() + 999) / 1000)) {}

  ~curl_transport() override {
    for (CURL* handle : idle_) curl_.cleanup(handle);
  }
  curl_transport(const curl_transport&) = delete;
  curl_transport& operator=(const curl_transport&) = delete;

  [[nodiscard]] result<http_response> send(const http_request& request) override {
    CURL* const handle = take_handle();
    if (handle == nullptr) return make_error(errc::state_io, "libcurl has no memory");
    arriving into;
    into.limit = request.answer_limit;
    curl_slist* const headers = headers_of(request);
    set_up(handle, request, headers, into);
    const CURLcode code = curl_.perform(handle);
    curl_.free_all(headers);
    long status = 0;
    curl_.getinfo(handle, CURLINFO_RESPONSE_CODE, &status);
    give_back(handle);
    if (into.too_long) return make_error(errc::state_io, "the answer is longer than asked for");
    if (code != CURLE_OK) return make_error(errc::state_io, curl_.strerror(code));
    into.answer.status = static_cast<int>(status);
    return std::move(into.answer);
  }

 private:
  // One per request at the same time; each keeps its connection.
  CURL* take_handle() {
    const std::scoped_lock hold(mutex_);
    if (idle_.empty()) return curl_.init();
    CURL* const handle = idle_.back();
    idle_.pop_back();
    return handle;
  }

  void give_back(CURL* handle) {
    curl_.reset(handle);
    const std::scoped_lock hold(mutex_);
    idle_.push_back(handle);
  }

  [[nodiscard]] curl_slist* headers_of(const http_request& request) const {
    // Else libcurl says that the body is a form.
    curl_slist* list = curl_.append(nullptr, "Content-Type: application/octet-stream");
    for (const std::string& h : request.headers) list = curl_.append(list, h.c_str());
    return list;
  }

  void set_up(CURL* handle, const http_request& request, curl_slist* headers, arriving& into) {
    curl_.setopt(handle, CURLOPT_URL, request.url.c_str());
    curl_.setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_.setopt(handle, CURLOPT_PATH_AS_IS, 1L);
    curl_.setopt(handle, CURLOPT_NOSIGNAL, 1L);
    curl_.setopt(handle, CURLOPT_AWS_SIGV4, signature_.c_str());
    curl_.setopt(handle, CURLOPT_USERPWD, user_.c_str());
    curl_.setopt(handle, CURLOPT_CONNECTTIMEOUT_MS, connect_ms_);
    curl_.setopt(handle, CURLOPT_LOW_SPEED_LIMIT, 1L);
    // Large bodies do not wait to be asked for. (Switching the header off would have it signed.)
    curl_.setopt(handle, CURLOPT_EXPECT_100_TIMEOUT_MS, 1L);
    curl_.setopt(handle, CURLOPT_LOW_SPEED_TIME, idle_seconds_);
    if (request.method == "PUT" || request.method == "POST") {
      curl_.setopt(handle, CURLOPT_POSTFIELDSIZE_LARGE,
                   static_cast<curl_off_t>(request.body.size()));
      curl_.setopt(handle, CURLOPT_POSTFIELDS, request.body.empty() ? "" : request.body.data());
    }
    curl_.setopt(handle, CURLOPT_CUSTOMREQUEST, request.method.c_str());
    curl_.setopt(handle, CURLOPT_HTTPHEADER, headers);
    curl_.setopt(handle, CURLOPT_WRITEFUNCTION, &take_body);
    curl_.setopt(handle, CURLOPT_WRITEDATA, &into);
    curl_.setopt(handle, CURLOPT_HEADERFUNCTION, &take_header);
    curl_.setopt(handle, CURLOPT_HEADERDATA, &into);
  }

  const curl_library& curl_;
  const std::string signature_;
  const std::string user_;
  const long connect_ms_;
  const long idle_seconds_;
  std::mutex mutex_;
  std::vector<CURL*> idle_;  // guarded by mutex_
};

}  // namespace

result<std::unique_ptr<http_transport>> open_curl_transport(const s3_options& options) {
  MILLRACE_TRY(const auto* curl, curl_library::load());
  return std::unique_ptr<http_transport>(std::make_unique<curl_transport>(*curl, options));
}

}  // namespace millrace::state
