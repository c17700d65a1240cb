#include "core/operators/window/window_distinct.hpp"

#include "core/operators/state_spec.hpp"
#include "core/tables/table_set.hpp"

#include <algorithm>
#include <cstring>
#include <unordered_map>

namespace millrace::operators {
namespace {

constexpr std::size_t bits_per_word = 64;
using mask = std::vector<std::uint64_t>;

bool passes(const data::record_batch& batch, std::optional<std::uint32_t> filter,
            std::uint32_t row) {
  if (!filter) return true;
  const data::column& flags = *batch.column_at(*filter);
  return !flags.is_null(row) && flags.value<std::uint8_t>(row) != 0;
}

// The masks of values lie in the table without alignment.
void add_bits(char* to, const mask& bits) {
  for (std::size_t w = 0; w < bits.size(); ++w) {
    std::uint64_t word;
    std::memcpy(&word, to + w * sizeof word, sizeof word);
    word |= bits[w];
    std::memcpy(to + w * sizeof word, &word, sizeof word);
  }
}

mask bits_of(std::string_view value) {
  mask bits(value.size() / sizeof(std::uint64_t));
  std::memcpy(bits.data(), value.data(), bits.size() * sizeof(std::uint64_t));
  return bits;
}

}  // namespace

window_distinct::window_distinct(const aggregate_calls& calls, std::vector<data::data_type> columns)
    : columns_(std::move(columns)) {
  for (std::size_t i = 0; i < calls.size(); ++i) {
    if (!calls.call(i).distinct) continue;
    const auto& arguments = calls.call(i).arguments;
    auto found = std::ranges::find(sets_, arguments, &value_set::arguments);
    if (found == sets_.end()) {
      std::vector<data::data_type> types;
      for (const std::uint32_t a : arguments) types.push_back(columns_[a]);
      sets_.push_back({{}, arguments, 1, tables::row_codec(std::move(types)), nullptr});
      found = sets_.end() - 1;
    }
    found->members.push_back(i);
    found->words =
        static_cast<std::uint32_t>((found->members.size() + bits_per_word - 1) / bits_per_word);
  }
}

void window_distinct::open(const std::vector<data::data_type>& key_types,
                           tables::table_set& tables) {
  for (std::size_t i = 0; i < sets_.size(); ++i) {
    auto spec = state_spec("distinct_" + std::to_string(i), key_types);
    spec.sub_key_types = sets_[i].codec.types();
    sets_[i].table = &tables.open_map(std::move(spec));
  }
}

void window_distinct::add(const data::record_batch& batch, std::span<const std::uint32_t> rows,
                          const tables::key_batch& keys, const aggregate_calls& calls) {
  tables::encoded_rows values;
  std::vector<tables::key_handle> handles(rows.size());
  for (auto& set : sets_) {
    values.clear();
    set.codec.encode(batch, set.arguments, rows, values);
    set.table->locate_or_insert(keys, handles);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const bool null = std::ranges::any_of(
          set.arguments, [&](std::uint32_t a) { return batch.column_at(a)->is_null(rows[i]); });
      if (null) continue;
      mask bits(set.words);
      for (std::size_t m = 0; m < set.members.size(); ++m)
        if (passes(batch, calls.call(set.members[m]).filter, rows[i]))
          bits[m / bits_per_word] |= std::uint64_t{1} << (m % bits_per_word);
      const auto size = static_cast<std::uint32_t>(bits.size() * sizeof(std::uint64_t));
      add_bits(set.table->upsert(handles[i], values[i], size).data, bits);
    }
  }
}

// A batch shaped like the operator's input with only the arguments in it.
data::batch_ptr window_distinct::batch_of(const value_set& set,
                                          std::span<const std::string_view> values) const {
  const auto count = static_cast<std::uint32_t>(values.size());
  std::vector<data::column_ptr> columns;
  for (const auto& type : columns_) columns.push_back(data::null_column(type, count));
  for (std::uint32_t a = 0; a < set.arguments.size(); ++a) {
    data::column_builder builder(columns_[set.arguments[a]], count);
    set.codec.decode_column(values, a, builder);
    columns[set.arguments[a]] = builder.finish();
  }
  return std::make_shared<const data::record_batch>(std::move(columns), count);
}

result<void> window_distinct::feed(std::span<char* const> slices, char* state,
                                   aggregate_calls& calls, tables::hash_table& table,
                                   data::blob_heap* heap) {
  for (const auto& set : sets_) {
    std::unordered_map<std::string_view, std::size_t> known;
    std::vector<std::string_view> values;
    std::vector<mask> masks;
    for (const char* slice : slices) {
      for (auto at = set.table->items(set.table->locate(table.key_of(slice))); at.valid();
           at.next()) {
        const auto [place, fresh] = known.emplace(at.sub_key(), values.size());
        if (fresh) {
          values.push_back(at.sub_key());
          masks.emplace_back(set.words);
        }
        const mask bits = bits_of(at.value());
        for (std::size_t w = 0; w < bits.size(); ++w) masks[place->second][w] |= bits[w];
      }
    }
    const data::batch_ptr batch = batch_of(set, values);
    const std::vector<char*> states(values.size(), state);
    for (std::size_t m = 0; m < set.members.size(); ++m) {
      std::vector<std::uint32_t> rows;
      for (std::uint32_t i = 0; i < masks.size(); ++i)
        if ((masks[i][m / bits_per_word] >> (m % bits_per_word)) & 1) rows.push_back(i);
      const auto count = static_cast<std::uint32_t>(rows.size());
      const fed_rows fed{{batch->stored_rows(), rows.data(), count},
                         std::span(states).first(count)};
      MILLRACE_CHECK(calls.update_call(set.members[m], *batch, fed, table, heap));
    }
  }
  return {};
}

void window_distinct::merge(const char* into, const char* from, const tables::hash_table& table) {
  for (auto& set : sets_) {
    std::vector<std::pair<std::string, mask>> moved;
    const auto source = set.table->locate(table.key_of(from));
    if (!source) continue;
    for (auto at = set.table->items(source); at.valid(); at.next())
      moved.emplace_back(std::string(at.sub_key()), bits_of(at.value()));
    const auto target = set.table->locate_or_insert(table.key_of(into));
    for (const auto& [value, bits] : moved) {
      const auto size = static_cast<std::uint32_t>(bits.size() * sizeof(std::uint64_t));
      add_bits(set.table->upsert(target, value, size).data, bits);
    }
  }
}

void window_distinct::clear(const char* slice, const tables::hash_table& table) {
  for (auto& set : sets_)
    if (const auto handle = set.table->locate(table.key_of(slice))) set.table->clear(handle);
}

}  // namespace millrace::operators
