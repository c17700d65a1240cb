#include "actors/cluster/worker_wiring.hpp"

#include <utility>

namespace millrace::actors {

std::unique_ptr<runtime::channel_writer> worker_wiring::make_writer(
    split_channel channel, std::shared_ptr<runtime::mailbox> sender, runtime::output_channel out) {
  return data_.make_writer(address(channel), std::move(sender), out);
}

std::unique_ptr<runtime::channel_reader> worker_wiring::make_reader(
    split_channel channel, std::shared_ptr<runtime::mailbox> receiver, channel_id in,
    const std::vector<plan::logical_column>& rows) {
  data::schema schema;
  for (const auto& column : rows) schema.fields.push_back({column.name, column.type});
  return data_.make_reader(address(channel), std::move(receiver), in, std::move(schema));
}

net::remote_channel worker_wiring::address(split_channel channel) const {
  const auto& peer = order_.peers[order_.places[channel.far_task]];
  return {attempt_id(order_.attempt), channel.number, peer.data_endpoint, peer.name};
}

}  // namespace millrace::actors
