#include "actors/jobs/wiring.hpp"

#include "net/transport/in_process_channel.hpp"

#include <utility>

namespace millrace::actors {

namespace {

// Adds one channel; output channels count on through a task's edges, like its gate's inputs.
class wirer {
 public:
  wirer(const job_setup& setup, std::span<const std::shared_ptr<runtime::mailbox>> mailboxes)
      : setup_(setup),
        mailboxes_(mailboxes),
        tasks_(mailboxes.size()),
        next_out_(mailboxes.size()) {}

  void connect(std::uint32_t from, std::uint32_t to, const coordination::job_edge& edge,
               std::uint32_t writer) {
    net::in_process_route route{
        .sender = mailboxes_[from],
        .out = runtime::output_channel(next_out_[from]++),
        .receiver = mailboxes_[to],
        .in = channel_id(static_cast<std::uint32_t>(tasks_[to].inputs.size())),
        .wire_codec = setup_.settings.wire_codec};
    auto ends = net::make_in_process_channel(std::move(route));
    tasks_[from].outputs.back().push_back(std::move(ends.writer));
    const bool overtakes = coordination::barriers_overtake(edge.exchange);
    tasks_[to].inputs.push_back({edge.to_input, std::move(ends.reader), writer, overtakes});
  }

  void connect(const coordination::job_edge& edge) {
    const auto writers = setup_.graph.vertices[edge.from.value].parallelism;
    const auto readers = setup_.graph.vertices[edge.to.value].parallelism;
    for (std::uint32_t w = 0; w < writers; ++w) {
      const std::uint32_t from = setup_.task_number(edge.from, w);
      tasks_[from].outputs.emplace_back();
      for (std::uint32_t r = 0; r < readers; ++r) {
        if (edge.exchange == plan::exchange_kind::forward && w != r) continue;
        connect(from, setup_.task_number(edge.to, r), edge, w);
      }
    }
  }

  std::vector<task_channels> take() { return std::move(tasks_); }

 private:
  const job_setup& setup_;
  std::span<const std::shared_ptr<runtime::mailbox>> mailboxes_;
  std::vector<task_channels> tasks_;
  std::vector<std::uint32_t> next_out_;
};

}  // namespace

std::vector<task_channels> wire_tasks(
    const job_setup& setup, std::span<const std::shared_ptr<runtime::mailbox>> mailboxes) {
  wirer w(setup, mailboxes);
  for (const coordination::job_edge& edge : setup.graph.edges) w.connect(edge);
  return w.take();
}

}  // namespace millrace::actors
