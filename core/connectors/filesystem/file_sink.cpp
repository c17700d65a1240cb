#include "core/connectors/filesystem/content_hash.hpp"
#include "core/connectors/filesystem/file_commit.hpp"
#include "core/connectors/filesystem/file_list.hpp"
#include "core/connectors/filesystem/filesystem_connector.hpp"
#include "core/connectors/filesystem/partition_commit.hpp"
#include "core/connectors/formats/format.hpp"
#include "core/connectors/table_options.hpp"
#include "core/data/value_text.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <map>

namespace millrace::connectors::filesystem {
namespace {

constexpr std::size_t flush_bytes = 256 * 1024;

// What all writers of a sink share.
struct sink_table {
  std::string folder;
  std::string default_partition;
  const formats::format* format = nullptr;
  option_map options;
  formats::encode_request request;
  std::vector<std::uint32_t> data_columns;  // of the batches
  struct partition_key {
    std::uint32_t column;
    std::string name;
  };
  std::vector<partition_key> partition;
  std::int64_t roll_bytes = 0;
  std::int64_t roll_ms = 0;
  bool checkpoints = false;  // visible by checkpoints, else as soon as a file is rolled
  partition_commit commit;
};

// A file being written: hidden under its staging name until it is committed.
struct part_file {
  std::string folder;
  std::string staged;
  std::uint64_t number = 0;  // of the writer
  std::string buffer;
  std::uint64_t written = 0;
  content_hash hash;  // of what is written
  timestamp_ms since = 0;
  [[nodiscard]] std::uint64_t size() const { return written + buffer.size(); }
};

// Tells the writers of a process apart: two sinks of a job may write the same table.
std::uint64_t next_serial() {
  static std::atomic<std::uint64_t> serial{0};
  return serial++;
}

class file_writer final : public sink_writer {
 public:
  file_writer(std::shared_ptr<const sink_table> table,
              std::unique_ptr<formats::record_encoder> encoder,
              const operators::operator_context& context, checkpoint_id restored,
              partition_commit commit)
      : table_(std::move(table)),
        encoder_(std::move(encoder)),
        commit_(std::move(commit)),
        time_(*context.time),
        staged_(table_->checkpoints || !context.job_id.empty()),
        attempt_(fmt::format("{:x}{:04x}", time_.now(), static_cast<unsigned>(::getpid()))),
        run_(context.job_id.empty() ? attempt_ : context.job_id),
        writer_(fmt::format("{}-{}", context.subtask, next_serial())),
        newest_(restored) {}

  result<void> write(const data::batch_ptr& batch) override {
    // Vectors are kept for the next batch, but not those of all partitions there ever were.
    if (rows_.size() > 64) rows_.clear();
    for (auto& [folder, rows] : rows_) rows.clear();
    MILLRACE_CHECK(sort_rows(*batch));
    std::vector<data::column_ptr> columns;
    for (const auto c : table_->data_columns) columns.push_back(batch->column_at(c));
    data::batch_ptr data =
        std::make_shared<const data::record_batch>(std::move(columns), batch->stored_rows());
    if (batch->kinds_buffer()) data = data->with_kinds(batch->kinds_buffer());
    for (const auto& [folder, rows] : rows_)
      if (!rows.empty()) MILLRACE_CHECK(append(folder, *data, rows));
    return roll_due();
  }

  result<void> on_watermark(timestamp_ms time) override {
    watermark_ = std::max(watermark_, time);
    if (staged_) return {};
    MILLRACE_CHECK(roll_due());
    return finish_partitions(false);
  }

  result<std::vector<committable>> prepare_commit(checkpoint_id checkpoint,
                                                  bool end_of_input) override {
    // The first checkpoint that is complete from this one on lets the files go.
    newest_ = end_of_input ? checkpoint_id(newest_.value + 1) : checkpoint;
    while (!parts_.empty()) MILLRACE_CHECK(close(parts_.begin()));
    MILLRACE_CHECK(finish_partitions(end_of_input));
    std::vector<committable> all;
    for (const part_file& part : closed_) all.push_back(publishing(part).to_committable());
    for (const file_step& mark : marks_) all.push_back(mark.to_committable());
    // Part of the checkpoint, so that a restart knows of them.
    for (const auto& [partition, time] : commit_.open()) {
      all.push_back(
          file_step{file_step::kind::waiting, {}, partition, static_cast<std::uint64_t>(time)}
              .to_committable());
    }
    closed_.clear();
    marks_.clear();
    return all;
  }

 private:
  using parts = std::map<std::string, part_file>;

  // Live rows by the folder they go to.
  result<void> sort_rows(const data::record_batch& batch) {
    std::vector<std::uint32_t>* rows = nullptr;
    std::string last;
    for (std::uint32_t i = 0; i < batch.row_count(); ++i) {
      const std::uint32_t row = batch.row_at(i);
      if (rows == nullptr || !same_partition(batch, batch.row_at(i - 1), row)) {
        std::string folder = folder_of(batch, row);
        if (rows == nullptr || folder != last) {
          rows = &rows_[folder];
          if (rows->empty() && !table_->partition.empty())
            MILLRACE_CHECK(commit_.note(folder, values_, time_.now()));
          last = std::move(folder);
        }
      }
      rows->push_back(row);
    }
    return {};
  }

  // False where that would have to be computed: values that are no text.
  [[nodiscard]] bool same_partition(const data::record_batch& batch, std::uint32_t a,
                                    std::uint32_t b) const {
    return std::ranges::all_of(table_->partition, [&](const auto& key) {
      const data::column& c = *batch.column_at(key.column);
      return data::is_character(c.type.id()) && !c.is_null(a) && !c.is_null(b) &&
             c.text(a) == c.text(b);
    });
  }

  // `dt=2024-01-01/hm=10%3A00`; leaves the plain values in `values_`.
  std::string folder_of(const data::record_batch& batch, std::uint32_t row) {
    std::string out;
    values_.clear();
    for (const auto& key : table_->partition) {
      std::string value;
      const auto& column = *batch.column_at(key.column);
      if (!column.is_null(row)) data::append_value_text(value, column, row);
      if (value.empty()) value = table_->default_partition;
      if (!out.empty()) out += '/';
      out += key.name + '=' + escape_partition(value);
      values_.emplace_back(key.name, std::move(value));
    }
    return out;
  }

  result<void> append(const std::string& folder, const data::record_batch& batch,
                      const std::vector<std::uint32_t>& rows) {
    auto at = parts_.find(folder);
    if (at == parts_.end()) at = parts_.emplace(folder, open_part(folder)).first;
    auto& part = at->second;
    MILLRACE_CHECK(encoder_->encode(batch, rows, part.buffer));
    if (part.buffer.size() >= flush_bytes) MILLRACE_CHECK(flush(part));
    if (part.size() >= static_cast<std::uint64_t>(table_->roll_bytes)) return close(at);
    return {};
  }

  part_file open_part(const std::string& folder) {
    const std::string in = table_->folder + (folder.empty() ? "" : '/' + folder);
    part_file out;
    out.folder = in;
    out.number = counter_++;
    // Staged names of two attempts differ: what an older one left must not pass for newer rows.
    out.staged =
        fmt::format("{}/.part-{}-{}-{}-{}.inprogress", in, run_, attempt_, writer_, out.number);
    out.since = time_.now();
    return out;
  }

  static result<void> flush(part_file& part) {
    MILLRACE_CHECK(append_file(part.staged, part.buffer));
    part.hash.add(part.buffer);
    part.written += part.buffer.size();
    part.buffer.clear();
    return {};
  }

  result<void> close(parts::iterator at) {
    part_file part = std::move(at->second);
    parts_.erase(at);
    MILLRACE_CHECK(flush(part));
    if (!staged_) return publishing(part).run();
    MILLRACE_CHECK(sync_file(part.staged));
    closed_.push_back(std::move(part));
    return {};
  }

  [[nodiscard]] file_step publishing(const part_file& part) const {
    return {file_step::kind::publish, part.staged,
            fmt::format("{}/part-{}-{}-{}-{}{}", part.folder, run_, newest_.value, writer_,
                        part.number, table_->format->suffix),
            part.written, part.hash.value()};
  }

  result<void> roll_due() {
    const timestamp_ms now = time_.now();
    for (auto at = parts_.begin(); at != parts_.end();) {
      const auto next = std::next(at);
      if (now - at->second.since >= table_->roll_ms) MILLRACE_CHECK(close(at));
      at = next;
    }
    return {};
  }

  result<void> finish_partitions(bool end_of_input) {
    if (!commit_.active()) return {};
    for (const auto& folder : commit_.take_complete(time_.now(), watermark_, end_of_input)) {
      if (const auto at = parts_.find(folder); at != parts_.end()) MILLRACE_CHECK(close(at));
      const file_step mark{file_step::kind::mark,
                           {},
                           fmt::format("{}/{}/{}", table_->folder, folder, commit_.success_file())};
      if (staged_) {
        marks_.push_back(mark);
      } else {
        MILLRACE_CHECK(mark.run());
      }
    }
    return {};
  }

  std::shared_ptr<const sink_table> table_;
  std::unique_ptr<formats::record_encoder> encoder_;
  partition_commit commit_;
  const clock& time_;
  bool staged_;          // files wait for checkpoints
  std::string attempt_;  // of the job, this process
  std::string run_;      // the job, or this run of it
  std::string writer_;   // subtask and serial number
  checkpoint_id newest_;
  std::uint64_t counter_ = 0;
  timestamp_ms watermark_ = min_watermark;
  parts parts_;
  std::map<std::string, std::vector<std::uint32_t>> rows_;
  std::vector<std::pair<std::string, std::string>> values_;
  std::vector<part_file> closed_;  // not prepared yet
  std::vector<file_step> marks_;
};

class file_sink final : public sink {
 public:
  explicit file_sink(std::shared_ptr<const sink_table> table) : table_(std::move(table)) {}
  plan::changelog_mode accepts() const override { return table_->format->accepts; }
  result<std::unique_ptr<sink_writer>> make_writer(operators::operator_context& context) override {
    MILLRACE_TRY(auto encoder, table_->format->make_encoder(table_->request));
    MILLRACE_TRY(auto commit, restored_commit(context));
    return std::unique_ptr<sink_writer>(std::make_unique<file_writer>(
        table_, std::move(encoder), context, restored_, std::move(commit)));
  }
  void restore(std::uint32_t subtask, const std::vector<committable>& prepared) override {
    prepared_[subtask] = prepared;
  }
  result<void> clear_leftovers(const std::string& job_id, checkpoint_id restored) override {
    restored_ = restored;
    return remove_leftovers(table_->folder, job_id, restored);
  }
  result<std::unique_ptr<sink_committer>> make_committer() override {
    return make_file_committer();
  }

 private:
  // The partitions that wait go to the writers that had them, at another parallelism around.
  result<partition_commit> restored_commit(const operators::operator_context& context) const {
    partition_commit out = table_->commit;
    for (const auto& [subtask, all] : prepared_) {
      if (!out.active() || subtask % context.parallelism != context.subtask) continue;
      for (const committable& one : all) {
        MILLRACE_TRY(const auto step, file_step::from(one));
        if (step.what == file_step::kind::waiting)
          out.reopen(step.final_path, static_cast<timestamp_ms>(step.length));
      }
    }
    return out;
  }

  std::shared_ptr<const sink_table> table_;
  checkpoint_id restored_{};                                    // that the job goes on from
  std::map<std::uint32_t, std::vector<committable>> prepared_;  // by it, by subtask
};

// Batches have the table's stored columns in order; partition columns go to the folder's name.
void place_columns(const plan::table_definition& t, sink_table& out) {
  std::uint32_t at = 0;
  std::map<std::uint32_t, std::uint32_t> place;
  for (std::uint32_t i = 0; i < t.columns.size(); ++i) {
    const auto& column = t.columns[i];
    if (column.kind == plan::column_kind::computed || column.metadata_virtual) continue;
    place[i] = at++;
    if (column.kind != plan::column_kind::physical ||
        std::find(t.partition_by.begin(), t.partition_by.end(), i) != t.partition_by.end())
      continue;
    out.data_columns.push_back(place[i]);
    out.request.columns.push_back({column.name, column.type});
  }
  for (const auto column : t.partition_by)
    out.partition.push_back({place[column], t.columns[column].name});
}

}  // namespace

result<std::unique_ptr<sink>> make_file_sink(const plan::sink_spec& spec, plan::changelog_mode,
                                             const option_map& session) {
  const auto& t = *spec.table;
  const table_options read(t.options);
  auto out = std::make_shared<sink_table>();
  MILLRACE_TRY(out->folder, local_path(read.text("path")));
  while (out->folder.size() > 1 && out->folder.back() == '/') out->folder.pop_back();
  MILLRACE_TRY(out->format, formats::format_of(t));
  out->options = t.options;
  out->request.options = &out->options;
  out->default_partition = read.text("partition.default-name", "__DEFAULT_PARTITION__");
  MILLRACE_TRY(out->roll_bytes, read.size_bytes("sink.rolling-policy.file-size", 128 << 20));
  MILLRACE_TRY(out->roll_ms, read.duration_ms("sink.rolling-policy.rollover-interval", 1'800'000));
  MILLRACE_TRY(const auto interval,
               option_reader(session).duration_ms("execution.checkpointing.interval", 0));
  out->checkpoints = interval > 0;
  MILLRACE_TRY(out->commit, partition_commit::make(t));
  place_columns(t, *out);
  return std::unique_ptr<sink>(std::make_unique<file_sink>(std::move(out)));
}

}  // namespace millrace::connectors::filesystem
