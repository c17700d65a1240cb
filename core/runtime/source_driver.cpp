#include "core/runtime/source_driver.hpp"

#include <algorithm>
#include <charconv>
#include <set>
#include <string>
#include <utility>

namespace millrace::runtime {

namespace {

using connectors::read_state;

class reader_driver final : public source_driver {
 public:
  explicit reader_driver(std::unique_ptr<connectors::source_reader> reader)
      : reader_(std::move(reader)) {}

  result<source_step> next(std::uint32_t max_rows) override {
    if (wants_split_ && !asked_) {
      asked_ = true;
      return source_step{.what = source_step::kind::want_split};
    }
    if (splits_ == 0 && wants_split_) {
      return source_step{.retry_at_us = INT64_MAX, .idle = true};
    }
    MILLRACE_TRY(connectors::read_result got, reader_->read(max_rows));
    return step_of(std::move(got));
  }

  void assign(std::optional<connectors::source_split> split) override {
    asked_ = false;
    wants_split_ = false;
    if (split) {
      ++splits_;
      assigned_.push_back(split->id);
      reader_->add_split(std::move(*split));
    } else {
      reader_->no_more_splits();
    }
  }

  std::vector<connectors::source_split> snapshot() const override { return reader_->snapshot(); }
  std::vector<std::string> finished() const override {
    std::set<std::string> open;
    for (const auto& split : reader_->snapshot()) open.insert(split.id);
    std::vector<std::string> done;
    for (const std::string& id : assigned_) {
      if (!open.contains(id)) done.push_back(id);
    }
    return done;
  }
  void wake() override { reader_->wake(); }

 private:
  source_step step_of(connectors::read_result got) {
    source_step step{.retry_at_us = got.retry_at_us, .idle = got.idle, .watermark = got.watermark};
    switch (got.state) {
      case read_state::batch:
        step.what = source_step::kind::batch;
        step.batch = std::move(got.batch);
        break;
      case read_state::split_end:
        if (splits_ > 0) --splits_;
        wants_split_ = splits_ == 0;
        step.retry_at_us = 0;
        break;
      case read_state::ended: step.what = source_step::kind::ended; break;
      case read_state::pending: break;
    }
    return step;
  }

  std::unique_ptr<connectors::source_reader> reader_;
  std::uint32_t splits_ = 0;           // assigned and not finished
  std::vector<std::string> assigned_;  // ids
  bool wants_split_ = true;
  bool asked_ = false;
};

class values_driver final : public source_driver {
 public:
  explicit values_driver(data::batch_ptr rows) : rows_(std::move(rows)) {}

  result<source_step> next(std::uint32_t max_rows) override {
    if (!rows_ || given_ >= rows_->row_count()) {
      return source_step{.what = source_step::kind::ended};
    }
    const std::uint32_t count = std::min(max_rows, rows_->row_count() - given_);
    data::batch_ptr part =
        count == rows_->row_count() ? rows_ : data::live_slice(rows_, given_, count);
    given_ += count;
    return source_step{.what = source_step::kind::batch, .batch = std::move(part)};
  }
  void assign(std::optional<connectors::source_split> split) override {
    if (!split) return;
    const char* end = split->position.data() + split->position.size();
    std::from_chars(split->position.data(), end, given_);
  }
  std::vector<connectors::source_split> snapshot() const override {
    return {{"values", std::to_string(given_)}};
  }

 private:
  data::batch_ptr rows_;
  std::uint32_t given_ = 0;
};

}  // namespace

std::unique_ptr<source_driver> make_reader_driver(
    std::unique_ptr<connectors::source_reader> reader) {
  return std::make_unique<reader_driver>(std::move(reader));
}

std::unique_ptr<source_driver> make_values_driver(const plan::values_spec& spec,
                                                  std::uint32_t subtask) {
  data::batch_ptr rows;
  if (subtask == 0 && spec.rows > 0) {
    rows = std::make_shared<data::record_batch>(spec.columns, spec.rows);
  }
  return std::make_unique<values_driver>(std::move(rows));
}

}  // namespace millrace::runtime
