#include "state/storage/directory_folder.hpp"

#include "core/base/fail_point.hpp"
#include "state/storage/direct_file.hpp"
#include "state/storage/file_io.hpp"

#include <fmt/format.h>

#include <filesystem>

namespace millrace::state {

namespace {

constexpr std::uint64_t swapped_limit = 1U << 20;
constexpr std::int64_t swap_patience_ms = 10'000;

class file_reader final : public object_reader {
 public:
  file_reader(file from, std::uint64_t size) : file_(std::move(from)), size_(size) {}
  [[nodiscard]] std::uint64_t size() const override { return size_; }
  [[nodiscard]] result<void> read_at(std::uint64_t offset, char* to, std::size_t size) override {
    return file_.read_at(offset, to, size);
  }

 private:
  file file_;
  std::uint64_t size_;
};

class file_writer final : public object_writer {
 public:
  explicit file_writer(direct_file to) : file_(std::move(to)) {}
  ~file_writer() override {
    if (!finished_) remove_all(file_.path());
  }
  file_writer(const file_writer&) = delete;
  file_writer& operator=(const file_writer&) = delete;

  [[nodiscard]] result<void> write(std::string_view bytes) override { return file_.write(bytes); }
  [[nodiscard]] result<void> finish() override {
    MILLRACE_CHECK(file_.finish());
    finished_ = true;
    return {};
  }

 private:
  direct_file file_;
  bool finished_ = false;
};

std::string parent_of(const std::string& path) {
  return std::filesystem::absolute(path).parent_path().string();
}

}  // namespace

result<bool> directory_folder::lock(const std::string& name) {
  MILLRACE_CHECK(make_directories(path_));
  MILLRACE_TRY(auto taken, job_lock::take(place_of(name)));
  lock_.emplace(std::move(taken));
  return true;
}

std::string directory_folder::place_of(std::string_view name) const {
  return name.empty() ? path_ : fmt::format("{}/{}", path_, name);
}

result<void> directory_folder::make_folder(const std::string& folder) {
  return make_directories(place_of(folder));
}

result<std::unique_ptr<object_writer>> directory_folder::create(const std::string& name) {
  MILLRACE_TRY(direct_file to, direct_file::create(place_of(name)));
  return std::unique_ptr<object_writer>(std::make_unique<file_writer>(std::move(to)));
}

result<std::unique_ptr<object_reader>> directory_folder::open(const std::string& name) const {
  const std::string path = place_of(name);
  if (!exists(path) || is_directory(path)) {
    return make_error(state_not_found, fmt::format("there is no '{}'", path));
  }
  MILLRACE_TRY(file from, file::open(path));
  MILLRACE_TRY(const std::uint64_t size, from.size());
  return std::unique_ptr<object_reader>(std::make_unique<file_reader>(std::move(from), size));
}

result<void> directory_folder::replace(const std::string& name, std::string_view bytes) {
  const std::string path = place_of(name);
  MILLRACE_CHECK(replace_file(path, bytes));
  return sync_directory(parent_of(path));
}

result<void> directory_folder::swap(const std::string& name,
                                    const std::optional<std::string>& expected,
                                    const std::string& next) {
  const std::string path = place_of(name);
  std::optional<job_lock> alone;
  if (!lock_) {
    auto taken = job_lock::take_within(path + ".lock", swap_patience_ms);
    if (!taken) return taken.take_error();
    alone.emplace(std::move(*taken));
  }
  std::optional<std::string> now;
  if (exists(path)) {
    MILLRACE_TRY(now, read_file(path, swapped_limit));
  }
  if (now != expected) {
    return make_error(state_locked,
                      fmt::format("another process has completed a checkpoint: '{}' changed", path),
                      "only one run of a job may use its checkpoint folder");
  }
  MILLRACE_CHECK(replace_file(path, next));
  auto synced = pass_step(protocol_step::sync);
  if (synced.ok()) synced = sync_directory(parent_of(path));
  if (synced.ok()) return {};
  // The new one stands, for now: which one a restart finds is not known.
  auto uncertain = synced.take_error();
  uncertain.code = state_sync_failed;
  if (!uncertain.hint.empty()) uncertain.hint += ", then ";
  uncertain.hint += "start the job again from its last complete checkpoint";
  return uncertain;
}

result<void> directory_folder::take_in(const std::string& path, const std::string& name) {
  MILLRACE_CHECK(link_or_copy(path, place_of(name)));
  MILLRACE_TRY(file f, file::open(place_of(name)));
  return f.sync();
}

result<void> directory_folder::bring_out(const std::string& name, const std::string& path) const {
  return link_or_copy(place_of(name), path);
}

result<std::vector<std::string>> directory_folder::folders() const {
  std::vector<std::string> found = state::names_in(path_);
  std::erase_if(found, [&](const std::string& name) { return !is_directory(place_of(name)); });
  return found;
}

result<std::vector<std::string>> directory_folder::names_in(const std::string& folder) const {
  std::vector<std::string> found = state::names_in(place_of(folder));
  const std::string path = place_of(folder) + "/";
  std::erase_if(found, [&](const std::string& name) { return is_directory(path + name); });
  return found;
}

void directory_folder::remove(const std::string& name) { remove_all(place_of(name)); }

void directory_folder::remove_folder(const std::string& folder) { remove_all(place_of(folder)); }

void directory_folder::remove_leftovers() {
  for (const std::string& name : state::names_in(path_)) {
    if (name.ends_with(".tmp")) remove_all(place_of(name));
  }
}

}  // namespace millrace::state
