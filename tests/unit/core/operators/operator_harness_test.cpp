#include "tests/unit/core/operators/operator_harness.hpp"

#include <gtest/gtest.h>

#include <sstream>

namespace millrace::operators {

// Keeps rows as text; in the paused drive it is full after every batch until it is told to go on.
class operator_harness::sink final : public output {
 public:
  explicit sink(bool stops) : stops_(stops) {}
  result<void> emit(data::batch_ptr batch) override {
    EXPECT_GT(batch->row_count(), 0U);
    const std::string text = data::print_table(*batch);
    taken += text;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);)
      fold[line.substr(line.find('|') + 2)] += line[0] == '+' ? 1 : -1;
    full_ = stops_;
    return {};
  }
  [[nodiscard]] bool full() const override { return full_; }
  result<void> emit_watermark(timestamp_ms time) override {
    taken += "watermark " + std::to_string(time) + "\n";
    return {};
  }
  result<void> emit_idle(bool idle) override {
    taken += idle ? "idle\n" : "active\n";
    return {};
  }
  void go_on() { full_ = false; }

  std::string taken;
  std::map<std::string, int> fold;

 private:
  bool stops_;
  bool full_ = false;
};

namespace {

std::vector<plan::logical_column> logical(const columns& fields) {
  std::vector<plan::logical_column> out;
  for (const auto& f : fields) out.push_back({f.name, f.type, plan::time_attribute::none});
  return out;
}

}  // namespace

operator_harness::operator_harness(plan::operator_spec spec, std::vector<columns> inputs,
                                   columns output, drive how, std::string time_zone)
    : inputs_(std::move(inputs)), how_(how) {
  tables::table_context tables;
  tables.budget = &budget_;
  tables.time = &clock_;
  tables.store = &store_;
  tables_ = std::make_unique<tables::table_set>(tables);
  context_.time = &clock_;
  context_.budget = &budget_;
  context_.metrics = &metrics_;
  context_.tables = tables_.get();
  context_.options = &options_;
  context_.eval.time = &clock_;
  if (how == drive::paused) context_.batch_rows = 1;
  node_.name = "Tested";
  node_.spec = std::move(spec);
  node_.columns = logical(output);
  node_.inputs.resize(inputs_.size());
  context_.eval.time_zone = std::move(time_zone);
  std::vector<std::vector<plan::logical_column>> producers;
  for (const auto& i : inputs_) producers.push_back(logical(i));
  sink_ = std::make_unique<sink>(how == drive::paused);
  auto made = make_operator({node_, producers});
  EXPECT_TRUE(made.ok()) << made.error().message;
  operator_ = std::move(made).value();
  const auto opened = operator_->open(context_);
  EXPECT_TRUE(opened.ok()) << opened.error().message;
}

operator_harness::~operator_harness() = default;

template <class Call>
void operator_harness::run(Call call) {
  sink_->go_on();
  result<progress> said = call(*operator_);
  while (said.ok() && *said != progress::need_input) {
    if (*said == progress::need_state) {
      auto job = tables_->begin_load();
      job->run();
      EXPECT_TRUE(tables_->finish_load(*job).ok());
      ++loads_;
    }
    sink_->go_on();
    said = operator_->resume(*sink_);
  }
  if (!said.ok())
    sink_->taken += "error " + std::to_string(static_cast<int>(said.error().code)) + "\n";
}

void operator_harness::push(std::uint32_t input, const data::batch_ptr& batch) {
  run([&](physical_operator& o) { return o.process(input_id(input), batch, *sink_); });
}

operator_harness& operator_harness::rows(std::string_view text, std::uint32_t input) {
  const auto batch = data::parse_table({inputs_[input]}, text);
  EXPECT_TRUE(batch.ok()) << batch.error().message;
  if (how_ != drive::row_by_row) {
    push(input, *batch);
    return *this;
  }
  for (std::uint32_t row = 0; row < (*batch)->row_count(); ++row)
    push(input, data::compacted(data::live_slice(*batch, row, 1)));
  return *this;
}

operator_harness& operator_harness::input_watermark(timestamp_ms time, std::uint32_t input) {
  operator_->on_input_watermark(input_id(input), time);
  return *this;
}

operator_harness& operator_harness::watermark(timestamp_ms time) {
  run([&](physical_operator& o) { return o.on_watermark(time, *sink_); });
  return *this;
}

operator_harness& operator_harness::advance(std::int64_t ms) {
  clock_.advance(ms);
  while (operator_->next_processing_time() <= clock_.now())
    run([&](physical_operator& o) { return o.on_processing_time(clock_.now(), *sink_); });
  return *this;
}

operator_harness& operator_harness::finish(std::uint32_t input) {
  run([&](physical_operator& o) { return o.finish(input_id(input), *sink_); });
  return *this;
}

operator_harness& operator_harness::barrier() {
  run([&](physical_operator& o) { return o.prepare_barrier(*sink_); });
  return *this;
}

operator_harness& operator_harness::spill() {
  const auto freed = tables_->spill(SIZE_MAX / 2);
  EXPECT_TRUE(freed.ok() && *freed > 0);
  return *this;
}

std::string operator_harness::take() { return std::exchange(sink_->taken, {}); }

std::string operator_harness::folded() const {
  std::string out;
  for (const auto& [row, count] : sink_->fold)
    for (int i = 0; i < count; ++i) out += row + "\n";
  return out;
}

}  // namespace millrace::operators
