#include "state/storage/s3_folder.hpp"
#include "state/storage/s3_retry.hpp"

#include <gtest/gtest.h>

#include <deque>

namespace millrace::state {
namespace {

using std::chrono::milliseconds;

/// Answers in the order of a script; status 0: the connection breaks. Keeps what was asked.
class scripted final : public http_transport {
 public:
  explicit scripted(std::deque<http_response> answers) : answers_(std::move(answers)) {}
  [[nodiscard]] result<http_response> send(const http_request& request) override {
    asked.push_back(request);
    if (answers_.empty()) return make_error(errc::internal, "the script has ended");
    auto answer = std::move(answers_.front());
    answers_.pop_front();
    if (answer.status == 0) return make_error(errc::state_io, "cut");
    return answer;
  }
  std::vector<http_request> asked;

 private:
  std::deque<http_response> answers_;
};

http_response status(int code, std::string body = {}) {
  return {code, "\"e\"", {}, std::move(body)};
}
http_response fault(int status_code, const std::string& code) {
  return status(status_code, "<Error><Code>" + code + "</Code></Error>");
}
http_response object(const std::string& bytes) {
  return {206, "\"v\"", "bytes 0-9/" + std::to_string(bytes.size()), bytes};
}

/// A folder whose server answers by a script; pauses are counted, not waited for.
struct scripted_folder {
  explicit scripted_folder(std::deque<http_response> answers) {
    s3_options options;
    options.endpoint = "https://host";
    options.bucket = "bucket";
    options.prefix = "p";
    options.part_size = 8;
    options.attempts = 4;
    options.retry_interval = milliseconds(100);
    auto transport = std::make_unique<scripted>(std::move(answers));
    server = transport.get();
    folder = std::make_unique<s3_folder>(std::make_shared<s3_client>(
        std::move(options), std::move(transport), [this](milliseconds t) { pauses.push_back(t); }));
  }
  scripted* server;
  std::vector<milliseconds> pauses;
  std::unique_ptr<s3_folder> folder;
};

TEST(s3_client, tries_again_what_may_pass) {
  scripted_folder s({status(0), fault(503, "SlowDown"), fault(500, "InternalError"), status(200)});
  EXPECT_TRUE(s.folder->replace("x", "y").ok());
  EXPECT_EQ(s.pauses.size(), 3U);
}

TEST(s3_client, gives_up_after_its_attempts_and_at_once_where_it_is_refused) {
  scripted_folder down({status(0), status(0), status(0), status(0), status(200)});
  EXPECT_EQ(down.folder->replace("x", "y").error().code, errc::state_io);
  EXPECT_EQ(down.server->asked.size(), 4U);
  scripted_folder refused({fault(403, "AccessDenied")});
  EXPECT_EQ(refused.folder->replace("x", "y").error().code, errc::state_io);
  EXPECT_TRUE(refused.pauses.empty());
}

TEST(s3_client, pauses_double_with_jitter_and_have_a_limit) {
  retry_pauses pauses(20, milliseconds(100), 7);
  milliseconds whole(100);
  for (int i = 0; i < 19; ++i) {
    const auto pause = pauses.next();
    ASSERT_TRUE(pause.has_value());
    EXPECT_GE(*pause, whole / 2);
    EXPECT_LE(*pause, whole);
    whole = std::min(whole * 2, milliseconds(20'000));
  }
  EXPECT_FALSE(pauses.next().has_value());
  EXPECT_TRUE(is_passing(429, "") && is_passing(409, "ConditionalRequestConflict"));
  EXPECT_FALSE(is_passing(412, "") || is_passing(404, "") || is_passing(409, ""));
}

TEST(s3_swap, is_one_conditional_put_and_a_check_of_the_server) {
  scripted_folder s({object("old"), status(200), status(412), status(412)});
  EXPECT_TRUE(s.folder->swap("pointer", "old", "new").ok());
  ASSERT_EQ(s.server->asked.size(), 4U);
  EXPECT_EQ(s.server->asked[1].headers.back(), "If-Match: \"v\"");
  EXPECT_EQ(s.server->asked[2].headers.back(), "If-None-Match: *");
}

TEST(s3_swap, refuses_a_server_without_conditions) {
  scripted_folder s({fault(404, "NoSuchKey"), status(200), status(200)});
  const auto swapped = s.folder->swap("pointer", std::nullopt, "new");
  ASSERT_FALSE(swapped.ok());
  EXPECT_NE(swapped.error().message.find("If-None-Match"), std::string::npos);
}

TEST(s3_swap, notices_that_another_run_was_faster) {
  scripted_folder before({object("other")});
  EXPECT_EQ(before.folder->swap("pointer", "old", "new").error().code, state_locked);
  scripted_folder meanwhile({object("old"), status(412), object("other")});
  EXPECT_EQ(meanwhile.folder->swap("pointer", "old", "new").error().code, state_locked);
}

TEST(s3_swap, makes_good_an_answer_that_was_lost) {
  scripted_folder s(
      {object("old"), status(0), status(412), object("new"), status(412), status(412)});
  EXPECT_TRUE(s.folder->swap("pointer", "old", "new").ok());
}

// The put may yet arrive: neither its success nor its failure can be claimed.
TEST(s3_swap, does_not_guess_what_it_cannot_know) {
  scripted_folder s({object("old"), status(0), status(0), status(0), status(0), object("old")});
  EXPECT_EQ(s.folder->swap("pointer", "old", "new").error().code, state_sync_failed);
  scripted_folder refused({object("old"), fault(403, "AccessDenied")});
  EXPECT_EQ(refused.folder->swap("pointer", "old", "new").error().code, errc::state_io);
}

const std::string upload_begun =
    "<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>";

TEST(s3_upload, writes_small_objects_in_one_request) {
  scripted_folder s({status(200)});
  const auto to = s.folder->create("x").value();
  ASSERT_TRUE(to->write("1234567").ok());
  EXPECT_TRUE(to->finish().ok());
  EXPECT_EQ(s.server->asked.size(), 1U);
}

TEST(s3_upload, completes_in_parts_although_the_answer_is_lost) {
  scripted_folder s({status(200, upload_begun), status(200), status(200), status(0),
                     fault(404, "NoSuchUpload"), object("12345678abc")});
  const auto to = s.folder->create("x").value();
  ASSERT_TRUE(to->write("12345678abc").ok());
  EXPECT_TRUE(to->finish().ok());
  EXPECT_EQ(s.server->asked.size(), 6U);
}

TEST(s3_upload, fails_when_the_completion_says_so_late) {
  const auto late = [] { return fault(200, "InternalError"); };
  scripted_folder s({status(200, upload_begun), status(200), late(), late(), late(), late(),
                     fault(404, "NoSuchKey"), status(204)});
  {
    const auto to = s.folder->create("x").value();
    ASSERT_TRUE(to->write("12345678").ok());
    EXPECT_EQ(to->finish().error().code, errc::state_io);
  }
  EXPECT_EQ(s.server->asked.back().method, "DELETE") << "the upload is aborted";
}

TEST(s3_read, notices_an_object_that_is_shorter_than_it_said) {
  scripted_folder s({{206, "", "bytes 0-3/9", "1234"}, {206, "", "bytes 4-5/9", "56"}});
  const auto from = s.folder->open("x").value();
  char to[9];
  EXPECT_EQ(from->read_at(0, to, 9).error().code, errc::state_corrupt);
  scripted_folder missing({fault(404, "NoSuchKey"), fault(404, "NoSuchBucket")});
  EXPECT_EQ(missing.folder->open("x").error().code, state_not_found);
  EXPECT_EQ(missing.folder->open("x").error().code, errc::state_io);
}

}  // namespace
}  // namespace millrace::state
