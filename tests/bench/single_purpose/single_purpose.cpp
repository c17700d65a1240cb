// What the machine gives when the query is the program: Nexmark q1, q2, q5, q7, q17 written by hand
// over the same columns that millrace's `memory` source replays. One thread, flat loops, one
// open-addressing table with linear probing (capacity a power of two, grown at half full). Windows
// are kept as slices: q5 counts per (slice of 2 s, auction) and adds five slices when one closes,
// q7 keeps the best bid of a 10 s slice. Prints a line a query: events per CPU second and a
// checksum that keeps the loops honest.
//
// usage: bench_single_purpose [events] [loops] [events per second of event time]

#include "tests/bench/single_purpose/bid_columns.hpp"

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <map>

namespace millrace::bench {
namespace {

std::uint64_t mixed(std::uint64_t x) {
  x ^= x >> 32;
  x *= 0xd6e8feb86659fd93ULL;
  return x ^ (x >> 32);
}

template <class Value>
class flat_table {
 public:
  flat_table() : slots_(1 << 10) {}
  Value& operator[](std::int64_t key) {
    if (2 * used_ >= slots_.size()) grow();
    auto& s = slot_of(slots_, key);
    if (!s.used) {
      s.used = true;
      s.key = key;
      ++used_;
    }
    return s.value;
  }
  template <class F>
  void for_each(F&& f) const {
    for (const auto& s : slots_)
      if (s.used) f(s.key, s.value);
  }

 private:
  struct slot {
    std::int64_t key = 0;
    bool used = false;
    Value value{};
  };
  static slot& slot_of(std::vector<slot>& slots, std::int64_t key) {
    auto at = mixed(static_cast<std::uint64_t>(key)) & (slots.size() - 1);
    while (slots[at].used && slots[at].key != key) at = (at + 1) & (slots.size() - 1);
    return slots[at];
  }
  void grow() {
    std::vector<slot> wider(slots_.size() * 2);
    for (const auto& s : slots_)
      if (s.used) slot_of(wider, s.key) = s;
    slots_ = std::move(wider);
  }
  std::vector<slot> slots_;
  std::size_t used_ = 0;
};

constexpr std::int32_t bid_event = 2;

// q1: price times 0.908 as a DECIMAL of 128 bits, written to a column.
std::uint64_t q1(const bid_columns& in) {
  std::uint64_t sum = 0;
  std::vector<__int128> euros(data::default_batch_rows * 2);
  for (const auto& batch : in.batches) {
    const auto v = view_of(*batch);
    if (euros.size() < v.rows) euros.resize(v.rows);
    std::uint32_t n = 0;
    for (std::uint32_t i = 0; i < v.rows; ++i) {
      euros[n] = static_cast<__int128>(v.price[i]) * 908;
      n += v.event_type[i] == bid_event;
    }
    sum += static_cast<std::uint64_t>(euros[n / 2]) + n;
  }
  return sum;
}

// q2: bids on every 123rd auction.
std::uint64_t q2(const bid_columns& in) {
  std::uint64_t sum = 0;
  std::vector<std::uint32_t> rows(data::default_batch_rows * 2);
  for (const auto& batch : in.batches) {
    const auto v = view_of(*batch);
    if (rows.size() < v.rows) rows.resize(v.rows);
    std::uint32_t n = 0;
    for (std::uint32_t i = 0; i < v.rows; ++i) {
      rows[n] = i;
      n += static_cast<std::uint32_t>(v.event_type[i] == bid_event) & (v.auction[i] % 123 == 0);
    }
    sum += n;
  }
  return sum;
}

// q5: per 10 s window that slides by 2 s the auctions with the most bids.
std::uint64_t q5(const bid_columns& in) {
  std::map<std::int64_t, flat_table<std::uint32_t>> slices;
  for (const auto& batch : in.batches) {
    const auto v = view_of(*batch);
    std::int64_t slice = -1;
    flat_table<std::uint32_t>* counts = nullptr;
    for (std::uint32_t i = 0; i < v.rows; ++i) {
      if (v.event_type[i] != bid_event) continue;
      if (v.time[i] / 2000 != slice) {
        slice = v.time[i] / 2000;
        counts = &slices[slice];
      }
      ++(*counts)[v.auction[i]];
    }
  }
  std::uint64_t sum = 0;
  if (slices.empty()) return 0;
  for (auto end = slices.begin()->first; end <= slices.rbegin()->first + 4; ++end) {
    flat_table<std::uint32_t> window;
    std::uint32_t most = 0;
    for (auto at = slices.lower_bound(end - 4); at != slices.end() && at->first <= end; ++at)
      at->second.for_each([&](std::int64_t auction, std::uint32_t n) {
        auto& total = window[auction];
        total += n;
        most = std::max(most, total);
      });
    window.for_each([&](std::int64_t, std::uint32_t n) { sum += n == most; });
  }
  return sum;
}

// q7: the highest bid of every 10 s.
std::uint64_t q7(const bid_columns& in) {
  std::map<std::int64_t, std::int64_t> best;
  for (const auto& batch : in.batches) {
    const auto v = view_of(*batch);
    std::int64_t window = -1;
    std::int64_t* most = nullptr;
    for (std::uint32_t i = 0; i < v.rows; ++i) {
      if (v.event_type[i] != bid_event) continue;
      if (v.time[i] / 10000 != window) {
        window = v.time[i] / 10000;
        most = &best[window];
      }
      *most = std::max(*most, v.price[i]);
    }
  }
  std::uint64_t sum = 0;
  for (const auto& batch : in.batches) {
    const auto v = view_of(*batch);
    for (std::uint32_t i = 0; i < v.rows; ++i)
      if (v.event_type[i] == bid_event) sum += best[v.time[i] / 10000] == v.price[i];
  }
  return sum;
}

// q17: per auction and day eight figures over its bids.
std::uint64_t q17(const bid_columns& in) {
  struct figures {
    std::int64_t bids = 0, low = 0, middle = 0, high = 0, least = INT64_MAX, most = 0, total = 0;
  };
  flat_table<figures> table;
  for (const auto& batch : in.batches) {
    const auto v = view_of(*batch);
    for (std::uint32_t i = 0; i < v.rows; ++i) {
      if (v.event_type[i] != bid_event) continue;
      auto& f = table[v.auction[i] * 100000 + v.time[i] / 86'400'000];
      const auto price = v.price[i];
      ++f.bids;
      f.low += price < 10000;
      f.middle += price >= 10000 && price < 1'000'000;
      f.high += price >= 1'000'000;
      f.least = std::min(f.least, price);
      f.most = std::max(f.most, price);
      f.total += price;
    }
  }
  std::uint64_t sum = 0;
  table.for_each(
      [&](std::int64_t, const figures& f) { sum += static_cast<std::uint64_t>(f.bids + f.most); });
  return sum;
}

void measure(const char* name, const bid_columns& in, int loops,
             std::uint64_t (*query)(const bid_columns&)) {
  const auto start = std::clock();
  std::uint64_t check = 0;
  for (int i = 0; i < loops; ++i) check += query(in);
  const double took = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
  const double events = static_cast<double>(in.events) * loops;
  std::printf("%-4s %8.1f M events/s  check %llu\n", name, events / took / 1e6,
              static_cast<unsigned long long>(check));
}

}  // namespace
}  // namespace millrace::bench

int main(int argc, char** argv) {
  using namespace millrace::bench;
  const std::int64_t events = argc > 1 ? std::atoll(argv[1]) : 2'000'000;
  const int loops = argc > 2 ? std::atoi(argv[2]) : 5;
  const std::int64_t rate = argc > 3 ? std::atoll(argv[3]) : 10'000'000;
  const auto in = generate_bids(events, rate);
  measure("q1", in, loops, q1);
  measure("q2", in, loops, q2);
  measure("q5", in, loops, q5);
  measure("q7", in, loops, q7);
  measure("q17", in, loops, q17);
}
