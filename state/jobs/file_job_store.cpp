#include "state/jobs/file_job_store.hpp"

#include "core/codec/control/job_codec.hpp"
#include "state/checkpoint/checksum.hpp"
#include "state/storage/file_io.hpp"
#include "state/storage/job_lock.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <string_view>
#include <utility>

namespace millrace::state {

namespace {

constexpr std::string_view magic = "MRJOBEN1";
constexpr std::string_view suffix = ".job";
constexpr std::size_t hash_size = 32;
constexpr std::size_t id_size = 16;
constexpr std::uint64_t longest_entry = 64U << 20;
constexpr std::uint64_t longest_epoch = 32;
// The lock is held for one write at a time.
constexpr std::int64_t patience_ms = 10'000;

bool is_id(std::string_view text) {
  return text.size() == id_size && std::ranges::all_of(text, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

error damaged(const std::string& path, std::string_view what) {
  return make_error(errc::state_corrupt, "the job's file '" + path + "' " + std::string(what),
                    "remove it and submit the job again, from its last checkpoint");
}

class file_job_store final : public coordination::job_store {
 public:
  explicit file_job_store(std::string path) : path_(std::move(path)) {}

  // Durable before anything is read: the leader before writes nothing behind it.
  result<void> claim(std::uint64_t epoch) {
    MILLRACE_TRY(const auto alone, job_lock::take_within(lock_file(), patience_ms));
    MILLRACE_TRY(const std::uint64_t before, stored_epoch());
    epoch_ = std::max(epoch, before + 1);
    MILLRACE_CHECK(replace_file(epoch_file(), std::to_string(epoch_) + "\n"));
    return sync_directory(path_);
  }

  std::uint64_t epoch() const override { return epoch_; }

  result<coordination::kept_jobs> load() override {
    coordination::kept_jobs kept;
    for (const auto& name : names_in(path_)) {
      if (!name.ends_with(suffix)) continue;
      const std::string id = name.substr(0, name.size() - suffix.size());
      if (!is_id(id)) continue;
      auto entry = read(id);
      if (entry) {
        kept.jobs.push_back(std::move(*entry));
      } else if (entry.error().code == errc::state_corrupt) {
        kept.damaged.push_back(entry.take_error());
      } else {
        return entry.take_error();
      }
    }
    return kept;
  }

  result<void> put(const coordination::job_entry& entry) override {
    MILLRACE_CHECK(check_id(entry.definition.id));
    std::string bytes(magic);
    bytes += codec::encode_job(entry);
    bytes += content_hash(bytes);
    if (bytes.size() > longest_entry) {
      return make_error(errc::config_bad_value,
                        "job '" + entry.name + "' is larger than 64 MiB with its script",
                        "split the script into several jobs");
    }
    MILLRACE_TRY(const auto alone, job_lock::take_within(lock_file(), patience_ms));
    MILLRACE_CHECK(check_epoch());
    MILLRACE_CHECK(replace_file(file_of(entry.definition.id), bytes));
    return sync_directory(path_);
  }

  result<void> erase(const std::string& id) override {
    MILLRACE_CHECK(check_id(id));
    MILLRACE_TRY(const auto alone, job_lock::take_within(lock_file(), patience_ms));
    MILLRACE_CHECK(check_epoch());
    const std::string file = file_of(id);
    if (::unlink(file.c_str()) != 0 && errno != ENOENT) return io_error("remove", file);
    return sync_directory(path_);
  }

 private:
  [[nodiscard]] std::string lock_file() const { return path_ + "/lock"; }
  [[nodiscard]] std::string epoch_file() const { return path_ + "/epoch"; }

  [[nodiscard]] result<std::uint64_t> stored_epoch() const {
    if (!exists(epoch_file())) return std::uint64_t{0};
    MILLRACE_TRY(const std::string text, read_file(epoch_file(), longest_epoch));
    std::uint64_t epoch = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), epoch);
    if (read.ec == std::errc() && std::string_view(read.ptr) == "\n") return epoch;
    return make_error(errc::state_corrupt, "'" + epoch_file() + "' holds no number",
                      "write one into it that is above the epochs of all coordinators before");
  }

  [[nodiscard]] result<void> check_epoch() const {
    MILLRACE_TRY(const std::uint64_t newest, stored_epoch());
    if (newest == epoch_) return {};
    return make_error(state_locked,
                      "another coordinator leads: epoch " + std::to_string(newest) +
                          " has come after " + std::to_string(epoch_),
                      "jobs can only be changed through that one");
  }

  [[nodiscard]] std::string file_of(std::string_view id) const {
    return path_ + "/" + std::string(id) + std::string(suffix);
  }

  static result<void> check_id(const std::string& id) {
    if (is_id(id)) return {};
    return make_error(errc::config_bad_value, "'" + id + "' is no id of a job",
                      "16 digits of 0 to 9 and a to f");
  }

  [[nodiscard]] result<coordination::job_entry> read(const std::string& id) const {
    const std::string file = file_of(id);
    MILLRACE_TRY(const std::string bytes, read_file(file, longest_entry));
    std::string_view rest = bytes;
    if (rest.size() < magic.size() + hash_size) return damaged(file, "is cut short");
    if (!rest.starts_with(magic)) return damaged(file, "does not begin as one");
    const std::string_view hash = rest.substr(rest.size() - hash_size);
    rest.remove_suffix(hash_size);
    if (content_hash(rest) != hash) return damaged(file, "does not fit its hash");
    auto entry = codec::decode_job(rest.substr(magic.size()));
    if (entry && entry->definition.id != id) return damaged(file, "is of another job");
    return entry;
  }

  std::string path_;
  std::uint64_t epoch_ = 0;
};

}  // namespace

result<std::unique_ptr<coordination::job_store>> open_file_job_store(const std::string& path,
                                                                     std::uint64_t epoch) {
  const bool is_new = !exists(path);
  MILLRACE_CHECK(make_directories(path));
  if (is_new && ::chmod(path.c_str(), 0700) != 0) return io_error("protect", path);
  auto store = std::make_unique<file_job_store>(path);
  MILLRACE_CHECK(store->claim(epoch));
  return std::unique_ptr<coordination::job_store>(std::move(store));
}

}  // namespace millrace::state
