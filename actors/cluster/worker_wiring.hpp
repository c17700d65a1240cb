#pragma once

#include "actors/jobs/wiring.hpp"
#include "core/coordination/control_messages.hpp"
#include "net/transport/data_plane.hpp"

namespace millrace::actors {

/// Channels of one attempt to the tasks of other workers, over the worker's data plane.
class worker_wiring final : public remote_wiring {
 public:
  /// Both outlive the wiring.
  worker_wiring(const coordination::deploy_order& order, net::data_plane& data)
      : order_(order), data_(data) {}

  [[nodiscard]] std::unique_ptr<runtime::channel_writer> make_writer(
      split_channel channel, std::shared_ptr<runtime::mailbox> sender,
      runtime::output_channel out) override;
  [[nodiscard]] std::unique_ptr<runtime::channel_reader> make_reader(
      split_channel channel, std::shared_ptr<runtime::mailbox> receiver, channel_id in,
      const std::vector<plan::logical_column>& rows) override;

 private:
  [[nodiscard]] net::remote_channel address(split_channel channel) const;

  const coordination::deploy_order& order_;
  net::data_plane& data_;
};

}  // namespace millrace::actors
