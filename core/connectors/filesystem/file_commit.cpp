#include "core/connectors/filesystem/file_commit.hpp"

#include "core/base/fail_point.hpp"
#include "core/base/state_errors.hpp"
#include "core/connectors/filesystem/byte_stream.hpp"
#include "core/connectors/filesystem/content_hash.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <optional>
#include <set>
#include <vector>

namespace millrace::connectors::filesystem {
namespace {

class descriptor {
 public:
  explicit descriptor(int fd) : fd_(fd) {}
  descriptor(const descriptor&) = delete;
  descriptor& operator=(const descriptor&) = delete;
  ~descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  [[nodiscard]] int get() const { return fd_; }

 private:
  int fd_;
};

result<void> sync_folder(const std::string& folder) {
  const descriptor parent(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (parent.get() < 0 || ::fsync(parent.get()) != 0) return io_error("sync", folder, errno);
  return {};
}

// A checkpoint names files in it: the folder has to be on disk as they are.
result<void> make_folders(const std::string& folder) {
  std::error_code bad;
  std::vector<std::filesystem::path> with_new_names;
  for (auto at = std::filesystem::absolute(folder); !std::filesystem::exists(at, bad);) {
    at = at.parent_path();
    with_new_names.push_back(at);
  }
  std::filesystem::create_directories(folder, bad);
  if (bad) return io_error("make the folder", folder, bad.value());
  for (const auto& above : with_new_names) MILLRACE_CHECK(sync_folder(above));
  return {};
}

// A checkpoint is forgotten once the next is complete: what it let go has to be on disk by then.
class committer final : public sink_committer {
 public:
  result<void> commit(const std::vector<committable>& all) override {
    std::set<std::string> folders;
    for (const auto& one : all) {
      MILLRACE_TRY(const auto step, file_step::from(one));
      MILLRACE_CHECK(pass_step(protocol_step::publish));
      if (step.what == file_step::kind::waiting) continue;
      MILLRACE_CHECK(step.run());
      folders.insert(std::filesystem::path(step.final_path).parent_path());
    }
    MILLRACE_CHECK(pass_step(protocol_step::publish_sync));
    for (const std::string& folder : folders) {
      if (auto synced = sync_folder(folder); !synced) return lost(synced.take_error());
    }
    return {};
  }

 private:
  // A second sync that succeeds says nothing of what the first should have covered.
  static error lost(error e) {
    e.code = state_sync_failed;
    return e;
  }
};

std::string_view word_of(file_step::kind kind) {
  switch (kind) {
    case file_step::kind::publish: return "publish";
    case file_step::kind::mark: return "mark";
    case file_step::kind::waiting: return "waiting";
  }
  return "";
}

std::optional<file_step::kind> kind_of(std::string_view word) {
  for (const auto kind :
       {file_step::kind::publish, file_step::kind::mark, file_step::kind::waiting}) {
    if (word == word_of(kind)) return kind;
  }
  return std::nullopt;
}

template <class Number>
Number number_of(std::string_view text, int base = 10) {
  Number out = 0;
  std::from_chars(text.data(), text.data() + text.size(), out, base);
  return out;
}

// The checkpoint in `part-JOB-CHECKPOINT-...`, nothing for other names.
std::optional<std::uint64_t> checkpoint_of(std::string_view name, std::string_view prefix) {
  if (!name.starts_with(prefix)) return std::nullopt;
  name.remove_prefix(prefix.size());
  std::uint64_t id = 0;
  const auto [end, bad] = std::from_chars(name.data(), name.data() + name.size(), id);
  if (bad != std::errc{} || end == name.data() + name.size() || *end != '-') return std::nullopt;
  return id;
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> out;
  for (;;) {
    const auto end = text.find('\n');
    out.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return out;
    text.remove_prefix(end + 1);
  }
}

}  // namespace

committable file_step::to_committable() const {
  return {fmt::format("{}\n{}\n{}\n{}\n{:016x}", word_of(what), staged, final_path, length, hash)};
}

result<file_step> file_step::from(const committable& c) {
  const auto lines = lines_of(c.bytes);
  file_step out;
  const auto known = kind_of(lines[0]);
  // Older checkpoints know no hashes.
  if (!known || lines.size() < 4 || lines.size() > 5)
    return make_error(errc::state_corrupt, "a committable of the filesystem sink is damaged");
  out.what = *known;
  out.staged = lines[1];
  out.final_path = lines[2];
  out.length = number_of<std::uint64_t>(lines[3]);
  if (lines.size() == 5) out.hash = number_of<std::uint64_t>(lines[4], 16);
  return out;
}

result<void> file_step::run() const {
  if (what == kind::waiting) return {};
  if (what == kind::mark) return append_file(final_path, {});
  // Looked at first: a file that is published is never replaced.
  struct stat s {};
  if (::stat(final_path.c_str(), &s) == 0) {
    MILLRACE_TRY(const bool same, holds(static_cast<std::uint64_t>(s.st_size)));
    if (same) return {};
    return make_error(errc::state_corrupt,
                      fmt::format("'{}' has {} bytes and is not what was published, {} bytes",
                                  final_path, s.st_size, length),
                      "the file was changed since: take it away and restore a savepoint");
  }
  if (::rename(staged.c_str(), final_path.c_str()) == 0) return {};
  if (errno != ENOENT) return io_error(fmt::format("rename '{}' to", staged), final_path, errno);
  return make_error(errc::state_corrupt,
                    fmt::format("'{}' is gone, which was to become '{}'", staged, final_path),
                    "restore a savepoint from before it was staged");
}

result<bool> file_step::holds(std::uint64_t size) const {
  if (size != length || hash == 0) return size == length;
  MILLRACE_TRY(const std::uint64_t now, hash_of_file(final_path));
  return now == hash;
}

std::unique_ptr<sink_committer> make_file_committer() { return std::make_unique<committer>(); }

result<void> append_file(const std::string& path, std::string_view bytes) {
  constexpr int flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC;
  int fd = ::open(path.c_str(), flags, 0644);
  if (fd < 0 && errno == ENOENT) {
    MILLRACE_CHECK(make_folders(std::filesystem::path(path).parent_path()));
    fd = ::open(path.c_str(), flags, 0644);
  }
  const descriptor file(fd);
  if (fd < 0) return io_error("write", path, errno);
  while (!bytes.empty()) {
    const auto n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno != EINTR) return io_error("write", path, errno);
    if (n > 0) bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return {};
}

result<void> sync_file(const std::string& path) {
  const descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0 || ::fsync(file.get()) != 0) return io_error("sync", path, errno);
  return sync_folder(std::filesystem::path(path).parent_path());
}

result<void> remove_leftovers(const std::string& folder, const std::string& job_id,
                              checkpoint_id restored) {
  const std::string staged = ".part-" + job_id + "-";
  const std::string published = "part-" + job_id + "-";
  std::error_code bad;
  std::vector<std::filesystem::path> doomed;
  for (auto at = std::filesystem::recursive_directory_iterator(folder, bad);
       !bad && at != std::filesystem::recursive_directory_iterator(); at.increment(bad)) {
    const std::string name = at->path().filename();
    const auto checkpoint = checkpoint_of(name, published);
    if (name.starts_with(staged) || (checkpoint && *checkpoint > restored.value)) {
      doomed.push_back(at->path());
    }
  }
  if (bad && bad != std::errc::no_such_file_or_directory) {
    return io_error("list", folder, bad.value());
  }
  for (const auto& path : doomed) {
    if (!std::filesystem::remove(path, bad) && bad)
      return io_error("remove", path.string(), bad.value());
  }
  return {};
}

}  // namespace millrace::connectors::filesystem
