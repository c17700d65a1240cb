#include "state/storage/s3_streams.hpp"

#include "state/storage/s3_answers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

namespace millrace::state {

namespace {

constexpr std::size_t first_window = 64 << 10;
constexpr std::size_t window_size = 4 << 20;
constexpr std::size_t parts_limit = 10'000;

class s3_writer final : public object_writer {
 public:
  s3_writer(std::shared_ptr<s3_client> client, std::string key, std::string place)
      : client_(std::move(client)), key_(std::move(key)), place_(std::move(place)) {}

  ~s3_writer() override {
    if (upload_.empty()) return;
    static_cast<void>(client_->send(client_->requests().abort_upload(key_, upload_)));
  }
  s3_writer(const s3_writer&) = delete;
  s3_writer& operator=(const s3_writer&) = delete;

  [[nodiscard]] result<void> write(std::string_view bytes) override {
    const std::size_t part_size = client_->requests().options().part_size;
    written_ += bytes.size();
    while (!bytes.empty()) {
      const auto n = std::min(bytes.size(), part_size - held_.size());
      held_.append(bytes.substr(0, n));
      bytes.remove_prefix(n);
      if (held_.size() == part_size) MILLRACE_CHECK(send_part());
    }
    return {};
  }

  [[nodiscard]] result<void> finish() override {
    if (upload_.empty()) {
      const auto outcome = client_->send(client_->requests().put(key_, held_));
      if (!outcome.ok()) return client_->failure("write", place_, outcome);
      return {};
    }
    if (!held_.empty()) MILLRACE_CHECK(send_part());
    const std::string body = parts_text(etags_);
    const auto outcome = client_->send(client_->requests().complete_upload(key_, upload_, body));
    if (!outcome.ok()) MILLRACE_CHECK(judge_completion(outcome));
    upload_.clear();
    return {};
  }

 private:
  result<void> begin() {
    const auto outcome = client_->send(client_->requests().begin_upload(key_));
    if (!outcome.ok()) return client_->failure("begin to write", place_, outcome);
    MILLRACE_TRY(upload_, parse_upload_id(outcome.answer.body));
    return {};
  }

  result<void> send_part() {
    if (upload_.empty()) MILLRACE_CHECK(begin());
    if (etags_.size() == parts_limit) {
      return make_error(errc::state_io, fmt::format("'{}' has too many parts for S3", place_),
                        "raise s3.upload.min.part.size");
    }
    const auto number = static_cast<std::uint32_t>(etags_.size() + 1);
    auto outcome = client_->send(client_->requests().put_part(key_, upload_, number, held_));
    if (!outcome.ok()) return client_->failure("write a part of", place_, outcome);
    if (outcome.answer.etag.empty()) {
      outcome.reason = "an answer without an ETag";
      return client_->failure("write a part of", place_, outcome);
    }
    etags_.push_back(std::move(outcome.answer.etag));
    held_.clear();
    return {};
  }

  // The upload is gone when an attempt before, whose answer was lost, has completed it.
  result<void> judge_completion(const s3_outcome& outcome) {
    if (outcome.uncertain) {
      const auto there = open_s3_reader(client_, key_, place_);
      if (there && (*there)->size() == written_) return {};
    }
    return client_->failure("complete", place_, outcome);
  }

  std::shared_ptr<s3_client> client_;
  std::string key_;
  std::string place_;
  std::string held_;
  std::uint64_t written_ = 0;
  std::string upload_;
  std::vector<std::string> etags_;
};

class s3_reader final : public object_reader {
 public:
  s3_reader(std::shared_ptr<s3_client> client, std::string key, std::string place,
            std::string first, std::uint64_t size)
      : client_(std::move(client)),
        key_(std::move(key)),
        place_(std::move(place)),
        window_(std::move(first)),
        size_(size) {}

  [[nodiscard]] std::uint64_t size() const override { return size_; }

  [[nodiscard]] result<void> read_at(std::uint64_t offset, char* to, std::size_t size) override {
    while (size > 0) {
      if (offset < begin_ || offset >= begin_ + window_.size()) MILLRACE_CHECK(load(offset));
      const auto at = static_cast<std::size_t>(offset - begin_);
      const auto n = std::min(size, window_.size() - at);
      std::memcpy(to, window_.data() + at, n);
      to += n;
      offset += n;
      size -= n;
    }
    return {};
  }

 private:
  result<void> load(std::uint64_t offset) {
    if (offset >= size_) return cut_short();
    const auto n = std::min<std::uint64_t>(window_size, size_ - offset);
    auto outcome = client_->send(client_->requests().get(key_, offset, n));
    if (!outcome.ok()) return client_->failure("read", place_, outcome);
    if (outcome.answer.body.size() != n) return cut_short();
    window_ = std::move(outcome.answer.body);
    begin_ = offset;
    return {};
  }

  [[nodiscard]] error cut_short() const {
    return make_error(errc::state_corrupt, fmt::format("'{}' is cut short", place_),
                      "restore from an older checkpoint");
  }

  std::shared_ptr<s3_client> client_;
  std::string key_;
  std::string place_;
  std::string window_;
  std::uint64_t begin_ = 0;
  std::uint64_t size_;
};

}  // namespace

result<std::unique_ptr<object_writer>> make_s3_writer(std::shared_ptr<s3_client> client,
                                                      std::string key, std::string place) {
  return std::unique_ptr<object_writer>(
      std::make_unique<s3_writer>(std::move(client), std::move(key), std::move(place)));
}

result<std::unique_ptr<object_reader>> open_s3_reader(std::shared_ptr<s3_client> client,
                                                      std::string key, std::string place) {
  auto outcome = client->send(client->requests().get(key, 0, first_window));
  const int status = outcome.answer.status;
  if (status == 404 && outcome.code != "NoSuchBucket") {
    return make_error(state_not_found, fmt::format("there is no '{}'", place));
  }
  std::uint64_t size = 0;
  if (status == 206) {
    const auto said = size_in_range(outcome.answer.content_range);
    if (!said) {
      outcome.reason = "an answer without its range";
      return client->failure("read", place, outcome);
    }
    size = *said;
  } else if (outcome.ok()) {
    size = outcome.answer.body.size();
  } else if (status == 416) {
    outcome.answer.body.clear();
  } else {
    return client->failure("read", place, outcome);
  }
  return std::unique_ptr<object_reader>(std::make_unique<s3_reader>(
      std::move(client), std::move(key), std::move(place), std::move(outcome.answer.body), size));
}

}  // namespace millrace::state
