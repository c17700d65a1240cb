#include "core/connectors/filesystem/file_reader.hpp"

#include "core/connectors/filesystem/file_constants.hpp"
#include "core/connectors/filesystem/file_split.hpp"
#include "core/connectors/filesystem/record_input.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <limits>

namespace millrace::connectors::filesystem {
namespace {

// A batch is given when its columns hold that much, however few rows it has.
constexpr std::size_t batch_bytes = 16 << 20;
constexpr std::size_t window_slack = 1 << 20;

class file_reader final : public source_reader {
 public:
  file_reader(std::shared_ptr<const file_table> table, operators::operator_context& context,
              std::unique_ptr<formats::record_decoder> decoder)
      : table_(std::move(table)),
        decoder_(std::move(decoder)),
        rows_(wanted_types(*table_)),
        input_(static_cast<std::size_t>(table_->request.longest_record) + window_slack),
        bad_(table_->skip_bad_records ? formats::bad_records::policy::skip
                                      : formats::bad_records::policy::fail,
             context.metrics),
        rows_left_(table_->limit.value_or(std::numeric_limits<std::int64_t>::max())) {}

  [[nodiscard]] result<void> open_dead_letters(std::uint32_t subtask) {
    if (table_->bad_records_path.empty()) return {};
    return bad_.keep_in(subtask == 0 ? table_->bad_records_path
                                     : fmt::format("{}.{}", table_->bad_records_path, subtask));
  }

  void add_split(source_split split) override { waiting_.push_back(std::move(split)); }
  void no_more_splits() override { no_more_ = true; }

  result<read_result> read(std::uint32_t max_rows) override {
    read_result out;
    if (!open_) {
      if (waiting_.empty()) {
        out.state = no_more_ ? read_state::ended : read_state::pending;
        out.idle = true;
        return out;
      }
      if (rows_left_ == 0) {
        waiting_.pop_front();
        out.state = read_state::split_end;
        return out;
      }
      MILLRACE_CHECK(open_next());
    }
    const auto most = static_cast<std::uint32_t>(std::min<std::int64_t>(max_rows, rows_left_));
    MILLRACE_TRY(const bool more, decode(most));
    if (!rows_.empty()) {
      out.state = read_state::batch;
      MILLRACE_TRY(out.batch, take_batch());
      rows_left_ -= out.batch->row_count();
      return out;
    }
    if (!more || rows_left_ == 0) {
      open_ = false;
      out.state = read_state::split_end;
    }
    return out;
  }

  std::vector<source_split> snapshot() const override {
    std::vector<source_split> out(waiting_.begin(), waiting_.end());
    if (!open_) return out;
    file_split now = split_;
    now.next = file_split::place{input_.offset(), lines_};
    out.insert(out.begin(), now.to_source_split());
    return out;
  }

 private:
  static std::vector<data::data_type> wanted_types(const file_table& table) {
    std::vector<data::data_type> out;
    for (const auto& column : table.request.wanted) out.push_back(column.type);
    return out;
  }

  result<void> open_next() {
    MILLRACE_TRY(split_, file_split::from(waiting_.front()));
    waiting_.pop_front();
    MILLRACE_CHECK(input_.open(split_));
    lines_ = split_.next ? split_.next->row : 1;
    bad_.start(split_.path, input_.offset(), lines_);
    decoder_->start_file();
    MILLRACE_TRY(constants_, file_constants(*table_, split_.path));
    open_ = true;
    return {};
  }

  // Decodes until a batch is full; false at the end of the split.
  result<bool> decode(std::uint32_t max_rows) {
    if (max_rows == 0) return false;
    for (;;) {
      const bool last = input_.complete();
      MILLRACE_TRY(const auto used, decoder_->decode(input_.window(), last, max_rows, rows_, bad_));
      lines_ = bad_.row();
      input_.consume(used);
      if (rows_.rows() >= max_rows || rows_.byte_size() >= batch_bytes) return true;
      if (last && (used == 0 || input_.window().empty())) return false;
      if (last) continue;
      const std::uint64_t before = input_.offset();
      if (input_.full()) {
        MILLRACE_CHECK(reject_long_record());
      } else {
        MILLRACE_TRY(const bool grew, input_.fill());
        static_cast<void>(grew);
      }
      if (input_.offset() != before) bad_.advance(input_.offset() - before, 0);
    }
  }

  result<void> reject_long_record() {
    MILLRACE_CHECK(bad_.reject(
        errc::connector_record_too_long, 0, 0,
        fmt::format("a record of more than {} bytes; the limit is option 'record.max-size'",
                    table_->request.longest_record),
        input_.window().substr(0, formats::bad_records::kept_bytes)));
    input_.skip_line();
    input_.consume(input_.window().size());
    bad_.advance(0, 1);
    return {};
  }

  result<data::batch_ptr> take_batch() {
    const std::uint32_t count = rows_.rows();
    const auto decoded = rows_.finish();
    std::vector<data::column_ptr> columns;
    for (std::size_t i = 0; i < table_->outputs.size(); ++i) {
      const auto& out = table_->outputs[i];
      columns.push_back(out.from == file_table::origin::record
                            ? decoded->column_at(out.decoded)
                            : data::constant_of(*constants_[i], 0, count));
    }
    auto batch = std::make_shared<const data::record_batch>(std::move(columns), count);
    if (decoded->kinds() == nullptr) return data::batch_ptr(std::move(batch));
    return batch->with_kinds(decoded->kinds_buffer());
  }

  std::shared_ptr<const file_table> table_;
  std::unique_ptr<formats::record_decoder> decoder_;
  data::batch_builder rows_;
  record_input input_;
  formats::bad_records bad_;
  std::deque<source_split> waiting_;
  std::int64_t rows_left_;  // of the table's limit
  bool no_more_ = false;
  bool open_ = false;
  file_split split_;
  std::uint64_t lines_ = 1;  // number of the next record
  std::vector<data::column_ptr> constants_;
};

}  // namespace

result<std::unique_ptr<source_reader>> make_file_reader(std::shared_ptr<const file_table> table,
                                                        operators::operator_context& context) {
  MILLRACE_TRY(auto decoder, table->format->make_decoder(table->request));
  auto reader = std::make_unique<file_reader>(std::move(table), context, std::move(decoder));
  MILLRACE_CHECK(reader->open_dead_letters(context.subtask));
  return std::unique_ptr<source_reader>(std::move(reader));
}

}  // namespace millrace::connectors::filesystem
