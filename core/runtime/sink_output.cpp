#include "core/runtime/sink_output.hpp"

#include <utility>

namespace millrace::runtime {

sink_output::sink_output(std::uint32_t node, const plan::sink_spec& spec,
                         std::unique_ptr<connectors::sink_writer> writer, task_metrics& metrics,
                         operators::operator_metrics& own)
    : node_(node),
      table_(spec.table->name),
      drop_null_rows_(spec.drop_null_rows),
      writer_(std::move(writer)),
      metrics_(metrics),
      own_(own) {
  for (const plan::table_column& c : spec.table->columns) {
    const bool stored = c.kind == plan::column_kind::physical ||
                        (c.kind == plan::column_kind::metadata && !c.metadata_virtual);
    if (!stored || columns_.size() == spec.source_of.size()) continue;
    const std::int32_t source = spec.source_of[columns_.size()];
    in_place_ = in_place_ && source == static_cast<std::int32_t>(columns_.size());
    columns_.push_back({source, c.name, c.type});
  }
}

result<void> sink_output::emit(const data::batch_ptr& batch) {
  MILLRACE_TRY(const data::batch_ptr rows, without_nulls(arrange(batch)));
  if (rows->row_count() == 0) return {};
  bump(metrics_.sink_rows, std::uint64_t{rows->row_count()});
  bump(own_.rows_in, std::uint64_t{rows->row_count()});
  return writer_->write(rows);
}

result<void> sink_output::signal(const data::element& what) {
  if (const auto* mark = std::get_if<data::watermark>(&what)) {
    return writer_->on_watermark(mark->time);
  }
  if (const auto* barrier = std::get_if<data::barrier>(&what)) return prepare(barrier->id, false);
  if (std::holds_alternative<data::end_of_input>(what)) return prepare(checkpoint_id{}, true);
  return {};
}

result<void> sink_output::prepare(checkpoint_id checkpoint, bool end) {
  MILLRACE_TRY(auto more, writer_->prepare_commit(checkpoint, end));
  for (auto& c : more) prepared_.push_back({node_, std::move(c)});
  return {};
}

bool sink_output::full() const {
  std::int64_t retry_at = 0;
  if (!writer_->busy(retry_at)) {
    retry_at_us_ = never_us;
    return false;
  }
  retry_at_us_ = retry_at;
  return true;
}

std::vector<sink_committable> sink_output::take_committables() {
  return std::exchange(prepared_, {});
}

data::batch_ptr sink_output::arrange(const data::batch_ptr& batch) const {
  if (in_place_ && batch->columns().size() == columns_.size()) return batch;
  std::vector<data::column_ptr> columns;
  for (const sink_column& c : columns_) {
    columns.push_back(c.source < 0 ? data::null_column(c.type, batch->stored_rows())
                                   : batch->column_at(static_cast<std::size_t>(c.source)));
  }
  return batch->with_columns(std::move(columns));
}

result<data::batch_ptr> sink_output::without_nulls(const data::batch_ptr& batch) const {
  data::batch_ptr rows = batch;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const data::column& c = *rows->column_at(i);
    if (columns_[i].type.nullable() || !c.may_have_nulls()) continue;
    auto kept = data::buffer::allocate(rows->row_count() * sizeof(std::uint32_t));
    std::uint32_t count = 0;
    for (std::uint32_t r = 0; r < rows->row_count(); ++r) {
      if (!c.is_null(rows->row_at(r))) kept->mutable_as<std::uint32_t>()[count++] = rows->row_at(r);
    }
    if (count == rows->row_count()) continue;
    if (!drop_null_rows_) {
      return make_error(errc::runtime_not_null_violation,
                        "column '" + columns_[i].name + "' of table '" + table_ +
                            "' is NOT NULL, but a row with NULL came",
                        "set table.exec.sink.not-null-enforcer to DROP to leave such rows out");
    }
    rows = rows->with_selection(std::move(kept), count);
  }
  return rows;
}

}  // namespace millrace::runtime
