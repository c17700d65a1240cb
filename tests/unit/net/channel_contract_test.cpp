#include "tests/support/channel_contract.hpp"

#include "net/transport/data_plane.hpp"
#include "net/transport/in_process_channel.hpp"

namespace millrace::test {
namespace {

channel_kind in_process(std::string name, bool wire_codec) {
  return {std::move(name),
          [wire_codec](std::shared_ptr<runtime::mailbox> sender, runtime::output_channel out,
                       std::shared_ptr<runtime::mailbox> receiver, channel_id in) {
            auto ends = net::make_in_process_channel(
                {std::move(sender), out, std::move(receiver), in, wire_codec});
            return connected_channel{std::move(ends.writer), std::move(ends.reader)};
          }};
}

const data::schema columns{
    {{"id", data::data_type(data::type_id::bigint)}, {"name", data::data_type::string()}}};

// A machine that stands still for some seconds is no failure of a test.
net::data_plane_options patient(const std::string& name) {
  net::data_plane_options options;
  options.name = name;
  options.silence_ms = 60'000;
  return options;
}

/// Two workers for all cases of the contract, which tells its channels apart by number.
struct two_workers {
  std::unique_ptr<net::data_plane> near = net::data_plane::open(patient("near")).value();
  std::unique_ptr<net::data_plane> far = net::data_plane::open(patient("far")).value();
  std::uint32_t channels = 0;
};

channel_kind between_workers() {
  auto workers = std::make_shared<std::unique_ptr<two_workers>>();
  return {"between_workers",
          [workers](std::shared_ptr<runtime::mailbox> sender, runtime::output_channel out,
                    std::shared_ptr<runtime::mailbox> receiver, channel_id in) {
            if (!*workers) *workers = std::make_unique<two_workers>();
            two_workers& w = **workers;
            const std::uint32_t number = w.channels++;
            connected_channel ends;
            ends.reader = w.far->make_reader({attempt_id(1), number, w.near->endpoint(), "near"},
                                             std::move(receiver), in, columns);
            ends.writer = w.near->make_writer({attempt_id(1), number, w.far->endpoint(), "far"},
                                              std::move(sender), out);
            return ends;
          }};
}

INSTANTIATE_TEST_SUITE_P(all, channel_contract,
                         testing::Values(in_process("by_reference", false),
                                         in_process("wire_codec", true), between_workers()),
                         [](const auto& kind) { return kind.param.name; });

}  // namespace
}  // namespace millrace::test
