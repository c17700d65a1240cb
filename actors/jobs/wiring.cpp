#include "actors/jobs/wiring.hpp"

#include "net/transport/in_process_channel.hpp"

#include <utility>

namespace millrace::actors {

namespace {

// Adds one channel; output channels count on through a task's edges, like its gate's inputs.
class wirer {
 public:
  wirer(const job_setup& setup, std::span<const std::shared_ptr<runtime::mailbox>> mailboxes,
        remote_wiring* remote)
      : setup_(setup),
        mailboxes_(mailboxes),
        remote_(remote),
        tasks_(mailboxes.size()),
        next_out_(mailboxes.size()) {}

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
  void connect(std::uint32_t from, std::uint32_t to, const coordination::job_edge& edge,
               std::uint32_t writer) {
    const runtime::output_channel out(next_out_[from]++);
    const channel_id in(static_cast<std::uint32_t>(tasks_[to].inputs.size()));
    auto ends = make_ends(from, to, edge, out, in);
    tasks_[from].outputs.back().push_back(std::move(ends.writer));
    const bool overtakes = coordination::barriers_overtake(edge.exchange);
    tasks_[to].inputs.push_back({edge.to_input, std::move(ends.reader), writer, overtakes});
    ++channels_;
  }

  // Both ends are null for a channel between two tasks elsewhere.
  net::in_process_ends make_ends(std::uint32_t from, std::uint32_t to,
                                 const coordination::job_edge& edge, runtime::output_channel out,
                                 channel_id in) {
    const auto& sender = mailboxes_[from];
    const auto& receiver = mailboxes_[to];
    if (sender && receiver) {
      return net::make_in_process_channel({.sender = sender,
                                           .out = out,
                                           .receiver = receiver,
                                           .in = in,
                                           .wire_codec = setup_.settings.wire_codec});
    }
    net::in_process_ends ends;
    if (sender) ends.writer = remote_->make_writer({channels_, to}, sender, out);
    if (receiver) {
      const auto& rows = setup_.plan.nodes[edge.from_node].columns;
      ends.reader = remote_->make_reader({channels_, from}, receiver, in, rows);
    }
    return ends;
  }

  const job_setup& setup_;
  std::span<const std::shared_ptr<runtime::mailbox>> mailboxes_;
  remote_wiring* remote_;
  std::vector<task_channels> tasks_;
  std::vector<std::uint32_t> next_out_;
  std::uint32_t channels_ = 0;
};

}  // namespace

std::vector<task_channels> wire_tasks(const job_setup& setup,
                                      std::span<const std::shared_ptr<runtime::mailbox>> mailboxes,
                                      remote_wiring* remote) {
  wirer w(setup, mailboxes, remote);
  for (const coordination::job_edge& edge : setup.graph.edges) w.connect(edge);
  return w.take();
}

}  // namespace millrace::actors
