#include "core/connectors/nexmark/nexmark_connector.hpp"

#include "core/connectors/nexmark/generator.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <vector>

namespace millrace::connectors::nexmark {
namespace {

// Splits take turns by blocks of that many events, so that event time runs level among them.
constexpr std::int64_t block = 512;
constexpr std::int64_t pause_us = 100'000;

// Share `index` of `of`: blocks index, index + of, ... of the event numbers.
struct share {
  std::int64_t index = 0;
  std::int64_t of = 1;
  std::int64_t position = 0;  // the next event number, or one before it that is another share's

  // The next event of the share.
  [[nodiscard]] std::int64_t next() const {
    const std::int64_t ahead = (index - position / block % of + of) % of;
    return ahead == 0 ? position : (position / block + ahead) * block;
  }
};

std::string id_of(const share& s) { return fmt::format("{:05}-of-{:05}", s.index, s.of); }

share share_of(const source_split& split) {
  const char* id = split.id.data();
  share s;
  std::from_chars(id, id + 5, s.index);
  std::from_chars(id + 9, id + split.id.size(), s.of);
  s.position = s.index * block;
  const char* position = split.position.data();
  std::from_chars(position, position + split.position.size(), s.position);
  return s;
}

// After a restore with fewer readers one reads several shares, in the order of their events.
class reader final : public source_reader {
 public:
  reader(std::shared_ptr<const generator> g, operators::operator_context& context)
      : generator_(std::move(g)), context_(context) {}

  void add_split(source_split split) override { shares_.push_back(share_of(split)); }
  void no_more_splits() override { no_more_ = true; }

  result<read_result> read(std::uint32_t max_rows) override {
    read_result out;
    if (shares_.empty()) {
      out.state = no_more_ ? read_state::ended : read_state::pending;
      out.idle = true;
      return out;
    }
    const auto current =
        std::min_element(shares_.begin(), shares_.end(),
                         [](const share& a, const share& b) { return a.next() < b.next(); });
    collect_ranges(*current, std::min(max_rows, generator_->most_rows()));
    if (ranges_.empty()) return end_of_split(current);
    if (const auto due = not_before(); due > context_.time->steady_us()) {
      out.retry_at_us = due;
      return out;
    }
    current->position = ranges_.back().first + ranges_.back().count;
    out.state = read_state::batch;
    out.batch = generator_->make_batch(ranges_);
    return out;
  }

  std::vector<source_split> snapshot() const override {
    std::vector<source_split> out;
    for (const share& s : shares_) out.push_back({id_of(s), fmt::format("{}", s.position)});
    return out;
  }

 private:
  // The next events of a share, block by block; one block where others are next then.
  void collect_ranges(share from, std::uint32_t rows) {
    ranges_.clear();
    while (rows > 0) {
      const std::int64_t at = from.next();
      if (at >= generator_->config().events) return;
      const std::int64_t end = std::min((at / block + 1) * block, generator_->config().events);
      const auto count = static_cast<std::uint32_t>(std::min<std::int64_t>(end - at, rows));
      if (!ranges_.empty() && ranges_.back().first + ranges_.back().count == at)
        ranges_.back().count += count;
      else
        ranges_.push_back({at, count});
      from.position = at + count;
      rows -= count;
      if (shares_.size() > 1) return;
    }
  }

  read_result end_of_split(std::vector<share>::iterator ended) {
    read_result out;
    if (generator_->config().keep_alive) {
      out.retry_at_us = context_.time->steady_us() + pause_us;
      out.idle = true;
      return out;
    }
    shares_.erase(ended);
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
  std::vector<share> shares_;
  bool no_more_ = false;
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
    for (std::int64_t i = 0; i < shares; ++i) out.push_back({id_of({i, shares, 0}), {}});
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
