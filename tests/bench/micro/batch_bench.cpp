// What the building blocks of every exchange cost, in ns per row, on batches of four BIGINT columns
// and one STRING: build/release/tests/bench/micro/bench_batch. Best of many rounds, one thread.

#include "core/codec/element_codec.hpp"
#include "core/data/column_builder.hpp"
#include "core/expr/key_hash.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <random>

namespace {

using namespace millrace;
using namespace millrace::data;

constexpr std::uint32_t rows = default_batch_rows;

template <class Work>
void measure(const char* name, Work work) {
  using clock_type = std::chrono::steady_clock;
  double best = 1e9;
  for (int round = 0; round < 300; ++round) {
    const auto start = clock_type::now();
    work();
    const std::chrono::duration<double, std::nano> spent = clock_type::now() - start;
    best = std::min(best, spent.count());
  }
  std::printf("%-44s %8.2f ns/row %10.2f us/batch\n", name, best / rows, best / 1000);
}

batch_ptr sample(const schema& s) {
  std::mt19937_64 random(1);
  batch_builder b(s);
  for (std::uint32_t i = 0; i < rows; ++i) {
    for (std::size_t c = 0; c < 4; ++c) b.column_at(c).append(static_cast<std::int64_t>(random()));
    b.column_at(4).append_text(std::string(4 + random() % 20, 'x'));
    b.end_row();
  }
  return b.finish();
}

}  // namespace

int main() {
  const schema s{{{"a", data_type(type_id::bigint)},
                  {"b", data_type(type_id::bigint)},
                  {"c", data_type(type_id::bigint)},
                  {"d", data_type(type_id::bigint)},
                  {"s", data_type::string()}}};
  const batch_ptr batch = sample(s);
  std::vector<std::uint32_t> half, all(rows), shuffled;
  for (std::uint32_t i = 0; i < rows; ++i) all[i] = i;
  for (std::uint32_t i = 0; i < rows; i += 2) half.push_back(i);
  shuffled = all;
  std::shuffle(shuffled.begin(), shuffled.end(), std::mt19937_64(2));

  batch_builder b(s);
  measure("append_rows, all rows", [&] {
    b.append_rows(*batch, all);
    (void)b.finish();
  });
  measure("append_rows, shuffled", [&] {
    b.append_rows(*batch, shuffled);
    (void)b.finish();
  });
  measure("append_row, one by one", [&] {
    for (const auto row : all) b.append_row(*batch, row, change_kind::insert);
    (void)b.finish();
  });
  measure("take, every second row (per input row)", [&] { (void)take(*batch, half); });
  const std::vector<std::uint32_t> one = {0}, two = {0, 1}, text = {4};
  measure("hash of one BIGINT", [&] { (void)expr::hash_keys(*batch, one); });
  measure("hash of two BIGINT", [&] { (void)expr::hash_keys(*batch, two); });
  measure("hash of one STRING", [&] { (void)expr::hash_keys(*batch, text); });
  measure("encode", [&] { (void)codec::encode({}, batch); });
  const auto message = codec::encode({}, batch).value();
  measure("decode (checks UTF-8)", [&] { (void)codec::decode(message->segments(), message, s); });
}
