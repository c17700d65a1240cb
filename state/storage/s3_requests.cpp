#include "state/storage/s3_requests.hpp"

#include <fmt/format.h>

#include <charconv>

namespace millrace::state {

std::string percent_encoded(std::string_view text, bool keep_slash) {
  constexpr std::string_view plain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
  std::string out;
  for (const char c : text) {
    if (plain.find(c) != plain.npos || (keep_slash && c == '/')) {
      out += c;
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

std::optional<std::uint64_t> size_in_range(std::string_view text) {
  const auto slash = text.rfind('/');
  if (!text.starts_with("bytes ") || slash == text.npos) return std::nullopt;
  text.remove_prefix(slash + 1);
  std::uint64_t size = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), size);
  if (failure != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return size;
}

std::string parts_text(const std::vector<std::string>& etags) {
  std::string out = "<CompleteMultipartUpload>";
  for (std::size_t i = 0; i < etags.size(); ++i) {
    std::string etag;
    for (const char c : etags[i]) etag += c == '"' ? "&quot;" : std::string(1, c);
    out += fmt::format("<Part><PartNumber>{}</PartNumber><ETag>{}</ETag></Part>", i + 1, etag);
  }
  return out + "</CompleteMultipartUpload>";
}

http_request s3_requests::make(std::string method, const std::string& key, const std::string& query,
                               std::string_view body) const {
  http_request out;
  out.method = std::move(method);
  const auto host = options_.endpoint.find("://") + 3;
  out.url = options_.endpoint.substr(0, host);
  if (!options_.path_style) out.url += options_.bucket + ".";
  out.url += options_.endpoint.substr(host) + "/";
  if (options_.path_style) out.url += options_.bucket + "/";
  out.url += percent_encoded(key, true);
  if (!query.empty()) out.url += "?" + query;
  out.body = body;
  // Every byte has a checksum of our own, and TLS guards the way: bodies are not hashed again.
  out.headers.push_back("x-amz-content-sha256: UNSIGNED-PAYLOAD");
  if (!options_.credentials.session_token.empty()) {
    out.headers.push_back("x-amz-security-token: " + options_.credentials.session_token);
  }
  return out;
}

http_request s3_requests::get(const std::string& key, std::uint64_t offset,
                              std::uint64_t size) const {
  auto out = make("GET", key, "");
  out.headers.push_back(fmt::format("Range: bytes={}-{}", offset, offset + size - 1));
  out.answer_limit = std::max<std::size_t>(size, 64 << 10);
  return out;
}

http_request s3_requests::put(const std::string& key, std::string_view body,
                              const put_condition& condition) const {
  auto out = make("PUT", key, "", body);
  if (condition.only_new) out.headers.emplace_back("If-None-Match: *");
  if (!condition.etag.empty()) out.headers.push_back("If-Match: " + condition.etag);
  return out;
}

http_request s3_requests::remove(const std::string& key) const { return make("DELETE", key, ""); }

http_request s3_requests::list(const std::string& prefix, std::string_view delimiter,
                               const std::string& token) const {
  std::string query;
  if (!token.empty()) query += "continuation-token=" + percent_encoded(token, false) + "&";
  if (!delimiter.empty()) query += "delimiter=" + percent_encoded(delimiter, false) + "&";
  query += "list-type=2&prefix=" + percent_encoded(prefix, false);
  return make("GET", "", query);
}

http_request s3_requests::begin_upload(const std::string& key) const {
  return make("POST", key, "uploads=");
}

http_request s3_requests::put_part(const std::string& key, const std::string& upload,
                                   std::uint32_t number, std::string_view body) const {
  const std::string id = percent_encoded(upload, false);
  return make("PUT", key, fmt::format("partNumber={}&uploadId={}", number, id), body);
}

http_request s3_requests::complete_upload(const std::string& key, const std::string& upload,
                                          std::string_view body) const {
  return make("POST", key, "uploadId=" + percent_encoded(upload, false), body);
}

http_request s3_requests::abort_upload(const std::string& key, const std::string& upload) const {
  return make("DELETE", key, "uploadId=" + percent_encoded(upload, false));
}

http_request s3_requests::list_uploads(const std::string& prefix) const {
  return make("GET", "", "prefix=" + percent_encoded(prefix, false) + "&uploads=");
}

}  // namespace millrace::state
