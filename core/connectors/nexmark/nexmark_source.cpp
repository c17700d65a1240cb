#include "core/connectors/nexmark/nexmark_connector.hpp"

#include "core/connectors/nexmark/generator.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <deque>

namespace millrace::connectors::nexmark {
namespace {

// Splits take turns by blocks of that many events, so that event time runs level among them.
constexpr std::int64_t block = 512;
constexpr std::int64_t pause_us = 100'000;

// Share `index` of `of`: blocks index, index + of, ... of the event numbers.
struct share {
  std::int64_t index = 0;
  std::int64_t of = 1;
};

std::string id_of(const share& s) { return fmt::format("{:05}-of-{:05}", s.index, s.of); }

share parse_id(std::string_view id) {
  share s;
  std::from_chars(id.data(), id.data() + 5, s.index);
  std::from_chars(id.data() + 9, id.data() + id.size(), s.of);
  return s;
}

class reader final : public source_reader {
 public:
  reader(std::shared_ptr<const generator> g, operators::operator_context& context)
      : generator_(std::move(g)), context_(context) {}

  void add_split(source_split split) override { waiting_.push_back(std::move(split)); }
  void no_more_splits() override { no_more_ = true; }

  result<read_result> read(std::uint32_t max_rows) override {
    read_result out;
    if (!open_ && !next_split()) {
      out.state = no_more_ ? read_state::ended : read_state::pending;
      out.idle = true;
      return out;
    }
    collect_ranges(std::min(max_rows, generator_->most_rows()));
    if (ranges_.empty()) return end_of_split();
    if (const auto due = not_before(); due > context_.time->steady_us()) {
      out.retry_at_us = due;
      return out;
    }
    position_ = ranges_.back().first + ranges_.back().count;
    out.state = read_state::batch;
    out.batch = generator_->make_batch(ranges_);
    return out;
  }

  std::vector<source_split> snapshot() const override {
    std::vector<source_split> out(waiting_.begin(), waiting_.end());
    if (open_) out.insert(out.begin(), {id_of(share_), fmt::format("{}", position_)});
    return out;
  }

 private:
  bool next_split() {
    if (waiting_.empty()) return false;
    const source_split split = std::move(waiting_.front());
    waiting_.pop_front();
    share_ = parse_id(split.id);
    position_ = share_.index * block;
    std::from_chars(split.position.data(), split.position.data() + split.position.size(),
                    position_);
    open_ = true;
    return true;
  }

  // The next events of this split, block by block.
  void collect_ranges(std::uint32_t rows) {
    ranges_.clear();
    std::int64_t at = position_;
    while (rows > 0) {
      if (at / block % share_.of != share_.index)
        at = (at / block + (share_.index - at / block % share_.of + share_.of) % share_.of) * block;
      if (at >= generator_->config().events) return;
      const std::int64_t end = std::min((at / block + 1) * block, generator_->config().events);
      const auto count = static_cast<std::uint32_t>(std::min<std::int64_t>(end - at, rows));
      if (!ranges_.empty() && ranges_.back().first + ranges_.back().count == at)
        ranges_.back().count += count;
      else
        ranges_.push_back({at, count});
      at += count;
      rows -= count;
    }
  }

  read_result end_of_split() {
    read_result out;
    if (generator_->config().keep_alive) {
      out.retry_at_us = context_.time->steady_us() + pause_us;
      out.idle = true;
      return out;
    }
    open_ = false;
    out.state = read_state::split_end;
    return out;
  }

  // When the first of the next events may be given; shortens the ranges to those due by then.
  std::int64_t not_before() {
    const auto& config = generator_->config();
    if (config.max_emit_speed) return 0;
    const std::int64_t now = context_.time->steady_us();
    const auto due = [&](std::int64_t event) {
      return started_us_ + (time_of(config, event) - time_of(config, first_event_)) * 1000;
    };
    if (started_us_ == 0) {
      started_us_ = now;
      first_event_ = ranges_.front().first;
    }
    if (due(ranges_.front().first) > now) return due(ranges_.front().first);
    while (due(ranges_.back().first) > now) ranges_.pop_back();
    auto& last = ranges_.back();
    while (last.count > 1 && due(last.first + last.count - 1) > now) last.count /= 2;
    return 0;
  }

  std::shared_ptr<const generator> generator_;
  operators::operator_context& context_;
  std::deque<source_split> waiting_;
  bool no_more_ = false;
  bool open_ = false;
  share share_;
  std::int64_t position_ = 0;  // the next event number, or one before it that is another split's
  std::vector<event_range> ranges_;
  std::int64_t started_us_ = 0;
  std::int64_t first_event_ = 0;
};

class nexmark_source final : public source {
 public:
  explicit nexmark_source(std::shared_ptr<const generator> g) : generator_(std::move(g)) {}

  result<std::vector<source_split>> discover(std::uint32_t parallelism) override {
    std::vector<source_split> out;
    const auto shares = static_cast<std::int64_t>(std::max(parallelism, 1u));
    for (std::int64_t i = 0; i < shares; ++i) out.push_back({id_of({i, shares}), {}});
    return out;
  }
  bool bounded() const override {
    return !generator_->config().endless() && !generator_->config().keep_alive;
  }
  result<std::unique_ptr<source_reader>> make_reader(
      operators::operator_context& context) override {
    return std::unique_ptr<source_reader>(std::make_unique<reader>(generator_, context));
  }

 private:
  std::shared_ptr<const generator> generator_;
};

}  // namespace

result<std::unique_ptr<source>> make_source(const plan::source_spec& spec, const option_map&) {
  MILLRACE_TRY(const auto config,
               generator_config::from(spec.table->options, system_clock().now()));
  MILLRACE_TRY(auto made, generator::make(config, spec));
  return std::unique_ptr<source>(
      std::make_unique<nexmark_source>(std::make_shared<const generator>(std::move(made))));
}

}  // namespace millrace::connectors::nexmark
