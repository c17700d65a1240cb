#include "net/transport/in_process_channel.hpp"

#include "tests/support/channel_contract.hpp"

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

INSTANTIATE_TEST_SUITE_P(in_process, channel_contract,
                         testing::Values(in_process("by_reference", false),
                                         in_process("wire_codec", true)),
                         [](const auto& kind) { return kind.param.name; });

TEST(in_process_channel_test, hands_a_batch_over_by_reference) {
  const auto receiver = std::make_shared<waiting_mailbox>();
  const auto ends = net::make_in_process_channel(
      {std::make_shared<waiting_mailbox>(), runtime::output_channel(0), receiver, channel_id(0)});
  const data::schema columns{{{"id", data::data_type(data::type_id::bigint)}}};
  const auto batch = *data::parse_table(columns, "1\n2");
  ends.writer->send(runtime::make_parcel(batch));
  EXPECT_EQ(std::get<data::batch_ptr>(receiver->wait_arrived(1)[0].second.what), batch);
}

}  // namespace
}  // namespace millrace::test
