#include "core/operators/aggregate/ordered_values.hpp"

#include "core/operators/state_spec.hpp"
#include "core/tables/table_set.hpp"

#include <array>
#include <cstring>

namespace millrace::operators {
namespace {

// A row of the table: how often the value is there, then the value.
constexpr std::size_t count_size = sizeof(std::int64_t);

std::int64_t count_of(std::string_view row) {
  std::int64_t count;
  std::memcpy(&count, row.data(), count_size);
  return count;
}

}  // namespace

ordered_values::ordered_values(std::size_t call, std::uint32_t argument,
                               const data::data_type& type, bool largest)
    : call_(call),
      argument_(argument),
      largest_(largest),
      order_({tables::order_field{argument, true, true}}, {type}),
      values_({type}) {}

void ordered_values::open(std::string name, const std::vector<data::data_type>& group_types,
                          std::int64_t ttl_ms, tables::table_set& tables) {
  auto spec = state_spec(std::move(name), group_types, ttl_ms);
  spec.value_types = values_.types();
  table_ = &tables.open_sorted(std::move(spec));
}

void ordered_values::count(tables::key_handle group, std::string_view order, std::string_view value,
                           bool add) {
  const auto at = table_->find(group, order);
  const std::int64_t count = (at.valid() ? count_of(at.row()) : 0) + (add ? 1 : -1);
  if (count < 0) return;
  if (count == 0) {
    table_->erase(group, order);
    return;
  }
  std::string row(count_size, '\0');
  std::memcpy(row.data(), &count, count_size);
  row += value;
  table_->put(group, order, row);
}

void ordered_values::update(const data::record_batch& batch, const fed_rows& fed,
                            const tables::hash_table& groups) {
  std::vector<std::uint32_t> picked;
  std::vector<const char*> payloads;
  std::uint32_t position = 0;
  fed.rows.for_each([&](std::uint32_t row) {
    const char* payload = fed.payloads[position++];
    if (batch.column_at(argument_)->is_null(row)) return;
    picked.push_back(row);
    payloads.push_back(payload);
  });
  orders_.clear();
  rows_.clear();
  order_.encode(batch, picked, orders_);
  values_.encode(batch, std::array{argument_}, picked, rows_);
  for (std::size_t i = 0; i < picked.size(); ++i) {
    const auto group = table_->locate_or_insert(groups.key_of(payloads[i]));
    count(group, orders_[i], rows_[i], data::adds(batch.kind_at(picked[i])));
  }
}

void ordered_values::emit(std::span<char* const> payloads, const tables::hash_table& groups,
                          data::column_builder& out) {
  for (const char* payload : payloads) {
    const auto group = table_->locate(groups.key_of(payload));
    const auto at =
        !group ? tables::sorted_cursor() : (largest_ ? table_->last(group) : table_->first(group));
    if (!at.valid()) {
      out.append_null();
      continue;
    }
    const std::string_view value = at.row().substr(count_size);
    values_.decode_column(std::span(&value, 1), 0, out);
  }
}

void ordered_values::clear(const char* payload, const tables::hash_table& groups) {
  if (const auto group = table_->locate(groups.key_of(payload))) table_->clear(group);
}

}  // namespace millrace::operators
