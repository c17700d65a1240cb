#include "cli/cluster/keygen.hpp"

#include "cli/exit_code.hpp"
#include "net/http/self_signed.hpp"
#include "net/transport/cluster_keys.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>

namespace millrace::cli {

namespace {

constexpr mode_t secret_mode = 0600;
constexpr mode_t open_mode = 0644;
constexpr std::size_t token_bytes = 32;

struct new_file {
  std::string name;
  std::string text;
  mode_t mode;
};

result<std::string> make_token() {
  std::array<unsigned char, token_bytes> random;
  if (getentropy(random.data(), random.size()) != 0) {
    return make_error(errc::internal, std::string("no random bytes: ") + std::strerror(errno));
  }
  std::string text;
  for (const unsigned char byte : random) {
    constexpr const char* digits = "0123456789abcdef";
    text += digits[byte >> 4U];
    text += digits[byte & 15U];
  }
  return text;
}

result<void> write(const std::string& directory, const new_file& file) {
  const std::string path = directory + "/" + file.name;
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, file.mode);
  const std::string text = file.text.ends_with('\n') ? file.text : file.text + "\n";
  const bool done =
      fd >= 0 && ::write(fd, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  const int reason = errno;
  if (fd >= 0) ::close(fd);
  if (done) return {};
  return make_error(
      errc::config_file_unreadable, "cannot write '" + path + "': " + std::strerror(reason),
      reason == EEXIST ? "take an empty directory: a cluster that runs needs its keys" : "");
}

result<std::vector<new_file>> make_files(const keygen_request& request) {
  MILLRACE_TRY(const auto keys, net::make_cluster_keys());
  MILLRACE_TRY(const auto token, make_token());
  std::vector<new_file> files = {{"cluster.key", keys.secret, secret_mode},
                                 {"cluster.pub", keys.open, open_mode},
                                 {"token", token, secret_mode}};
  if (request.hosts.empty()) return files;
  MILLRACE_TRY(const auto tls, net::make_certificate(request.hosts));
  files.push_back({"tls.crt", tls.certificate, open_mode});
  files.push_back({"tls.key", tls.key, secret_mode});
  return files;
}

result<void> generate(const keygen_request& request) {
  MILLRACE_TRY(const auto files, make_files(request));
  if (::mkdir(request.directory.c_str(), 0700) != 0 && errno != EEXIST) {
    return make_error(errc::config_file_unreadable,
                      "cannot make '" + request.directory + "': " + std::strerror(errno));
  }
  for (const new_file& file : files) {
    MILLRACE_CHECK(write(request.directory, file));
    std::printf("%s/%s\n", request.directory.c_str(), file.name.c_str());
  }
  return {};
}

}  // namespace

int run_keygen(const keygen_request& request) {
  const auto done = generate(request);
  if (done) return exit_ok;
  std::fprintf(stderr, "%s\n", to_text(done.error()).c_str());
  return exit_code_of(done.error().code);
}

}  // namespace millrace::cli
