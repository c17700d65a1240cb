// What state tables cost, in ns per row, one thread: build/release/tests/bench/micro/bench_tables.
// Keys come in random order; "bytes/row" is the memory of the table over its rows.

#include "core/base/clock.hpp"
#include "core/base/memory_budget.hpp"
#include "core/data/column_builder.hpp"
#include "core/expr/key_hash.hpp"
#include "core/tables/hash_table.hpp"
#include "core/tables/key_codec.hpp"
#include "core/tables/list_table.hpp"
#include "core/tables/map_table.hpp"
#include "core/tables/row_codec.hpp"
#include "core/tables/sorted_table.hpp"
#include "core/tables/table_set.hpp"
#include "core/tables/timer_queue.hpp"

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <random>
#include <string>

namespace {

using namespace millrace;
using namespace millrace::data;
using namespace millrace::tables;

constexpr std::uint32_t batch_rows = default_batch_rows;

// Time of this thread's work: other load on the machine counts little.
class stopwatch {
 public:
  [[nodiscard]] double ns() const { return now() - start_; }

 private:
  [[nodiscard]] static double now() {
    timespec t{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return static_cast<double>(t.tv_sec) * 1e9 + static_cast<double>(t.tv_nsec);
  }
  double start_ = now();
};

void report(const char* name, double ns, std::size_t rows, std::size_t bytes_per_row = 0) {
  std::printf("%-52s %9.2f ns/row", name, ns / static_cast<double>(rows));
  if (bytes_per_row != 0) std::printf(" %6zu bytes/row", bytes_per_row);
  std::printf("\n");
}

// The distinct keys 0..distinct-1 in random order, cut into batches; also every hash.
struct key_stream {
  key_stream(std::vector<data_type> types, std::size_t distinct) : key_types(std::move(types)) {
    std::vector<std::int64_t> keys(distinct);
    for (std::size_t i = 0; i < distinct; ++i) keys[i] = static_cast<std::int64_t>(i);
    std::shuffle(keys.begin(), keys.end(), std::mt19937_64(1));
    for (std::size_t i = 0; i < distinct; i += batch_rows)
      add(std::span(keys).subspan(i, std::min<std::size_t>(batch_rows, distinct - i)));
  }
  void add(std::span<const std::int64_t> keys) {
    batch_builder b(key_types);
    for (const std::int64_t key : keys) {
      for (std::size_t c = 0; c < key_types.size(); ++c) {
        if (is_variable_length(key_types[c].id())) {
          b.column_at(c).append_text("channel-" + std::to_string(key));
        } else {
          b.column_at(c).append(key);
        }
      }
      b.end_row();
    }
    batches.push_back(b.finish());
    std::vector<std::uint32_t> columns;
    for (std::uint32_t c = 0; c < key_types.size(); ++c) columns.push_back(c);
    hashes.push_back(expr::hash_keys(*batches.back(), columns));
    rows += keys.size();
  }

  std::vector<data_type> key_types;
  std::vector<batch_ptr> batches;
  std::vector<buffer_ref> hashes;
  std::size_t rows = 0;
};

struct environment {
  memory_budget budget{std::int64_t{1} << 40};
  [[nodiscard]] table_context context(bool track = true) {
    table_context c;
    c.budget = &budget;
    c.time = &system_clock();
    c.track_changes = track;
    return c;
  }
};

table_spec spec_of(std::vector<data_type> key_types) {
  table_spec s;
  s.name = "t";
  s.key_types = std::move(key_types);
  s.slots = {slot_spec::bytes(8), slot_spec::bytes(8), slot_spec::bytes(8)};
  return s;
}

// Calls f(keys, batch number) for every batch; the encoding is part of the time.
template <class F>
double over(const key_stream& stream, F&& f) {
  key_encoder encoder(stream.key_types);
  key_batch keys;
  std::vector<std::uint32_t> columns;
  for (std::uint32_t c = 0; c < stream.key_types.size(); ++c) columns.push_back(c);
  const stopwatch time;
  for (std::size_t i = 0; i < stream.batches.size(); ++i) {
    encoder.encode(*stream.batches[i], columns, stream.hashes[i]->as<std::uint64_t>(), keys);
    f(keys, i);
  }
  return time.ns();
}

void bench_hash(const char* name, const key_stream& stream, int rounds, bool track = true) {
  environment e;
  table_set set(e.context(track));
  hash_table& table = set.open_hash(spec_of(stream.key_types));
  std::vector<char*> payloads(batch_rows);
  std::vector<std::uint8_t> inserted(batch_rows);
  const auto update = [&](const key_batch& keys, std::size_t) {
    table.find_or_insert(keys, payloads, inserted);
    for (std::uint32_t i = 0; i < keys.count(); ++i)
      ++*reinterpret_cast<std::int64_t*>(payloads[i]);
  };
  const double insert = over(stream, update);
  report((std::string(name) + ": insert").c_str(), insert, stream.rows,
         table.memory_bytes() / stream.rows);
  double best = 1e18;
  for (int i = 0; i < rounds; ++i) best = std::min(best, over(stream, update));
  report((std::string(name) + ": update").c_str(), best, stream.rows);
  std::vector<const char*> found(batch_rows);
  best = 1e18;
  for (int i = 0; i < rounds; ++i) {
    best = std::min(
        best, over(stream, [&](const key_batch& keys, std::size_t) { table.find(keys, found); }));
  }
  report((std::string(name) + ": find").c_str(), best, stream.rows);
}

class counting_writer final : public delta_writer {
 public:
  result<void> append(std::span<const delta_entry> entries) override {
    for (const auto& e : entries) bytes += e.key.size() + e.value.size();
    return {};
  }
  std::size_t bytes = 0;
};

void bench_freeze(const key_stream& stream) {
  environment e;
  table_set set(e.context());
  hash_table& table = set.open_hash(spec_of(stream.key_types));
  std::vector<char*> payloads(batch_rows);
  std::vector<std::uint8_t> inserted(batch_rows);
  const auto update = [&](const key_batch& keys, std::size_t) {
    table.find_or_insert(keys, payloads, inserted);
  };
  over(stream, update);
  for (int round = 0; round < 3; ++round) {
    stopwatch freezing;
    auto delta = set.freeze(checkpoint_id(1));
    std::printf("freeze of %zu dirty keys: %.3f ms\n", stream.rows, freezing.ns() / 1e6);
    if (round == 1) {
      double worst = 0;
      double last = 0;
      const stopwatch all;
      over(stream, [&](const key_batch& keys, std::size_t i) {
        update(keys, i);
        worst = std::max(worst, all.ns() - last);
        last = all.ns();
      });
      std::printf("longest batch after it, nobody writing: %.3f ms\n", worst / 1e6);
    }
    counting_writer to;
    stopwatch writing;
    (void)table_set::write_delta(*delta, to);
    std::printf("write_delta: %.1f ms, %.1f MB\n", writing.ns() / 1e6,
                static_cast<double>(to.bytes) / 1e6);
    set.written(*delta);
    over(stream, update);
  }
}

void bench_rows(const key_stream& stream, bool track) {
  const std::string row(200, 'r');
  const char* how = track ? "" : " (changes not tracked)";
  environment e;
  table_set set(e.context(track));
  std::vector<key_handle> handles(batch_rows);
  list_table& list = set.open_list(spec_of(stream.key_types));
  double ns = over(stream, [&](const key_batch& keys, std::size_t) {
    list.locate_or_insert(keys, handles);
    for (std::uint32_t i = 0; i < keys.count(); ++i) list.append(handles[i], row);
  });
  report((std::string("list: append 200 bytes, one row a key") + how).c_str(), ns, stream.rows,
         list.memory_bytes() / stream.rows);
  ns = over(stream, [&](const key_batch& keys, std::size_t) {
    list.locate_or_insert(keys, handles);
    for (std::uint32_t i = 0; i < keys.count(); ++i) list.append(handles[i], row);
  });
  report("list: append 200 bytes, second row", ns, stream.rows,
         list.memory_bytes() / stream.rows / 2);
  std::size_t sum = 0;
  ns = over(stream, [&](const key_batch& keys, std::size_t) {
    list.locate(keys, handles);
    for (std::uint32_t i = 0; i < keys.count(); ++i) {
      for (list_cursor c = list.rows(handles[i]); c.valid(); c.next())
        sum += static_cast<std::size_t>(c.row()[0]);
    }
  });
  report("list: read two rows a key", ns, stream.rows);
  ns = over(stream, [&](const key_batch& keys, std::size_t) {
    list.locate(keys, handles);
    for (std::uint32_t i = 0; i < keys.count(); ++i) list.clear(handles[i]);
  });
  report("list: clear", ns, stream.rows);

  table_spec second = spec_of(stream.key_types);
  second.name = "map";
  map_table& map = set.open_map(second);
  ns = over(stream, [&](const key_batch& keys, std::size_t) {
    map.locate_or_insert(keys, handles);
    for (std::uint32_t i = 0; i < keys.count(); ++i) {
      std::int64_t* count = reinterpret_cast<std::int64_t*>(map.upsert(handles[i], row, 8).data);
      ++*count;
    }
  });
  report("map: row of 200 bytes -> count, one a key", ns, stream.rows,
         map.memory_bytes() / stream.rows);
  ns = over(stream, [&](const key_batch& keys, std::size_t) {
    map.locate(keys, handles);
    for (std::uint32_t i = 0; i < keys.count(); ++i) {
      for (map_cursor c = map.items(handles[i]); c.valid(); c.next())
        sum += static_cast<std::size_t>(c.sub_key()[0]);
    }
  });
  report("map: read one row a key", ns, stream.rows);
  if (sum == 1) std::printf("never\n");
}

void bench_sorted(const key_stream& stream, std::uint32_t keys, const char* name) {
  environment e;
  table_set set(e.context());
  sorted_table& table = set.open_sorted(spec_of(stream.key_types));
  const std::string row(40, 'r');
  char order[8];
  double ns = 0;
  std::size_t n = 0;
  const stopwatch time;
  for (const batch_ptr& batch : stream.batches) {
    const auto* values = batch->column_at(0)->data<std::int64_t>();
    for (std::uint32_t i = 0; i < batch->stored_rows(); ++i, ++n) {
      const std::int64_t key = static_cast<std::int64_t>(n % keys);
      const key_view view{static_cast<std::uint64_t>(key) * 0x9e3779b97f4a7c15ULL,
                          reinterpret_cast<const char*>(&key), 8, 0};
      const std::uint64_t big = __builtin_bswap64(static_cast<std::uint64_t>(values[i]));
      std::memcpy(order, &big, 8);
      table.put(table.locate_or_insert(view), {order, 8}, row);
    }
  }
  ns = time.ns();
  report(name, ns, stream.rows, table.memory_bytes() / stream.rows);
}

void bench_timers(const key_stream& stream) {
  environment e;
  table_set set(e.context());
  timer_queue& timers = set.open_timers(spec_of(stream.key_types));
  double ns = over(stream, [&](const key_batch& keys, std::size_t i) {
    for (std::uint32_t k = 0; k < keys.count(); ++k)
      timers.add(static_cast<timestamp_ms>(i / 10), keys.view(k));
  });
  report("timers: add, ten batches a time", ns, stream.rows, timers.memory_bytes() / stream.rows);
  const stopwatch time;
  timestamp_ms at = 0;
  key_view key;
  while (timers.pop(max_watermark - 1, at, key)) {
  }
  report("timers: pop", time.ns(), stream.rows);
}

void bench_codec() {
  const schema s{{{"auction", data_type(type_id::bigint)},
                  {"bidder", data_type(type_id::bigint)},
                  {"price", data_type(type_id::bigint)},
                  {"channel", data_type::string()},
                  {"url", data_type::string()},
                  {"time", data_type::timestamp(3)},
                  {"extra", data_type::string()}}};
  batch_builder b(s);
  for (std::uint32_t i = 0; i < batch_rows; ++i) {
    for (std::size_t c = 0; c < 7; ++c) {
      if (c == 3 || c == 4 || c == 6) {
        b.column_at(c).append_text(std::string(c * 12, 'x'));
      } else {
        b.column_at(c).append(static_cast<std::int64_t>(i));
      }
    }
    b.end_row();
  }
  const batch_ptr batch = b.finish();
  std::vector<data_type> types;
  std::vector<std::uint32_t> all(batch_rows);
  for (const auto& f : s.fields) types.push_back(f.type);
  for (std::uint32_t i = 0; i < batch_rows; ++i) all[i] = i;
  const row_codec codec(types);
  encoded_rows rows;
  double encode = 1e18;
  double decode = 1e18;
  for (int round = 0; round < 200; ++round) {
    rows.clear();
    const stopwatch encoding;
    codec.encode(*batch, all, rows);
    encode = std::min(encode, encoding.ns());
    std::vector<std::string_view> views;
    for (std::uint32_t i = 0; i < batch_rows; ++i) views.push_back(rows[i]);
    const stopwatch decoding;
    codec.decode(views, b);
    b.end_rows(batch_rows);
    decode = std::min(decode, decoding.ns());
    (void)b.finish();
  }
  report("row_codec: encode a bid of 7 columns", encode, batch_rows, rows[0].size());
  report("row_codec: decode", decode, batch_rows);
}

}  // namespace

int main() {
  const data_type bigint(type_id::bigint);
  const key_stream million({bigint}, 1'000'000);
  bench_hash("1M bigint", million, 5);
  bench_hash("1M bigint, not tracked", million, 5, false);
  bench_hash("4k bigint", key_stream({bigint}, 4'000), 300);
  bench_hash("20k bigint", key_stream({bigint}, 20'000), 100);
  bench_hash("1M (bigint, bigint)", key_stream({bigint, bigint}, 1'000'000), 5);
  bench_hash("1M string", key_stream({data_type::string()}, 1'000'000), 5);
  bench_rows(million, true);
  bench_rows(million, false);
  bench_sorted(million, 1, "sorted: one key, random order");
  bench_sorted(million, 100'000, "sorted: 100k keys of 10 rows");
  bench_sorted(million, 1'000'000, "sorted: 1M keys of one row");
  bench_timers(million);
  bench_codec();
  bench_freeze(million);
  return 0;
}
