#include "core/connectors/datagen/datagen_connector.hpp"

#include "core/connectors/datagen/field_generator.hpp"
#include "core/connectors/table_options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <deque>

namespace millrace::connectors::datagen {
namespace {

using enum option_kind;

constexpr std::array<option_info, 12> options{{
    {"rows-per-second", integer, "10000", "rows a second, by all subtasks together"},
    {"number-of-rows", integer, {}, "ends after that many rows"},
    {"seed", integer, "0", "another seed, other random values"},
    {"fields.#.kind", text, "random", "random or sequence"},
    {"fields.#.min", number, {}, "least random number"},
    {"fields.#.max", number, {}, "largest random number"},
    {"fields.#.max-past", duration, "0 s", "random times lie that far back at most"},
    {"fields.#.length", integer, "100", "length of random text, of ARRAYs 3"},
    {"fields.#.var-len", boolean, "false", "lengths from 1 on"},
    {"fields.#.start", integer, {}, "first value of a sequence"},
    {"fields.#.end", integer, {}, "last value of a sequence"},
    {"fields.#.null-rate", number, "0", "share of NULLs"},
}};

constexpr std::int64_t no_end = INT64_MAX;

struct plan_of_rows {
  std::vector<field_generator> columns;  // of the reads
  std::vector<data::data_type> types;
  std::int64_t rows = no_end;
  std::int64_t rows_per_second = 10'000;
  std::uint64_t seed = 0;
};

result<std::int64_t> count_rows(const plan::table_definition& table) {
  const table_options read(table.options);
  MILLRACE_TRY(std::int64_t rows, read.integer("number-of-rows", no_end, 0));
  // The shortest sequence ends the table, whether it is read or not.
  for (const auto& column : table.columns) {
    if (column.kind != plan::column_kind::physical) continue;
    MILLRACE_TRY(const auto made, field_generator::make(read, column.name, column.type));
    if (made.rows()) rows = std::min(rows, *made.rows());
  }
  return rows;
}

result<plan_of_rows> plan_rows(const plan::source_spec& spec) {
  const table_options read(spec.table->options);
  plan_of_rows out;
  MILLRACE_TRY(out.rows, count_rows(*spec.table));
  MILLRACE_TRY(out.rows_per_second, read.integer("rows-per-second", 10'000, 1));
  MILLRACE_TRY(const auto seed, read.integer("seed", 0));
  out.seed = static_cast<std::uint64_t>(seed);
  for (const auto& r : spec.reads) {
    MILLRACE_TRY(auto made,
                 field_generator::make(read, spec.table->columns[r.column].name, r.type));
    out.columns.push_back(std::move(made));
    out.types.push_back(r.type);
  }
  return out;
}

// Split `index-of`: rows index, index + of, ... The position is the number of rows given.
class reader final : public source_reader {
 public:
  reader(std::shared_ptr<const plan_of_rows> rows, operators::operator_context& context)
      : plan_(std::move(rows)), context_(context), builder_(plan_->types) {}

  void add_split(source_split split) override { waiting_.push_back(std::move(split)); }
  void no_more_splits() override { no_more_ = true; }

  result<read_result> read(std::uint32_t max_rows) override {
    read_result out;
    if (!open_ && !next_split()) {
      out.state = no_more_ ? read_state::ended : read_state::pending;
      out.idle = true;
      return out;
    }
    const std::int64_t left = total() - given_;
    if (left <= 0) {
      open_ = false;
      out.state = read_state::split_end;
      return out;
    }
    const std::int64_t due = due_rows();
    if (due <= 0) {
      out.retry_at_us =
          started_us_ + (given_ - first_ + 1) * 1'000'000 * of_ / plan_->rows_per_second;
      return out;
    }
    const auto count = std::min<std::int64_t>({left, due, max_rows});
    for (std::int64_t i = 0; i < count; ++i) append_row(index_ + (given_ + i) * of_);
    given_ += count;
    out.state = read_state::batch;
    out.batch = builder_.finish();
    return out;
  }

  std::vector<source_split> snapshot() const override {
    std::vector<source_split> out(waiting_.begin(), waiting_.end());
    if (open_)
      out.insert(out.begin(), {fmt::format("{:05}-{}", index_, of_), fmt::format("{}", given_)});
    return out;
  }

 private:
  bool next_split() {
    if (waiting_.empty()) return false;
    const auto split = std::move(waiting_.front());
    waiting_.pop_front();
    const char* end = split.id.data() + split.id.size();
    std::from_chars(split.id.data(), split.id.data() + 5, index_);
    std::from_chars(split.id.data() + 6, end, of_);
    given_ = 0;
    std::from_chars(split.position.data(), split.position.data() + split.position.size(), given_);
    first_ = given_;
    started_us_ = context_.time->steady_us();
    open_ = true;
    return true;
  }
  [[nodiscard]] std::int64_t total() const {
    if (plan_->rows == no_end) return no_end;
    return plan_->rows / of_ + (index_ < plan_->rows % of_ ? 1 : 0);
  }
  // Rows whose time has come; the first ones of a second come at its start.
  [[nodiscard]] std::int64_t due_rows() const {
    const std::int64_t seconds_us = context_.time->steady_us() - started_us_;
    const auto until = static_cast<__int128>(seconds_us) * plan_->rows_per_second / of_ / 1'000'000;
    return static_cast<std::int64_t>(until) + 1 - (given_ - first_);
  }
  void append_row(std::int64_t row) {
    const timestamp_ms now = context_.time->now();
    for (std::size_t c = 0; c < plan_->columns.size(); ++c)
      plan_->columns[c].append(builder_.column_at(c), plan_->seed, row, now);
    builder_.end_row();
  }

  std::shared_ptr<const plan_of_rows> plan_;
  operators::operator_context& context_;
  data::batch_builder builder_;
  std::deque<source_split> waiting_;
  bool no_more_ = false;
  bool open_ = false;
  std::int64_t index_ = 0;
  std::int64_t of_ = 1;
  std::int64_t given_ = 0;
  std::int64_t first_ = 0;
  std::int64_t started_us_ = 0;
};

class datagen_source final : public source {
 public:
  explicit datagen_source(std::shared_ptr<const plan_of_rows> rows) : plan_(std::move(rows)) {}
  result<std::vector<source_split>> discover(std::uint32_t parallelism) override {
    std::vector<source_split> out;
    const std::uint32_t shares = std::max(parallelism, 1u);
    for (std::uint32_t i = 0; i < shares; ++i)
      out.push_back({fmt::format("{:05}-{}", i, shares), {}});
    return out;
  }
  bool bounded() const override { return plan_->rows != no_end; }
  result<std::unique_ptr<source_reader>> make_reader(
      operators::operator_context& context) override {
    return std::unique_ptr<source_reader>(std::make_unique<reader>(plan_, context));
  }

 private:
  std::shared_ptr<const plan_of_rows> plan_;
};

result<plan::table_traits> traits(const plan::table_definition& table) {
  plan::table_traits out;
  out.readable = true;
  MILLRACE_TRY(const auto rows, count_rows(table));
  out.bounded = rows != no_end;
  return out;
}

result<std::unique_ptr<source>> make(const plan::source_spec& spec, const option_map&) {
  MILLRACE_TRY(auto rows, plan_rows(spec));
  return std::unique_ptr<source>(
      std::make_unique<datagen_source>(std::make_shared<const plan_of_rows>(std::move(rows))));
}

}  // namespace

const connector datagen_connector{
    .name = "datagen",
    .summary = "random or sequential values",
    .options = options,
    .takes_format = false,
    .traits = traits,
    .make_source = make,
    .make_sink = nullptr,
};

}  // namespace millrace::connectors::datagen
