#include "core/connectors/memory/memory_connector.hpp"

#include "core/connectors/nexmark/nexmark_connector.hpp"
#include "core/connectors/table_options.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <deque>
#include <vector>

namespace millrace::connectors::memory {
namespace {

using enum option_kind;

constexpr std::array<option_info, 4> own_options{{
    {"memory.from", text, "nexmark", "the connector that makes the rows; its options stand beside"},
    {"memory.rows", integer, "1000000", "rows made, by all subtasks together"},
    {"memory.loops", integer, "1", "how often they are given; the same rows, the same times"},
    {"memory.batch-rows", integer, "16384", "rows of a batch"},
}};

std::span<const option_info> options() {
  static const auto out = [] {
    std::vector<option_info> all(own_options.begin(), own_options.end());
    const auto more = nexmark::nexmark_connector.options;
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }();
  return out;
}

// Gives the batches of another reader again and again, once that has given all. The position of a
// split is `loop,batch`.
class reader final : public source_reader {
 public:
  reader(std::unique_ptr<source_reader> from, std::int64_t loops, std::uint32_t batch_rows)
      : from_(std::move(from)), loops_(loops), batch_rows_(batch_rows) {}

  void add_split(source_split split) override { waiting_.push_back(std::move(split)); }
  void no_more_splits() override { no_more_ = true; }

  result<read_result> read(std::uint32_t) override {
    read_result out;
    if (!open_) {
      if (waiting_.empty()) {
        out.state = no_more_ ? read_state::ended : read_state::pending;
        return out;
      }
      MILLRACE_CHECK(open_next());
    }
    if (batches_.empty() || loop_ >= loops_) {
      open_ = false;
      out.state = read_state::split_end;
      return out;
    }
    out.state = read_state::batch;
    out.batch = batches_[batch_];
    if (++batch_ == batches_.size()) {
      batch_ = 0;
      ++loop_;
    }
    return out;
  }

  std::vector<source_split> snapshot() const override {
    std::vector<source_split> out(waiting_.begin(), waiting_.end());
    if (open_) out.insert(out.begin(), {id_, fmt::format("{},{}", loop_, batch_)});
    return out;
  }

 private:
  result<void> open_next() {
    const source_split split = std::move(waiting_.front());
    waiting_.pop_front();
    id_ = split.id;
    loop_ = 0;
    batch_ = 0;
    const char* end = split.position.data() + split.position.size();
    const auto comma = std::from_chars(split.position.data(), end, loop_).ptr;
    if (comma < end) std::from_chars(comma + 1, end, batch_);
    open_ = true;
    return build();
  }

  result<void> build() {
    batches_.clear();
    from_->add_split({id_, {}});
    for (;;) {
      MILLRACE_TRY(auto next, from_->read(batch_rows_));
      if (next.state != read_state::batch) return {};
      batches_.push_back(std::move(next.batch));
    }
  }

  std::unique_ptr<source_reader> from_;
  std::int64_t loops_;
  std::uint32_t batch_rows_;
  std::deque<source_split> waiting_;
  bool no_more_ = false;
  bool open_ = false;
  std::string id_;
  std::vector<data::batch_ptr> batches_;
  std::int64_t loop_ = 0;
  std::size_t batch_ = 0;
};

class memory_source final : public source {
 public:
  memory_source(std::unique_ptr<source> from, std::int64_t loops, std::uint32_t batch_rows)
      : from_(std::move(from)), loops_(loops), batch_rows_(batch_rows) {}

  result<std::vector<source_split>> discover(std::uint32_t parallelism) override {
    return from_->discover(parallelism);
  }
  bool bounded() const override { return true; }
  std::uint32_t max_parallelism() const override { return from_->max_parallelism(); }
  result<std::unique_ptr<source_reader>> make_reader(
      operators::operator_context& context) override {
    MILLRACE_TRY(auto made, from_->make_reader(context));
    return std::unique_ptr<source_reader>(
        std::make_unique<reader>(std::move(made), loops_, batch_rows_));
  }

 private:
  std::unique_ptr<source> from_;
  std::int64_t loops_;
  std::uint32_t batch_rows_;
};

result<plan::table_traits> traits(const plan::table_definition& table) {
  const table_options read(table.options);
  if (read.text("memory.from", "nexmark") != "nexmark")
    return bad_option("memory.from", read.text("memory.from"), "is not 'nexmark'");
  MILLRACE_TRY(auto out, nexmark::nexmark_connector.traits(table));
  out.bounded = true;
  return out;
}

result<std::unique_ptr<source>> make(const plan::source_spec& spec, const option_map& session) {
  const table_options read(spec.table->options);
  MILLRACE_TRY(const auto rows, read.integer("memory.rows", 1'000'000, 0));
  MILLRACE_TRY(const auto loops, read.integer("memory.loops", 1, 0));
  MILLRACE_TRY(const auto batch_rows, read.integer("memory.batch-rows", 16384, 1, 1 << 20));
  auto table = std::make_shared<plan::table_definition>(*spec.table);
  table->options["events.num"] = fmt::format("{}", rows);
  table->options["keep-alive"] = "false";
  table->options["max-emit-speed"] = "true";
  plan::source_spec inner = spec;
  inner.table = std::move(table);
  MILLRACE_TRY(auto from, nexmark::make_source(inner, session));
  return std::unique_ptr<source>(std::make_unique<memory_source>(
      std::move(from), loops, static_cast<std::uint32_t>(batch_rows)));
}

}  // namespace

const connector memory_connector{
    .name = "memory",
    .summary = "batches made once and given by reference, for benchmarks",
    .options = options(),
    .takes_format = false,
    .traits = traits,
    .make_source = make,
    .make_sink = nullptr,
};

}  // namespace millrace::connectors::memory
