#pragma once

#include "state/storage/http_transport.hpp"
#include "state/storage/s3_options.hpp"

#include <cstdint>
#include <optional>

namespace millrace::state {

/// When a PUT may have its effect.
struct put_condition {
  bool only_new = false;  ///< there is no such object
  std::string etag;       ///< the object is this version; empty: whatever it is
};

/// Builds S3's requests (Amazon S3 API Reference). Sans-I/O, immutable.
class s3_requests {
 public:
  explicit s3_requests(s3_options options) : options_(std::move(options)) {}

  // `key`: of an object, the prefix included.
  [[nodiscard]] http_request get(const std::string& key, std::uint64_t offset,
                                 std::uint64_t size) const;
  [[nodiscard]] http_request put(const std::string& key, std::string_view body,
                                 const put_condition& condition = {}) const;
  [[nodiscard]] http_request remove(const std::string& key) const;
  /// A page of the keys that begin with `prefix`; `delimiter` (may be empty) folds what lies behind
  /// it; `token`: of the page before, empty at first.
  [[nodiscard]] http_request list(const std::string& prefix, std::string_view delimiter,
                                  const std::string& token) const;
  [[nodiscard]] http_request begin_upload(const std::string& key) const;
  [[nodiscard]] http_request put_part(const std::string& key, const std::string& upload,
                                      std::uint32_t number, std::string_view body) const;
  /// `body`: of `parts_text`.
  [[nodiscard]] http_request complete_upload(const std::string& key, const std::string& upload,
                                             std::string_view body) const;
  [[nodiscard]] http_request abort_upload(const std::string& key, const std::string& upload) const;
  [[nodiscard]] http_request list_uploads(const std::string& prefix) const;

  [[nodiscard]] const s3_options& options() const { return options_; }

 private:
  /// `query`: sorted and encoded, as the signature wants it.
  [[nodiscard]] http_request make(std::string method, const std::string& key,
                                  const std::string& query, std::string_view body = {}) const;
  s3_options options_;
};

/// The body of `complete_upload`: the parts' etags, from the first.
[[nodiscard]] std::string parts_text(const std::vector<std::string>& etags);
/// Everything but letters, digits and `-._~` as %XX; `/` stays if `keep_slash`.
[[nodiscard]] std::string percent_encoded(std::string_view text, bool keep_slash);
/// The size in `bytes 0-9/100`; nothing for other texts.
[[nodiscard]] std::optional<std::uint64_t> size_in_range(std::string_view content_range);

}  // namespace millrace::state
