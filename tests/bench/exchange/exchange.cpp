// What a channel between two workers carries: two processes on this machine, joined by loopback,
// one channel, batches of 4,096 rows through encode, ZeroMQ and decode with all its checks. The
// receiver gives credit back as it takes batches. Prints, per kind of rows, bytes of columns and
// hashes a second, rows a second, and the CPU time of each process for a gigabyte.
//
// usage: bench_exchange [gigabytes] [bytes of credit] [rounds] [plain|curve]

#include "core/runtime/channel.hpp"
#include "net/transport/cluster_keys.hpp"
#include "net/transport/data_plane.hpp"
#include "tests/bench/exchange/sample_rows.hpp"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

namespace millrace::bench {
namespace {

struct settings {
  double gigabytes = 8;
  std::int64_t credit = 4 << 20;
  int rounds = 3;
  net::cluster_keys keys;  // none: links are not encrypted
};

[[noreturn]] void give_up(const error& e) {
  std::fprintf(stderr, "%s\n", to_text(e).c_str());
  std::_Exit(1);
}

double cpu_seconds() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) * 1e-6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

/// Both tasks' mailbox: counts credit at the sender; rows and their end at the receiver.
class bench_mailbox final : public runtime::mailbox {
 public:
  void deliver(channel_id, runtime::parcel p) override {
    if (const auto* batch = std::get_if<data::batch_ptr>(&p.what)) {
      rows_ += (*batch)->row_count();
      owed_ += p.bytes;
      if (owed_ < owed_at_most) return;
      reader->grant(std::exchange(owed_, 0));
      return;
    }
    change([&] { ended_ = true; });
  }
  void grant(runtime::output_channel, std::int64_t bytes) override {
    change([&] { credit_ += bytes; });
  }
  void fail(error e) override { give_up(e); }

  void spend(std::int64_t bytes) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return credit_ > 0; });
    credit_ -= bytes;
  }
  std::uint64_t wait_for_the_end() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return ended_; });
    return rows_;
  }

  std::unique_ptr<runtime::channel_reader> reader;  ///< set before rows come

 private:
  static constexpr std::int64_t owed_at_most = 256 << 10;

  template <class F>
  void change(F&& f) {
    const std::lock_guard lock(mutex_);
    f();
    changed_.notify_all();
  }
  std::mutex mutex_;
  std::condition_variable changed_;
  std::int64_t credit_ = 0;
  std::int64_t owed_ = 0;
  std::uint64_t rows_ = 0;
  bool ended_ = false;
};

/// The other process: lines through a pair of pipes.
class other_process {
 public:
  other_process(int from, int to) : from_(fdopen(from, "r")), to_(fdopen(to, "w")) {}
  void tell(const std::string& line) {
    std::fprintf(to_, "%s\n", line.c_str());
    std::fflush(to_);
  }
  std::string hear() {
    char line[256];
    if (std::fgets(line, sizeof line, from_) == nullptr) std::_Exit(1);
    const std::string text(line);
    return text.substr(0, text.size() - 1);
  }

 private:
  FILE* from_;
  FILE* to_;
};

std::unique_ptr<net::data_plane> open_plane(const char* name, const settings& s) {
  net::data_plane_options options;
  options.name = name;
  options.keys = s.keys;
  auto plane = net::data_plane::open(std::move(options));
  if (!plane) give_up(plane.take_error());
  return std::move(*plane);
}

void send_rows(const sample& what, const settings& s, net::data_plane& plane, attempt_id attempt,
               const std::string& peer) {
  const auto box = std::make_shared<bench_mailbox>();
  box->grant({}, s.credit);
  const auto writer =
      plane.make_writer({attempt, 0, peer, "receiver"}, box, runtime::output_channel(0));
  double left = s.gigabytes * 1e9;
  for (std::size_t i = 0; left > 0; ++i) {
    const auto& batch = what.batches[i % what.batches.size()];
    const auto parcel = runtime::make_parcel(batch);
    box->spend(parcel.bytes);
    left -= static_cast<double>(batch->byte_size());
    writer->send(parcel);
  }
  writer->send(runtime::make_parcel(data::end_of_input{}));
}

void run_sender(const settings& s, other_process& receiver) {
  const auto samples = make_samples();
  const auto plane = open_plane("sender", s);
  receiver.tell(plane->endpoint());
  const std::string peer = receiver.hear();
  std::uint32_t attempt = 0;
  for (const auto& what : samples) {
    for (int round = 0; round < s.rounds; ++round) {
      receiver.hear();
      const double before = cpu_seconds();
      send_rows(what, s, *plane, attempt_id(++attempt), peer);
      receiver.hear();
      receiver.tell(std::to_string(cpu_seconds() - before));
      plane->forget(attempt_id(attempt));
    }
  }
}

void receive_rows(const sample& what, const settings& s, net::data_plane& plane, attempt_id attempt,
                  const std::string& peer, other_process& sender) {
  const auto box = std::make_shared<bench_mailbox>();
  box->reader = plane.make_reader({attempt, 0, peer, "sender"}, box, channel_id(0), what.rows);
  const auto start = std::chrono::steady_clock::now();
  const double before = cpu_seconds();
  sender.tell("go");
  const auto rows = static_cast<double>(box->wait_for_the_end());
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  const double own = cpu_seconds() - before;
  sender.tell("done");
  const double others = std::atof(sender.hear().c_str());
  std::printf("%-22s %6.2f GB/s %7.1f M rows/s   CPU s/GB: sender %.3f receiver %.3f\n",
              what.name.c_str(), s.gigabytes / took.count(), rows / took.count() / 1e6,
              others / s.gigabytes, own / s.gigabytes);
  std::fflush(stdout);
  plane.forget(attempt);
}

void run_receiver(const settings& s, other_process& sender) {
  const auto samples = make_samples();
  const auto plane = open_plane("receiver", s);
  sender.tell(plane->endpoint());
  const std::string peer = sender.hear();
  std::uint32_t attempt = 0;
  for (const auto& what : samples) {
    for (int round = 0; round < s.rounds; ++round) {
      receive_rows(what, s, *plane, attempt_id(++attempt), peer, sender);
    }
  }
}

int run(const settings& s) {
  int to_sender[2];
  int to_receiver[2];
  if (pipe(to_sender) != 0 || pipe(to_receiver) != 0) return 1;
  const pid_t child = fork();  // before any thread
  if (child < 0) return 1;
  if (child == 0) {
    close(to_sender[1]);
    close(to_receiver[0]);
    other_process receiver(to_sender[0], to_receiver[1]);
    run_sender(s, receiver);
    return 0;
  }
  close(to_sender[0]);
  close(to_receiver[1]);
  other_process sender(to_receiver[0], to_sender[1]);
  run_receiver(s, sender);
  int status = 0;
  waitpid(child, &status, 0);
  return status == 0 ? 0 : 1;
}

}  // namespace
}  // namespace millrace::bench

int main(int argc, char** argv) {
  millrace::bench::settings s;
  if (argc > 1) s.gigabytes = std::atof(argv[1]);
  if (argc > 2) s.credit = std::atoll(argv[2]);
  if (argc > 3) s.rounds = std::atoi(argv[3]);
  if (argc > 4 && std::string_view(argv[4]) == "curve") {
    s.keys = millrace::net::make_cluster_keys().value();
  }
  return millrace::bench::run(s);
}
