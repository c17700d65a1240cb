#include "core/connectors/filesystem/byte_stream.hpp"

#include "core/base/local_paths.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <vector>

namespace millrace::connectors::filesystem {
namespace {

constexpr std::size_t packed_block = 256 * 1024;

error damaged(const std::string& path, std::string_view reason) {
  return make_error(errc::connector_bad_compression, fmt::format("'{}': {}", path, reason),
                    "the file is cut off or damaged; unpack it by hand to see how far it goes");
}

class plain_stream final : public byte_stream {
 public:
  plain_stream(std::string path, int fd) : path_(std::move(path)), fd_(fd) {}
  ~plain_stream() override { ::close(fd_); }

  result<std::size_t> read(char* to, std::size_t size) override {
    for (;;) {
      const auto n = ::read(fd_, to, size);
      if (n >= 0) return static_cast<std::size_t>(n);
      if (errno != EINTR) return io_error("read", path_, errno);
    }
  }
  result<void> seek(std::uint64_t offset) {
    if (::lseek(fd_, static_cast<off_t>(offset), SEEK_SET) >= 0) return {};
    return io_error("seek in", path_, errno);
  }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
  int fd_;
};

// Packed bytes of a file, kept until the unpacker has taken them.
class packed_input {
 public:
  explicit packed_input(std::unique_ptr<plain_stream> from)
      : from_(std::move(from)), block_(packed_block) {}
  [[nodiscard]] const std::string& path() const { return from_->path(); }
  /// Makes sure there is something to take; false at the end of the file.
  result<bool> fill() {
    if (at_ < end_) return true;
    MILLRACE_TRY(end_, from_->read(block_.data(), block_.size()));
    at_ = 0;
    return end_ > 0;
  }
  [[nodiscard]] char* data() { return block_.data() + at_; }
  [[nodiscard]] std::size_t size() const { return end_ - at_; }
  void take(std::size_t n) { at_ += n; }

 private:
  std::unique_ptr<plain_stream> from_;
  std::vector<char> block_;
  std::size_t at_ = 0;
  std::size_t end_ = 0;
};

// One or more gzip members.
class gzip_stream final : public byte_stream {
 public:
  explicit gzip_stream(std::unique_ptr<plain_stream> from) : in_(std::move(from)) {
    ok_ = inflateInit2(&z_, 15 + 16) == Z_OK;
  }
  ~gzip_stream() override { inflateEnd(&z_); }

  result<std::size_t> read(char* to, std::size_t size) override {
    if (!ok_) return damaged(in_.path(), "the unpacker did not start");
    const auto room = static_cast<uInt>(std::min<std::size_t>(size, 1u << 30));
    z_.next_out = reinterpret_cast<Bytef*>(to);
    z_.avail_out = room;
    while (z_.avail_out == room) {
      MILLRACE_TRY(const bool more, in_.fill());
      if (!more) {
        if (inside_) return damaged(in_.path(), "ends in the middle of a gzip member");
        return std::size_t{0};
      }
      MILLRACE_CHECK(step());
    }
    return std::size_t{room - z_.avail_out};
  }

 private:
  result<void> step() {
    z_.next_in = reinterpret_cast<Bytef*>(in_.data());
    z_.avail_in = static_cast<uInt>(in_.size());
    const std::size_t before = in_.size();
    inside_ = true;
    const int code = inflate(&z_, Z_NO_FLUSH);
    in_.take(before - z_.avail_in);
    if (code == Z_STREAM_END) {
      inside_ = false;
      inflateReset(&z_);
    } else if (code != Z_OK && code != Z_BUF_ERROR) {
      return damaged(in_.path(), z_.msg != nullptr ? z_.msg : "no gzip data");
    }
    return {};
  }

  packed_input in_;
  z_stream z_{};
  bool ok_ = false;
  bool inside_ = false;
};

// One or more zstd frames.
class zstd_stream final : public byte_stream {
 public:
  explicit zstd_stream(std::unique_ptr<plain_stream> from)
      : in_(std::move(from)), z_(ZSTD_createDCtx()) {}
  ~zstd_stream() override { ZSTD_freeDCtx(z_); }

  result<std::size_t> read(char* to, std::size_t size) override {
    ZSTD_outBuffer out{to, size, 0};
    while (out.pos == 0) {
      MILLRACE_TRY(const bool more, in_.fill());
      ZSTD_inBuffer in{in_.data(), in_.size(), 0};
      if (!more && !inside_) return std::size_t{0};
      const std::size_t code = ZSTD_decompressStream(z_, &out, &in);
      in_.take(in.pos);
      if (ZSTD_isError(code) != 0) return damaged(in_.path(), ZSTD_getErrorName(code));
      inside_ = code != 0;
      if (!more && out.pos == 0) return damaged(in_.path(), "ends in the middle of a zstd frame");
    }
    return out.pos;
  }

 private:
  packed_input in_;
  ZSTD_DCtx* z_;
  bool inside_ = false;
};

result<void> skip(byte_stream& stream, std::uint64_t bytes) {
  std::vector<char> drop(64 * 1024);
  while (bytes > 0) {
    const auto part = static_cast<std::size_t>(std::min<std::uint64_t>(bytes, drop.size()));
    MILLRACE_TRY(const std::size_t n, stream.read(drop.data(), part));
    if (n == 0) return {};
    bytes -= n;
  }
  return {};
}

}  // namespace

error io_error(std::string_view what, std::string_view path, int reason) {
  if (reason == ENOENT)
    return make_error(errc::connector_file_missing,
                      fmt::format("cannot {} '{}': no such file or directory", what, path),
                      "check option 'path'; a relative path starts at the working directory");
  const bool full = reason == ENOSPC || reason == EDQUOT;
  return make_error(errc::connector_io,
                    fmt::format("cannot {} '{}': {}", what, path, std::strerror(reason)),
                    full ? "make room on the disk" : "");
}

bool is_compressed(std::string_view path) {
  return path.ends_with(".gz") || path.ends_with(".zst");
}

result<std::unique_ptr<byte_stream>> open_stream(const std::string& path, std::uint64_t offset) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return io_error("open", path, errno);
  auto plain = std::make_unique<plain_stream>(path, fd);
  MILLRACE_CHECK(check_local_file(fd, path));
  std::unique_ptr<byte_stream> out;
  if (path.ends_with(".gz")) {
    out = std::make_unique<gzip_stream>(std::move(plain));
  } else if (path.ends_with(".zst")) {
    out = std::make_unique<zstd_stream>(std::move(plain));
  } else {
    if (offset > 0) MILLRACE_CHECK(plain->seek(offset));
    return std::unique_ptr<byte_stream>(std::move(plain));
  }
  MILLRACE_CHECK(skip(*out, offset));
  return out;
}

}  // namespace millrace::connectors::filesystem
