#include "net/transport/in_process_channel.hpp"

#include "core/data/text_table.hpp"
#include "tests/support/waiting_mailbox.hpp"

#include <gtest/gtest.h>

namespace millrace::test {
namespace {

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
