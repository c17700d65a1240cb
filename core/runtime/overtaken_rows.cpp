#include "core/runtime/overtaken_rows.hpp"

#include <algorithm>
#include <utility>

namespace millrace::runtime {

namespace {

bool has_rows(const channel_state& c) {
  return std::any_of(c.elements.begin(), c.elements.end(), [](const data::element& e) {
    return std::holds_alternative<data::batch_ptr>(e);
  });
}

}  // namespace

overtaken_rows::overtaken_rows(std::vector<channel_state> channels)
    : channels_(std::move(channels)), watching_(channels_.size()) {}

void overtaken_rows::begin(checkpoint_id barrier) {
  cancel();
  barrier_ = barrier;
}

void overtaken_rows::keep(channel_id channel, const data::element& what) {
  const bool part = std::holds_alternative<data::batch_ptr>(what) ||
                    std::holds_alternative<data::watermark>(what) ||
                    std::holds_alternative<data::idleness>(what);
  if (part) channels_[channel.value].elements.push_back(what);
}

void overtaken_rows::watch(channel_id channel) {
  watching_[channel.value] = true;
  ++watched_;
}

void overtaken_rows::on_element(channel_id channel, const data::element& what) {
  if (!watching_[channel.value]) return;
  const auto* barrier = std::get_if<data::barrier>(&what);
  if ((barrier != nullptr && barrier->id >= barrier_) ||
      std::holds_alternative<data::end_of_input>(what)) {
    watching_[channel.value] = false;
    --watched_;
    return;
  }
  keep(channel, what);
}

void overtaken_rows::cancel() {
  for (channel_state& c : channels_) c.elements.clear();
  watching_.assign(watching_.size(), false);
  watched_ = 0;
}

std::vector<channel_state> overtaken_rows::take() {
  std::vector<channel_state> all;
  if (std::any_of(channels_.begin(), channels_.end(), has_rows)) {
    for (const channel_state& c : channels_) {
      if (!c.elements.empty()) all.push_back(c);
    }
  }
  cancel();
  return all;
}

}  // namespace millrace::runtime
