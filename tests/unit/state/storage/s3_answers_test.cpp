#include "state/storage/s3_answers.hpp"

#include <gtest/gtest.h>

#include <random>

namespace millrace::state {
namespace {

const std::string listing =
    "<?xml version=\"1.0\"?>\n<!-- x --><ListBucketResult xmlns=\"http://s3\"><Name>b</Name>"
    "<Prefix/><IsTruncated>true</IsTruncated><NextContinuationToken>t&amp;1</NextContinuationToken>"
    "<Contents><Key>a/b&lt;&#x41;</Key><Owner><ID>1</ID></Owner></Contents>\n"
    "<Contents><Key>a/c</Key></Contents>"
    "<CommonPrefixes><Prefix>a/d/</Prefix></CommonPrefixes></ListBucketResult>";

TEST(s3_answers, give_the_keys_of_a_page) {
  const auto page = parse_listing(listing).value();
  EXPECT_EQ(page.keys, (std::vector<std::string>{"a/b<A", "a/c"}));
  EXPECT_EQ(page.prefixes, std::vector<std::string>{"a/d/"});
  EXPECT_EQ(page.next, "t&1");
}

TEST(s3_answers, refuse_a_page_that_says_there_is_more_and_not_where) {
  EXPECT_FALSE(
      parse_listing("<ListBucketResult><IsTruncated>true</IsTruncated></ListBucketResult>").ok());
}

TEST(s3_answers, give_uploads_and_faults) {
  const auto pending = parse_uploads(
      "<ListMultipartUploadsResult><Upload><Key>k</Key><UploadId>1</UploadId></Upload>"
      "<Upload><Key>no id</Key></Upload></ListMultipartUploadsResult>");
  ASSERT_EQ(pending->size(), 1U);
  EXPECT_EQ(pending->front().key, "k");
  EXPECT_EQ(parse_upload_id("<InitiateMultipartUploadResult><UploadId>u</UploadId>"
                            "</InitiateMultipartUploadResult>")
                .value(),
            "u");
  EXPECT_FALSE(parse_upload_id("<InitiateMultipartUploadResult/>").ok());
  const auto fault = parse_fault("<Error><Code>SlowDown</Code><Message>later</Message></Error>");
  EXPECT_EQ(fault.code + fault.message, "SlowDownlater");
  EXPECT_EQ(parse_fault("<html>").code, "");
}

TEST(s3_answers, refuse_what_is_no_answer) {
  std::string deep;
  for (int i = 0; i < 40; ++i) deep += "<a>";
  for (const std::string& bad :
       {std::string("<a>"), std::string("<a></b>"), std::string("<a>&unknown;</a>"),
        std::string("<!DOCTYPE a [<!ENTITY b 'c'>]><a/>"), std::string("<a><![CDATA[x]]></a>"),
        "<a>" + std::string(20'000, 'x') + "</a>", std::string("<a"), std::string("</a>"), deep}) {
    EXPECT_FALSE(parse_xml(bad).ok()) << bad.substr(0, 40);
  }
}

// Whatever arrives gives keys or an error: no crash, no endless loop.
TEST(s3_answers, stand_any_bytes) {
  std::size_t readable = 0;
  for (std::uint32_t seed = 0; seed < 3000; ++seed) {
    std::mt19937 random(seed);
    std::string text = listing;
    for (int i = 0; i < 4; ++i) text[random() % text.size()] = static_cast<char>(random());
    text.resize(random() % text.size() + 1);
    readable += parse_listing(text).ok() ? 1 : 0;
  }
  EXPECT_LT(readable, 3000U);
}

}  // namespace
}  // namespace millrace::state
