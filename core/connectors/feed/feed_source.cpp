#include "core/connectors/feed/feed_source.hpp"

#include "core/connectors/projection.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace millrace::connectors::feed {
namespace {

constexpr std::int64_t pause_us = 1000;

class reader final : public source_reader {
 public:
  reader(std::shared_ptr<feed_queue> queue, projection columns,
         operators::operator_context& context)
      : queue_(std::move(queue)), columns_(std::move(columns)), context_(context) {
    if (context_.wake) listening_ = queue_->listen(context_.wake);
  }

  void add_split(source_split split) override {
    open_ = true;
    const char* end = split.position.data() + split.position.size();
    const auto comma = std::from_chars(split.position.data(), end, element_).ptr;
    if (comma < end) std::from_chars(comma + 1, end, row_);
  }
  void no_more_splits() override { no_more_ = true; }

  result<read_result> read(std::uint32_t max_rows) override {
    if (!open_) return nothing(no_more_ ? read_state::ended : read_state::pending);
    // Asked before looking: what is pushed before the close is then seen.
    const bool closed = queue_->closed();
    const auto next = queue_->at(element_);
    if (!next) {
      if (!closed) return nothing(read_state::pending);
      open_ = false;
      return nothing(read_state::split_end);
    }
    if (const auto* batch = std::get_if<data::batch_ptr>(&*next)) return slice(*batch, max_rows);
    ++element_;
    auto out = nothing(read_state::pending);
    out.retry_at_us = 0;
    if (const auto* mark = std::get_if<data::watermark>(&*next)) out.watermark = mark->time;
    return out;
  }

  std::vector<source_split> snapshot() const override {
    if (!open_) return {};
    return {{"feed", fmt::format("{},{}", element_, row_)}};
  }

 private:
  read_result nothing(read_state state) const {
    read_result out;
    out.state = state;
    out.idle = true;
    out.retry_at_us = context_.wake ? INT64_MAX : context_.time->steady_us() + pause_us;
    return out;
  }

  read_result slice(const data::batch_ptr& batch, std::uint32_t max_rows) {
    read_result out;
    const std::uint32_t count = std::min(max_rows, batch->row_count() - row_);
    const auto part = count == batch->row_count() ? batch : data::live_slice(batch, row_, count);
    row_ += count;
    if (row_ == batch->row_count()) {
      ++element_;
      row_ = 0;
    }
    if (count == 0) return out;
    out.state = read_state::batch;
    out.batch = columns_.apply(*part);
    return out;
  }

  std::shared_ptr<feed_queue> queue_;
  projection columns_;
  operators::operator_context& context_;
  std::shared_ptr<void> listening_;
  bool open_ = false;
  bool no_more_ = false;
  std::size_t element_ = 0;
  std::uint32_t row_ = 0;
};

class queue_source final : public source {
 public:
  queue_source(const plan::source_spec& spec, std::shared_ptr<feed_queue> queue, bool bounded)
      : columns_(spec), queue_(std::move(queue)), bounded_(bounded) {}

  result<std::vector<source_split>> discover(std::uint32_t) override {
    return std::vector<source_split>{{"feed", {}}};
  }
  bool bounded() const override { return bounded_; }
  std::uint32_t max_parallelism() const override { return 1; }
  result<std::unique_ptr<source_reader>> make_reader(
      operators::operator_context& context) override {
    return std::unique_ptr<source_reader>(std::make_unique<reader>(queue_, columns_, context));
  }

 private:
  projection columns_;
  std::shared_ptr<feed_queue> queue_;
  bool bounded_;
};

}  // namespace

std::unique_ptr<source> make_queue_source(const plan::source_spec& spec,
                                          std::shared_ptr<feed_queue> queue, bool bounded) {
  return std::make_unique<queue_source>(spec, std::move(queue), bounded);
}

}  // namespace millrace::connectors::feed
