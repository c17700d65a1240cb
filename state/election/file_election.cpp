#include "state/election/file_election.hpp"

#include "state/checkpoint/checksum.hpp"
#include "state/storage/file_io.hpp"
#include "state/storage/job_lock.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <charconv>
#include <optional>
#include <string_view>
#include <utility>

namespace millrace::state {

namespace {

using coordination::election_round;
using coordination::leader_address;

constexpr std::string_view first_line = "millrace leader 1\nepoch ";
constexpr std::uint64_t longest_record = 4096;

std::string record_of(std::uint64_t epoch, const leader_address& leader) {
  std::string body = fmt::format("{}{}\nat {}\n", first_line, epoch, to_text(leader));
  return body + fmt::format("check {:016x}\n", checksum_of(body));
}

std::optional<election_round> parse_record(std::string_view text) {
  const auto check = text.rfind("check ");
  if (check == text.npos || !text.starts_with(first_line)) return std::nullopt;
  std::string_view body = text.substr(0, check);
  if (text.substr(check) != fmt::format("check {:016x}\n", checksum_of(body))) return std::nullopt;
  body.remove_prefix(first_line.size());
  election_round round;
  const auto [end, failure] = std::from_chars(body.data(), body.data() + body.size(), round.epoch);
  body.remove_prefix(static_cast<std::size_t>(end - body.data()));
  if (failure != std::errc() || !body.starts_with("\nat ") || !body.ends_with('\n')) {
    return std::nullopt;
  }
  auto leader = coordination::parse_leader_address(body.substr(4, body.size() - 5));
  if (!leader) return std::nullopt;
  round.leader = std::move(*leader);
  return round;
}

class file_election final : public coordination::leader_election {
 public:
  explicit file_election(std::string path) : path_(std::move(path)) {}

  result<election_round> campaign(const leader_address& own) override {
    if (lock_) return go_on(own);
    auto taken = job_lock::take(lock_file());
    if (!taken && taken.error().code == state_locked) return look();
    if (!taken) return taken.take_error();
    MILLRACE_TRY(const election_round before, look());
    lock_.emplace(std::move(*taken));
    auto written = write(before.epoch + 1, own);
    if (written) return election_round{true, epoch_, written_};
    lock_.reset();
    return written.take_error();
  }

  result<election_round> look() override {
    if (!exists(record_file())) return election_round{};
    MILLRACE_TRY(const std::string text, read_file(record_file(), longest_record));
    auto round = parse_record(text);
    if (round) return std::move(*round);
    return make_error(errc::state_corrupt, "'" + record_file() + "' is damaged",
                      "put an epoch above all before into it, or start with another directory");
  }

  void resign() override { lock_.reset(); }
  std::int64_t term_ms() const override { return 0; }

 private:
  [[nodiscard]] std::string lock_file() const { return path_ + "/leader.lock"; }
  [[nodiscard]] std::string record_file() const { return path_ + "/leader"; }

  // Somebody may have put another file in the lock's place, and another candidate locked that.
  result<election_round> go_on(const leader_address& own) {
    if (!lock_->is_at(lock_file())) {
      lock_.reset();
      return look();
    }
    if (own != written_) MILLRACE_CHECK(write(epoch_, own));
    return election_round{true, epoch_, written_};
  }

  result<void> write(std::uint64_t epoch, const leader_address& own) {
    MILLRACE_CHECK(replace_file(record_file(), record_of(epoch, own)));
    MILLRACE_CHECK(sync_directory(path_));
    epoch_ = epoch;
    written_ = own;
    return {};
  }

  std::string path_;
  std::optional<job_lock> lock_;  // held: it leads
  std::uint64_t epoch_ = 0;
  leader_address written_;
};

}  // namespace

result<std::unique_ptr<coordination::leader_election>> open_file_election(const std::string& path) {
  MILLRACE_CHECK(make_directories(path));
  return watch_file_election(path);
}

std::unique_ptr<coordination::leader_election> watch_file_election(const std::string& path) {
  return std::make_unique<file_election>(path);
}

}  // namespace millrace::state
