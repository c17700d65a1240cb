#include "core/connectors/blackhole/blackhole_connector.hpp"

#include "core/connectors/table_options.hpp"

#include <array>

namespace millrace::connectors::blackhole {
namespace {

constexpr std::array<option_info, 1> options{{
    {"rate", option_kind::integer, "0", "rows a second that a subtask takes; 0: no limit"},
}};

// With a rate it is busy until the rows taken so far are due: the slow sink of tests.
class writer final : public sink_writer {
 public:
  writer(const clock& time, std::int64_t rate) : time_(time), rate_(rate) {}

  result<void> write(const data::batch_ptr& batch) override {
    if (rate_ == 0) return {};
    const std::int64_t now = time_.steady_us();
    const std::int64_t cost = std::int64_t{batch->row_count()} * 1'000'000 / rate_;
    free_at_us_ = std::max(now, free_at_us_) + cost;
    return {};
  }
  bool busy(std::int64_t& retry_at_us) override {
    retry_at_us = free_at_us_;
    return free_at_us_ > 0 && time_.steady_us() < free_at_us_;
  }

 private:
  const clock& time_;
  std::int64_t rate_;
  std::int64_t free_at_us_ = 0;
};

class blackhole_sink final : public sink {
 public:
  explicit blackhole_sink(std::int64_t rate) : rate_(rate) {}
  plan::changelog_mode accepts() const override { return plan::changelog_mode::retract; }
  result<std::unique_ptr<sink_writer>> make_writer(operators::operator_context& context) override {
    return std::unique_ptr<sink_writer>(std::make_unique<writer>(*context.time, rate_));
  }

 private:
  std::int64_t rate_;
};

result<plan::table_traits> traits(const plan::table_definition&) {
  plan::table_traits out;
  out.writable = true;
  out.accepts = plan::changelog_mode::retract;
  return out;
}

result<std::unique_ptr<sink>> make(const plan::sink_spec& spec, plan::changelog_mode,
                                   const option_map&) {
  MILLRACE_TRY(const auto rate,
               table_options(spec.table->options).integer("rate", 0, 0, 1'000'000'000));
  return std::unique_ptr<sink>(std::make_unique<blackhole_sink>(rate));
}

}  // namespace

const connector blackhole_connector{
    .name = "blackhole",
    .summary = "takes every row and forgets it",
    .options = options,
    .takes_format = false,
    .traits = traits,
    .make_source = nullptr,
    .make_sink = make,
};

}  // namespace millrace::connectors::blackhole
