#include "cli/cluster/secrets.hpp"

#include "cli/cluster/addresses.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>

namespace millrace::cli {

namespace {

constexpr std::size_t shortest_token = 16;

result<void> check_private(const std::string& file) {
  struct stat found {};
  if (::stat(file.c_str(), &found) != 0) {
    return make_error(errc::config_file_unreadable,
                      "cannot read '" + file + "': " + std::strerror(errno),
                      "millrace keygen DIR makes the secrets of a cluster");
  }
  if ((found.st_mode & S_IRWXO) == 0) return {};
  return make_error(errc::config_file_unreadable, "'" + file + "' is open to everybody",
                    "it is a secret: chmod 640 " + file);
}

result<std::vector<std::string>> read_lines(const std::string& file) {
  MILLRACE_CHECK(check_private(file));
  std::ifstream from(file);
  std::vector<std::string> lines;
  for (std::string line; std::getline(from, line);) lines.push_back(line);
  if (from.is_open()) return lines;
  return make_error(errc::config_file_unreadable, "cannot read '" + file + "'");
}

bool exists(const std::string& file) {
  struct stat found {};
  return ::stat(file.c_str(), &found) == 0;
}

result<net::cluster_keys> read_keys(const std::string& file) {
  MILLRACE_TRY(const auto lines, read_lines(file));
  return net::keys_of(lines.empty() ? "" : lines.front());
}

result<void> read_certificate(const std::string& directory, secrets& to) {
  const std::string key = directory + "/tls.key";
  if (!exists(key)) return {};
  MILLRACE_CHECK(check_private(key));
  to.certificate = directory + "/tls.crt";
  to.certificate_key = key;
  return {};
}

net::access_token token_in(const std::string& line) {
  const auto space = line.find(' ');
  if (space == std::string::npos) return {"default", line};
  return {line.substr(0, space), line.substr(space + 1)};
}

result<void> refuse(const std::string& host, const std::string& what, const std::string& missing) {
  return make_error(errc::config_bad_value,
                    "'" + host + "' is not a loopback address, and " + what + " without " + missing,
                    "make them with millrace keygen DIR --host NAME and give --secrets DIR to all "
                    "processes; or take 127.0.0.1");
}

result<void> check_tokens(const std::string& host, const std::string& what, const secrets& guards) {
  if (guards.tokens.empty()) return refuse(host, what, "a token");
  const auto weak = std::ranges::find_if(
      guards.tokens, [](const auto& token) { return token.value.size() < shortest_token; });
  if (weak == guards.tokens.end()) return {};
  return refuse(host, what, "a token of " + std::to_string(shortest_token) + " letters or more");
}

}  // namespace

result<secrets> read_secrets(const std::string& directory, const std::string& token_file) {
  secrets all;
  std::string tokens = token_file;
  if (!directory.empty()) {
    MILLRACE_TRY(all.keys, read_keys(directory + "/cluster.key"));
    MILLRACE_CHECK(read_certificate(directory, all));
    const std::string beside = directory + "/token";
    if (tokens.empty() && exists(beside)) tokens = beside;
  }
  MILLRACE_TRY(all.tokens, read_tokens(tokens));
  return all;
}

result<std::vector<net::access_token>> read_tokens(const std::string& file) {
  std::vector<net::access_token> tokens;
  if (file.empty()) return tokens;
  MILLRACE_TRY(const auto lines, read_lines(file));
  for (const std::string& line : lines) {
    if (!line.empty() && line.front() != '#') tokens.push_back(token_in(line));
  }
  if (!tokens.empty()) return tokens;
  return make_error(errc::config_file_unreadable, "no token in '" + file + "'",
                    "write one a line, behind its name and a space if it is to have one");
}

result<std::string> read_token(const std::string& file) {
  MILLRACE_TRY(const auto tokens, read_tokens(file));
  return tokens.empty() ? std::string() : tokens.front().value;
}

result<void> check_links(const std::string& host, const secrets& guards) {
  if (is_loopback(host)) return {};
  const char* what = "links there are open to others";
  if (!guards.keys.given()) return refuse(host, what, "the keys of a cluster");
  return check_tokens(host, what, guards);
}

result<void> check_rest(const std::string& host, const secrets& guards) {
  if (is_loopback(host)) return {};
  const char* what = "REST there is open to others";
  if (guards.certificate.empty()) return refuse(host, what, "a certificate");
  return check_tokens(host, what, guards);
}

result<void> check_tool_address(const std::string& url, bool with_token) {
  constexpr std::string_view plain = "http://";
  if (url.starts_with("https://")) return {};
  const std::string bare = url.starts_with(plain) ? url.substr(plain.size()) : url;
  MILLRACE_TRY(const auto to, read_address(bare));
  if (!with_token || is_loopback(to.host)) return {};
  return make_error(errc::config_bad_value, "the token would be read on its way to '" + url + "'",
                    "write https://" + bare);
}

}  // namespace millrace::cli
