#include "core/connectors/lookup/lookup_join.hpp"

#include "core/connectors/table_options.hpp"
#include "core/expr/key_hash.hpp"
#include "core/operators/operator_context.hpp"

#include <algorithm>
#include <numeric>

namespace millrace::connectors::lookup {

using operators::progress;

result<void> lookup_join::open(operators::operator_context& context) {
  context_ = &context;
  MILLRACE_TRY(reload_ms_, table_options(spec_.table->options)
                               .duration_ms("lookup.full-cache.periodic-reload.interval", 0));
  MILLRACE_TRY(keys_of_left_, expr::evaluator::make(spec_.left_keys, context.eval));
  if (spec_.condition) {
    MILLRACE_TRY(condition_, expr::evaluator::make({spec_.condition}, context.eval));
  }
  std::vector<data::data_type> types;
  for (const auto& key : spec_.left_keys) types.push_back(key->type);
  encoder_.emplace(std::move(types));
  return reload();
}

result<void> lookup_join::reload() {
  MILLRACE_TRY(table_, lookup_table::load(spec_, session_, *context_));
  if (reload_ms_ > 0) reload_at_ = context_->time->now() + reload_ms_;
  return {};
}

result<progress> lookup_join::on_processing_time(timestamp_ms now, operators::output&) {
  if (now >= reload_at_) MILLRACE_CHECK(reload());
  return progress::need_input;
}

result<progress> lookup_join::process(input_id, const data::batch_ptr& batch,
                                      operators::output& out) {
  batch_ = batch;
  at_ = 0;
  MILLRACE_TRY(key_columns_, keys_of_left_->evaluate(*batch));
  const data::record_batch keys(key_columns_, batch->stored_rows());
  std::vector<std::uint32_t> columns(key_columns_.size());
  std::iota(columns.begin(), columns.end(), 0u);
  hashes_ = expr::hash_keys(keys, columns);
  std::vector<std::uint32_t> live(batch->row_count());
  for (std::uint32_t i = 0; i < live.size(); ++i) live[i] = batch->row_at(i);
  encoder_->encode_columns(key_columns_, live, hashes_->as<std::uint64_t>(), keys_);
  return run(out);
}

result<progress> lookup_join::resume(operators::output& out) { return run(out); }

result<progress> lookup_join::run(operators::output& out) {
  while (batch_ && at_ < batch_->row_count()) {
    if (out.full()) return progress::more_output;
    const std::uint32_t first = at_;
    pairs found = next_pairs();
    if (condition_) {
      MILLRACE_TRY(found, checked(std::move(found), first, at_));
    }
    if (found.left.empty()) continue;
    MILLRACE_TRY(auto made, joined(found));
    MILLRACE_CHECK(out.emit(std::move(made)));
  }
  batch_.reset();
  return progress::need_input;
}

bool lookup_join::has_null_key(std::uint32_t row) const {
  return std::any_of(key_columns_.begin(), key_columns_.end(),
                     [&](const auto& c) { return c->is_null(row); });
}

// Pairs of the next live rows, until there is a batch of them. Without a further condition a left
// join's lonely rows get the NULL row here.
lookup_join::pairs lookup_join::next_pairs() {
  pairs out;
  const bool lonely = spec_.kind == plan::join_kind::left && !condition_;
  const bool may_be_null = std::any_of(key_columns_.begin(), key_columns_.end(),
                                       [](const auto& c) { return c->may_have_nulls(); });
  for (; at_ < batch_->row_count() && out.left.size() < context_->batch_rows; ++at_) {
    const std::uint32_t row = batch_->row_at(at_);
    const auto key = keys_.view(at_);
    std::uint32_t match =
        may_be_null && has_null_key(row) ? lookup_table::none : table_->first(key);
    if (match == lookup_table::none && lonely) {
      out.left.push_back(row);
      out.right.push_back(table_->null_row());
    }
    for (; match != lookup_table::none; match = table_->next(match, key)) {
      out.left.push_back(row);
      out.right.push_back(match);
    }
  }
  return out;
}

// The pairs that pass the further condition; for a left join also the rows [first, end) of the
// batch that are left without one.
result<lookup_join::pairs> lookup_join::checked(pairs p, std::uint32_t first, std::uint32_t end) {
  pairs passed;
  if (!p.left.empty()) {
    MILLRACE_TRY(const auto both, joined(p));
    std::uint32_t count = 0;
    MILLRACE_TRY(const auto selection, condition_->filter(*both, count));
    if (!selection && count == both->row_count()) passed = p;
    for (std::uint32_t i = 0; selection && i < count; ++i) {
      const auto at = selection->as<std::uint32_t>()[i];
      passed.left.push_back(p.left[at]);
      passed.right.push_back(p.right[at]);
    }
  }
  if (spec_.kind != plan::join_kind::left) return passed;
  pairs out;
  std::size_t next = 0;
  for (std::uint32_t i = first; i < end; ++i) {
    const std::uint32_t row = batch_->row_at(i);
    const std::size_t before = next;
    for (; next < passed.left.size() && passed.left[next] == row; ++next) {
      out.left.push_back(row);
      out.right.push_back(passed.right[next]);
    }
    if (next != before) continue;
    out.left.push_back(row);
    out.right.push_back(table_->null_row());
  }
  return out;
}

result<data::batch_ptr> lookup_join::joined(const pairs& p) const {
  const auto left = data::take(*batch_, p.left);
  std::vector<data::column_ptr> columns = left->columns();
  for (const auto& column : table_->rows().columns())
    columns.push_back(data::take(*column, p.right));
  data::batch_ptr out = std::make_shared<const data::record_batch>(
      std::move(columns), static_cast<std::uint32_t>(p.left.size()));
  if (left->kinds_buffer()) out = out->with_kinds(left->kinds_buffer());
  return out;
}

}  // namespace millrace::connectors::lookup
