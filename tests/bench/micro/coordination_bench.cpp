// What a cluster costs its coordinator, in CPU seconds of one thread: the machines of
// core/coordination and the codec of their messages, without sockets and actors.
// build/release/tests/bench/micro/bench_coordination [workers, 1000] [vertices, 100]
// Every worker has one slot; every vertex has a subtask on every worker. Messages of workers are
// made outside of the measured time, those to workers inside.

#include "core/codec/checkpoint/manifest_codec.hpp"
#include "core/codec/control/control_codec.hpp"
#include "core/coordination/checkpoint_book.hpp"
#include "core/coordination/checkpoint_coordinator.hpp"
#include "core/coordination/job_state_machine.hpp"
#include "core/coordination/worker_registry.hpp"

#include <sys/resource.h>

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <string>
#include <utility>

namespace {

using namespace millrace;
using namespace millrace::coordination;

// CPU time of this thread while it runs.
class stopwatch {
 public:
  void start() { started_ = now(); }
  void stop() { seconds_ += now() - started_; }
  [[nodiscard]] double seconds() const { return seconds_; }

 private:
  [[nodiscard]] static double now() {
    timespec t{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
  }
  double started_ = 0;
  double seconds_ = 0;
};

double resident_mib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

void report(const char* what, double seconds, std::size_t messages) {
  std::printf("%-34s %8.3f s %9zu messages %8.0f MiB\n", what, seconds, messages, resident_mib());
}

void expect(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "failed: %s\n", what);
  std::exit(1);
}

// A source, operators and a sink, every one behind a hash exchange: each is a vertex.
plan::physical_plan chain_of(std::uint32_t vertices, std::uint32_t parallelism) {
  plan::physical_plan plan;
  plan.max_parallelism = 4096;
  plan.nodes.resize(vertices);
  for (std::uint32_t i = 0; i < vertices; ++i) {
    auto& node = plan.nodes[i];
    node.id = "operator-" + std::to_string(i);
    node.name = "GroupAggregate";
    node.spec = plan::union_spec{};
    node.parallelism = parallelism;
    node.chain = i;
    if (i > 0) node.inputs = {{i - 1, plan::exchange_kind::hash, {0}}};
  }
  plan.nodes.front().spec = plan::source_spec{};
  plan.nodes.back().spec = plan::sink_spec{};
  return plan;
}

// What a task reports: a table with a file that lies in the checkpoint's folder.
state_report state_of(const plan::physical_plan& plan, std::uint32_t vertex, std::uint32_t subtask,
                      std::uint32_t task) {
  const auto& node = plan.nodes[vertex];
  tables::table_spec table;
  table.name = "groups";
  table.key_types = {data::data_type::string()};
  table.slots = {tables::slot_spec::bytes(8), tables::slot_spec::bytes(8)};
  state_file file;
  file.name = "chk-1/" + node.id + "-" + std::to_string(subtask);
  file.bytes = 2U << 20;
  file.checksum = task;
  file.entries = 100'000;
  operator_state state;
  state.operator_id = node.id;
  state.description = node.name;
  state.subtask = subtask;
  state.parallelism = node.parallelism;
  state.range = tables::key_range::of_subtask(subtask, node.parallelism, plan.max_parallelism);
  state.tables = {std::move(table)};
  state.files = {std::move(file)};
  state.watermarks = {1'700'000'000'000, 1'700'000'000'000};
  state_report out;
  out.attempt = 1;
  out.task = task;
  out.checkpoint = checkpoint_id(1);
  if (vertex != 0) out.states = {std::move(state)};
  return out;
}

class cluster {
 public:
  cluster(std::uint32_t workers, std::uint32_t vertices)
      : workers_(workers), plan_(chain_of(vertices, workers)) {}

  void run() {
    greet();
    deploy("deploy");
    heartbeats();
    checkpoint();
    lose_a_worker();
  }

 private:
  template <class Body>
  Body receive(const std::string& bytes) {
    auto message = codec::decode_control(bytes);
    expect(message.ok(), "a message of a worker");
    return std::get<Body>(std::move(message->body));
  }

  void greet() {
    stopwatch watch;
    for (std::uint32_t i = 0; i < workers_; ++i) admit("worker-" + std::to_string(i), watch);
    report("greetings", watch.seconds(), workers_);
  }

  void admit(const std::string& name, stopwatch& watch) {
    const auto bytes = codec::encode_control(
        {0, worker_greeting{name, "tcp://10.0.0.1:7000", "tcp://10.0.0.1:7001", 1, "0.1.0", ""}});
    watch.start();
    const auto admitted = registry_.on_greeting(receive<worker_greeting>(bytes), now_);
    expect(!codec::encode_control({1, worker_welcome{admitted.id}}).empty(), "a welcome");
    watch.stop();
  }

  deploy_order order() const {
    deploy_order out;
    out.attempt = 1;
    out.job = {"0123456789abcdef", std::string(4096, 'x'), {}, 1, "digest"};
    for (const std::uint32_t id : placement_.workers) {
      const auto* worker = registry_.find(id);
      out.peers.push_back({worker->name, worker->data_endpoint});
    }
    out.places = placement_.places;
    return out;
  }

  void deploy(const char* what) {
    stopwatch watch;
    watch.start();
    graph_ = build_job_graph(plan_).value();
    std::vector<std::uint32_t> before;
    for (const std::uint32_t at : placement_.slots) before.push_back(placement_.workers[at]);
    registry_.release("job");
    placement_ = place(graph_, registry_.offers(), placement_strategy::spread, before);
    expect(placement_.missing == 0, "enough slots");
    registry_.allocate("job", placement_);
    std::size_t bytes = 0;
    for (std::uint32_t i = 0; i < workers_; ++i)
      bytes += codec::encode_control({1, order()}).size();
    watch.stop();
    const std::string answer = codec::encode_control({1, attempt_deployed{1, std::nullopt}});
    watch.start();
    for (std::uint32_t i = 0; i < workers_; ++i) {
      expect(!receive<attempt_deployed>(answer).failure, "a worker has deployed");
    }
    watch.stop();
    report(what, watch.seconds(), 2UL * workers_);
    std::printf("%34s %8.0f KiB per order\n", "", static_cast<double>(bytes) / workers_ / 1024);
  }

  void heartbeats() {
    constexpr int rounds = 20;
    const std::string beat = codec::encode_control({1, heartbeat{1}});
    stopwatch watch;
    watch.start();
    for (int round = 0; round < rounds; ++round) {
      now_ += 500;
      for (const auto& [id, worker] : registry_.workers()) {
        static_cast<void>(receive<heartbeat>(beat));
        registry_.on_heartbeat(id, now_);
        expect(!codec::encode_control({1, heartbeat{1}}).empty(), "a heartbeat");
      }
      expect(registry_.on_time(now_).empty(), "every worker alive");
    }
    watch.stop();
    report("heartbeats of 10 s", watch.seconds(), 2UL * workers_ * rounds);
  }

  void checkpoint() {
    checkpoint_coordinator coordinator(graph_.task_count(), {});
    checkpoint_book book(plan_, graph_);
    stopwatch watch;
    watch.start();
    auto next = coordinator.on_demand(now_);
    book.begin(next.id, now_);
    for (std::uint32_t i = 0; i < workers_; ++i) {
      expect(!codec::encode_control({1, begin_order{1, next.id}}).empty(), "an order");
      const barrier_order barrier{1, i, {next.id, now_, false, false, false, 0}};
      expect(!codec::encode_control({1, barrier}).empty(), "a barrier");
    }
    watch.stop();
    std::uint32_t task = 0;
    for (std::uint32_t v = 0; v < graph_.vertices.size(); ++v) {
      std::vector<std::string> messages;
      for (std::uint32_t s = 0; s < workers_; ++s) {
        messages.push_back(codec::encode_control({1, state_of(plan_, v, s, task + s)}));
      }
      watch.start();
      for (const auto& bytes : messages)
        next = acknowledge(receive<state_report>(bytes), book, coordinator);
      watch.stop();
      task += workers_;
    }
    expect(next.what == checkpoint_order::kind::store, "all have acknowledged");
    watch.start();
    const std::string manifest = codec::encode_manifest(book.manifest());
    next = coordinator.on_stored(next.id, now_);
    expect(next.what == checkpoint_order::kind::complete, "a complete checkpoint");
    for (std::uint32_t i = 0; i < workers_; ++i) {
      expect(!codec::encode_control({1, settle_order{1, next.id, true}}).empty(), "an order");
    }
    watch.stop();
    report("a checkpoint", watch.seconds(), task + 3UL * workers_);
    std::printf("%34s %8.1f MiB of manifest\n", "",
                static_cast<double>(manifest.size()) / (1 << 20));
  }

  static checkpoint_order acknowledge(state_report from, checkpoint_book& book,
                                      checkpoint_coordinator& coordinator) {
    runtime::task_snapshot snapshot;
    snapshot.barrier.id = from.checkpoint;
    snapshot.watermark = from.watermark;
    snapshot.splits = std::move(from.splits);
    book.on_acknowledged(from.task, std::move(from.states), snapshot);
    return coordinator.on_acknowledged(from.task, from.checkpoint);
  }

  // One of the workers falls silent, a spare one takes its slot; every task of the job ends and
  // starts again.
  void lose_a_worker() {
    stopwatch unmeasured;
    admit("spare", unmeasured);
    const std::uint32_t victim = placement_.workers[workers_ / 2];
    stopwatch watch;
    watch.start();
    std::vector<std::uint32_t> dead;
    for (const timestamp_ms end = now_ + 2000; now_ < end && dead.empty();) {
      now_ += 500;
      for (const auto& [id, worker] : registry_.workers()) {
        if (id != victim) registry_.on_heartbeat(id, now_);
      }
      dead = registry_.on_time(now_);
    }
    expect(dead == std::vector{victim}, "one dead worker");
    job_state_machine job(graph_.task_count());
    job.on_started();
    expect(job.on_failure(error{}) == job_action::stop_tasks, "a job that fails");
    for (std::uint32_t i = 0; i < workers_; ++i) {
      expect(!codec::encode_control({1, stop_order{1}}).empty(), "an order");
    }
    watch.stop();
    stop_tasks(job, watch);
    report("failover: notice and stop", watch.seconds(), graph_.task_count() + workers_);
    deploy("failover: deploy again");
  }

  void stop_tasks(job_state_machine& job, stopwatch& watch) {
    end_report end;
    end.attempt = 1;
    end.end = end_report::how::cancelled;
    for (std::uint32_t first = 0; first < graph_.task_count(); first += workers_) {
      std::vector<std::string> messages;
      for (end.task = first; end.task < first + workers_; ++end.task) {
        messages.push_back(codec::encode_control({1, end}));
      }
      watch.start();
      for (const auto& bytes : messages) {
        static_cast<void>(job.on_task_cancelled(receive<end_report>(bytes).task));
      }
      watch.stop();
    }
    expect(job.running_tasks() == 0, "every task stopped");
  }

  std::uint32_t workers_;
  timestamp_ms now_ = 0;
  plan::physical_plan plan_;
  job_graph graph_;
  job_placement placement_;
  worker_registry registry_;
};

}  // namespace

int main(int argc, char** argv) {
  const auto number = [&](int at, std::uint32_t otherwise) {
    return argc > at ? static_cast<std::uint32_t>(std::strtoul(argv[at], nullptr, 10)) : otherwise;
  };
  const std::uint32_t workers = number(1, 1000);
  const std::uint32_t vertices = number(2, 100);
  if (workers == 0 || vertices < 2) {
    std::fprintf(stderr, "usage: %s [workers] [vertices, 2 or more]\n", argv[0]);
    return 2;
  }
  std::printf("%u workers, %u subtasks\n", workers, workers * vertices);
  cluster(workers, vertices).run();
  return 0;
}
