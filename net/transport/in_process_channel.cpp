#include "net/transport/in_process_channel.hpp"

#include "core/codec/element_codec.hpp"

#include <string>
#include <utility>

namespace millrace::net {

namespace {

class writer final : public runtime::channel_writer {
 public:
  writer(std::shared_ptr<runtime::mailbox> receiver, channel_id in)
      : receiver_(std::move(receiver)), in_(in) {}
  void send(runtime::parcel p) override { receiver_->deliver(in_, std::move(p)); }

 private:
  std::shared_ptr<runtime::mailbox> receiver_;
  channel_id in_;
};

// What a receiver in another worker would know of the edge from the plan.
data::schema schema_of(const data::element& what) {
  data::schema s;
  if (const auto* batch = std::get_if<data::batch_ptr>(&what)) {
    for (const auto& column : (*batch)->columns()) {
      s.fields.push_back({"c" + std::to_string(s.fields.size()), column->type});
    }
  }
  return s;
}

class coding_writer final : public runtime::channel_writer {
 public:
  coding_writer(std::shared_ptr<runtime::mailbox> receiver, channel_id in)
      : receiver_(std::move(receiver)), in_(in) {}

  void send(runtime::parcel p) override {
    auto coded = through_the_wire(p.what);
    if (!coded) return receiver_->fail(coded.take_error());
    receiver_->deliver(in_, {std::move(*coded), p.bytes});
  }

 private:
  result<data::element> through_the_wire(const data::element& what) {
    const codec::frame_header header{attempt_id(1), in_, sequence_++};
    MILLRACE_TRY(auto message, codec::encode(header, what));
    MILLRACE_TRY(auto decoded, codec::decode(message->segments(), message, schema_of(what)));
    if (decoded.header != header) {
      return make_error(errc::net_bad_sequence, "a frame came back with another header");
    }
    return std::move(decoded.element);
  }

  std::shared_ptr<runtime::mailbox> receiver_;
  channel_id in_;
  std::uint64_t sequence_ = 0;
};

class reader final : public runtime::channel_reader {
 public:
  reader(std::shared_ptr<runtime::mailbox> sender, runtime::output_channel out)
      : sender_(std::move(sender)), out_(out) {}
  void grant(std::int64_t bytes) override { sender_->grant(out_, bytes); }

 private:
  std::shared_ptr<runtime::mailbox> sender_;
  runtime::output_channel out_;
};

}  // namespace

in_process_ends make_in_process_channel(in_process_route route) {
  std::unique_ptr<runtime::channel_writer> to;
  if (route.wire_codec) {
    to = std::make_unique<coding_writer>(std::move(route.receiver), route.in);
  } else {
    to = std::make_unique<writer>(std::move(route.receiver), route.in);
  }
  return {std::move(to), std::make_unique<reader>(std::move(route.sender), route.out)};
}

}  // namespace millrace::net
