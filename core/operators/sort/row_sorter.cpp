#include "core/operators/sort/row_sorter.hpp"

#include "core/expr/key_hash.hpp"
#include "core/operators/state_spec.hpp"
#include "core/tables/table_set.hpp"

namespace millrace::operators {
namespace {

std::vector<tables::order_field> order_fields(const std::vector<plan::sort_key>& keys) {
  std::vector<tables::order_field> out;
  for (const auto& k : keys) out.push_back({k.column, !k.descending, k.nulls_first});
  return out;
}

std::vector<data::data_type> key_types(const std::vector<plan::sort_key>& keys,
                                       const std::vector<data::data_type>& types) {
  std::vector<data::data_type> out;
  for (const auto& k : keys) out.push_back(types[k.column]);
  return out;
}

tables::key_view only_key() { return {expr::empty_key_hash, "", 0, 0}; }

}  // namespace

row_sorter::row_sorter(const std::vector<plan::sort_key>& keys, std::vector<data::data_type> types)
    : types_(std::move(types)),
      order_(order_fields(keys), key_types(keys, types_)),
      codec_(types_) {}

void row_sorter::open(operator_context& context) {
  auto spec = state_spec("rows");
  spec.value_types = types_;
  spec.sequenced = true;
  table_ = &context.tables->open_sorted(std::move(spec));
}

tables::readiness row_sorter::ready(operator_context& context) {
  return context.tables->prefetch(expr::empty_key_hash);
}

void row_sorter::apply(const data::record_batch& batch, std::span<const std::uint32_t> rows) {
  orders_.clear();
  rows_.clear();
  order_.encode(batch, rows, orders_);
  codec_.encode(batch, rows, rows_);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (data::adds(batch.kind_at(rows[i])))
      (void)table_->insert(table_->locate_or_insert(only_key()), orders_[i], rows_[i]);
    else
      remove(orders_[i], rows_[i]);
  }
}

void row_sorter::remove(std::string_view order, std::string_view row) {
  const auto key = table_->locate(only_key());
  if (!key) return;
  for (auto at = table_->lower_bound(key, order); at.valid() && at.order().starts_with(order);
       at.next()) {
    if (at.row() != row) continue;
    table_->erase(at);
    return;
  }
}

data::batch_ptr row_sorter::take_first(std::uint32_t limit, std::string_view bound) {
  const auto key = table_->locate(only_key());
  if (!key) return nullptr;
  std::vector<std::string_view> rows;
  auto at = table_->first(key);
  for (; at.valid() && rows.size() < limit; at.next()) {
    if (!bound.empty() && at.order().substr(0, bound.size()) > bound) break;
    rows.push_back(at.row());
  }
  if (rows.empty()) return nullptr;
  const auto count = static_cast<std::uint32_t>(rows.size());
  data::batch_builder made(types_, count);
  codec_.decode(rows, made);
  made.end_rows(count);
  const std::string end = at.valid() ? std::string(at.order()) : std::string();
  table_->erase_range(key, {}, end);
  return made.finish();
}

}  // namespace millrace::operators
