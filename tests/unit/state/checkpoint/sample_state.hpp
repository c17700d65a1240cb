#pragma once

#include "core/base/clock.hpp"
#include "core/base/memory_budget.hpp"
#include "core/data/text_table.hpp"
#include "core/expr/key_hash.hpp"
#include "core/tables/hash_table.hpp"
#include "core/tables/key_codec.hpp"
#include "core/tables/list_table.hpp"
#include "core/tables/map_table.hpp"
#include "core/tables/row_codec.hpp"
#include "core/tables/sorted_table.hpp"
#include "core/tables/table_set.hpp"
#include "core/tables/task_state.hpp"
#include "core/tables/timer_queue.hpp"
#include "tests/unit/state/checkpoint/fixture.hpp"

#include <array>
#include <cstring>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

namespace millrace::state {

/// An operator with a table of every kind and a key of every form, filled with the same rows every
/// time: what the kept savepoints in tests/unit/state/savepoints hold. Never changed; new things
/// are for a new savepoint.
class sample_operator {
 public:
  explicit sample_operator(tables::key_range range) : set_(context(range)) {
    const data::data_type bigint(data::type_id::bigint);
    const data::data_type integer(data::type_id::integer);
    sums_ = &set_.open_hash(spec("sums", {data::data_type::string()}));
    tables::table_spec seen = spec("seen", {bigint});
    seen.sub_key_types = {data::data_type::string()};
    seen.value_types = {integer, data::data_type::decimal(10, 2)};
    seen.ttl_ms = 3'600'000;
    seen_ = &set_.open_map(seen);
    tables::table_spec rows = spec("rows", {data::data_type::string(), integer});
    rows.value_types = columns_;
    rows_ = &set_.open_list(rows);
    tables::table_spec tops = spec("tops", {bigint});
    tops.value_types = columns_;
    tops_ = &set_.open_sorted(tops);
    timers_ = &set_.open_timers(spec("timers", {bigint}));
    task_ = &set_.open_task_state(spec("watermarks", {}));
  }

  /// The rows of this operator's key groups.
  void fill(std::uint32_t subtask) {
    const auto batch = data::parse_table(schema_, text()).value();
    tables::encoded_rows encoded;
    std::vector<std::uint32_t> all(batch->row_count());
    std::iota(all.begin(), all.end(), 0U);
    tables::row_codec(columns_).encode(*batch, all, encoded);
    for (std::uint32_t i = 0; i < all.size(); ++i) {
      with_key(*batch, {1}, i, [&](const auto& key) { put_sum(key, i, encoded[i]); });
      with_key(*batch, {0}, i, [&](const auto& key) { put_items(key, i, encoded[i]); });
      with_key(*batch, {1, 2}, i, [&](const auto& key) { rows_->append(key, encoded[i]); });
    }
    task_->declare("watermark", tables::redistribution::split);
    task_->append("watermark", std::to_string(1000 + subtask));
  }

  [[nodiscard]] tables::table_set& tables() { return set_; }

  /// Everything as entries.
  [[nodiscard]] image contents() {
    const auto frozen = set_.freeze(checkpoint_id(1), tables::freeze_mode::snapshot);
    const auto reader = tables::table_set::read_delta(frozen).value();
    image all = drain(*reader).value();
    set_.written(*frozen);
    return all;
  }

 private:
  tables::table_context context(tables::key_range range) {
    tables::table_context c;
    c.budget = &budget_;
    c.time = &time_;
    c.range = range;
    return c;
  }
  static tables::table_spec spec(const char* name, std::vector<data::data_type> key) {
    tables::table_spec s;
    s.name = name;
    s.key_types = std::move(key);
    s.slots = {tables::slot_spec::bytes(8), tables::slot_spec::bytes(16),
               tables::slot_spec::blob()};
    return s;
  }
  static std::string text() {
    std::string out;
    for (int i = 0; i < 40; ++i) {
      const std::string n = std::to_string(i);
      out += "+I | " + std::to_string(i % 17) + " | " + (i % 5 == 0 ? "NULL" : "k" + n) + " | " +
             (i % 7 == 0 ? "NULL" : n) + " | 2024-01-15 10:00:00.0" + std::to_string(10 + i) +
             " | [" + n + ", NULL]\n";
    }
    return out;
  }

  // Calls f with the key of a row if its key group is this operator's.
  template <class F>
  void with_key(const data::record_batch& batch, std::vector<std::uint32_t> columns,
                std::uint32_t row, F&& f) {
    std::vector<data::data_type> types;
    for (const auto c : columns) types.push_back(columns_[c]);
    const auto hashes = expr::hash_keys(batch, columns);
    tables::key_encoder encoder(types);
    tables::key_batch keys;
    encoder.encode_rows(batch, columns, std::span(&row, 1), hashes->as<std::uint64_t>(), keys);
    const tables::key_range& range = set_.context().range;
    if (range.contains(range.group_of(keys.view(0).hash))) f(keys.view(0));
  }

  void put_sum(const tables::key_view& key, std::int64_t i, std::string_view row) {
    char* payload = sums_->find_or_insert(key);
    std::memcpy(payload + sums_->slot_offset(0), &i, sizeof i);
    std::memset(payload + sums_->slot_offset(1), static_cast<int>(i), 16);
    sums_->heap_of(payload).assign(
        *reinterpret_cast<data::blob_slot*>(payload + sums_->slot_offset(2)), row);
  }

  void put_items(const tables::key_view& key, std::uint32_t i, std::string_view row) {
    seen_->put(seen_->locate_or_insert(key), "sub " + std::to_string(i % 3), "seen");
    tops_->put(tops_->locate_or_insert(key), "order " + std::to_string(100 + i), row);
    timers_->add(1000 * i, key);
  }

  std::vector<data::data_type> columns_{
      data::data_type(data::type_id::bigint), data::data_type::string(),
      data::data_type(data::type_id::integer), data::data_type::timestamp(3),
      data::data_type::array(data::data_type(data::type_id::integer))};
  data::schema schema_{{{"id", columns_[0]},
                        {"name", columns_[1]},
                        {"n", columns_[2]},
                        {"at", columns_[3]},
                        {"list", columns_[4]}}};
  memory_budget budget_{1 << 30};
  manual_clock time_{1'700'000'000'000};
  tables::table_set set_;
  tables::hash_table* sums_ = nullptr;
  tables::map_table* seen_ = nullptr;
  tables::list_table* rows_ = nullptr;
  tables::sorted_table* tops_ = nullptr;
  tables::timer_queue* timers_ = nullptr;
  tables::task_state* task_ = nullptr;
};

/// A savepoint of two instances of `sample_operator` in the new folder `path`, made by way of a
/// job's folder in `scratch`.
inline coordination::checkpoint_manifest write_sample_savepoint(const std::string& scratch,
                                                                const std::string& path) {
  const auto store = open_store(scratch);
  EXPECT_TRUE(store->begin(checkpoint_id(1)).ok());
  coordination::checkpoint_manifest m = manifest_of(1, {});
  m.script = "sample.sql";
  m.triggered_at = 1'700'000'000'000;
  m.readers = {{"scan", 0, {{"part-0.csv", "offset 17"}}}};
  m.operators.clear();
  for (std::uint32_t subtask = 0; subtask < 2; ++subtask) {
    const auto range = tables::key_range::of_subtask(subtask, 2, 128);
    sample_operator sample(range);
    sample.fill(subtask);
    const auto frozen = sample.tables().freeze(checkpoint_id(1), tables::freeze_mode::snapshot);
    const auto reader = tables::table_set::read_delta(frozen).value();
    auto file = store->write_state(checkpoint_id(1), "sample",
                                   coordination::state_file_kind::snapshot, *reader);
    EXPECT_TRUE(file.ok());
    sample.tables().written(*frozen);
    m.operators.push_back(
        {"sample", "Sample", subtask, 2, range, sample.tables().specs(), {*file}, {}, false});
  }
  const auto complete = store->complete(std::move(m));
  EXPECT_TRUE(complete.ok());
  auto savepoint = store->export_savepoint(*complete, path);
  EXPECT_TRUE(savepoint.ok()) << to_text(savepoint.error());
  return *savepoint;
}

}  // namespace millrace::state
