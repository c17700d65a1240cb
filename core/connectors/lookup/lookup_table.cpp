#include "core/connectors/lookup/lookup_table.hpp"

#include "core/connectors/registry.hpp"
#include "core/data/column_builder.hpp"
#include "core/expr/evaluator.hpp"
#include "core/expr/key_hash.hpp"

#include <fmt/format.h>

#include <bit>
#include <optional>

namespace millrace::connectors::lookup {
namespace {

std::vector<data::data_type> types_of(std::span<const expr::expr_ptr> columns) {
  std::vector<data::data_type> out;
  for (const auto& c : columns) out.push_back(c->type.as_nullable());
  return out;
}

// Filter and calc of the right side, appended to a builder.
class right_rows {
 public:
  static result<right_rows> make(const plan::lookup_join_spec& spec,
                                 operators::operator_context& context) {
    std::vector<expr::expr_ptr> all;
    if (spec.right_filter) all.push_back(spec.right_filter);
    all.insert(all.end(), spec.right_columns.begin(), spec.right_columns.end());
    MILLRACE_TRY(auto expressions, expr::evaluator::make(std::move(all), context.eval));
    return right_rows(std::move(expressions), spec);
  }

  result<void> add(const data::record_batch& batch) {
    expr::calc_result done;
    done.count = batch.row_count();
    if (filtered_) {
      MILLRACE_TRY(done, expressions_.calc(batch));
    } else {
      MILLRACE_TRY(done.columns, expressions_.evaluate(batch));
    }
    if (done.count == 0) return {};
    data::batch_ptr made =
        std::make_shared<const data::record_batch>(std::move(done.columns), batch.stored_rows());
    if (done.selection) made = made->with_selection(std::move(done.selection), done.count);
    for (std::uint32_t i = 0; i < made->row_count(); ++i) live_.push_back(made->row_at(i));
    rows_.append_rows(*made, live_);
    live_.clear();
    return {};
  }

  data::batch_ptr finish() {
    for (std::size_t i = 0; i < rows_.column_count(); ++i) rows_.column_at(i).append_null();
    rows_.end_row();
    return rows_.finish();
  }

 private:
  right_rows(expr::evaluator expressions, const plan::lookup_join_spec& spec)
      : expressions_(std::move(expressions)),
        filtered_(spec.right_filter != nullptr),
        rows_(types_of(spec.right_columns)) {}

  expr::evaluator expressions_;
  bool filtered_;
  data::batch_builder rows_;
  std::vector<std::uint32_t> live_;
};

}  // namespace

result<lookup_table> lookup_table::load(const plan::lookup_join_spec& spec,
                                        const option_map& session,
                                        operators::operator_context& context) {
  plan::source_spec scan;
  scan.table = spec.table;
  scan.reads = spec.reads;
  MILLRACE_TRY(const auto from, make_source(scan, session));
  if (!from->bounded())
    return make_error(errc::sql_bad_option,
                      fmt::format("table {} has no end and cannot be looked up", spec.table->name),
                      "take 'source.monitor-interval' out of its options");
  MILLRACE_TRY(const auto splits, from->discover(1));
  MILLRACE_TRY(const auto reader, from->make_reader(context));
  for (const auto& split : splits) reader->add_split(split);
  reader->no_more_splits();
  MILLRACE_TRY(auto rows, right_rows::make(spec, context));
  for (;;) {
    MILLRACE_TRY(const auto next, reader->read(context.batch_rows));
    if (next.state == read_state::ended) break;
    if (next.state == read_state::batch) MILLRACE_CHECK(rows.add(*next.batch));
  }
  lookup_table out;
  out.rows_ = rows.finish();
  out.index(spec.right_keys);
  return out;
}

void lookup_table::index(std::span<const std::uint32_t> key_columns) {
  const std::uint32_t count = rows_->stored_rows() - 1;
  std::vector<data::data_type> types;
  for (const auto c : key_columns) types.push_back(rows_->column_at(c)->type);
  hashes_ = expr::hash_keys(*rows_, key_columns);
  std::vector<std::uint32_t> all(count + 1);
  for (std::uint32_t i = 0; i <= count; ++i) all[i] = i;
  tables::key_encoder(std::move(types))
      .encode_rows(*rows_, key_columns, all, hashes_->as<std::uint64_t>(), keys_);
  mask_ = std::bit_ceil(std::uint64_t{count} * 2 + 1) - 1;
  heads_.assign(mask_ + 1, none);
  next_.assign(count + 1, none);
  // From the last to the first, so that a chain goes through the table in order.
  for (std::uint32_t row = count; row-- > 0;) {
    auto& head = heads_[keys_.view(row).hash & mask_];
    next_[row] = head;
    head = row;
  }
}

}  // namespace millrace::connectors::lookup
