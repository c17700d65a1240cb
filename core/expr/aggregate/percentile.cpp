#include "core/expr/aggregate/value_list.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace millrace::expr {
namespace {

// Every value with its frequency, and the percentages, which the first row puts there: a DOUBLE, or
// the elements of an ARRAY<DOUBLE>.
struct percentile_state {
  value_list list;
  data::blob_slot percentages;
};

struct weighted {
  double value;
  std::int64_t count;
};

void keep_percentages(percentile_state& s, data::blob_heap& heap, const data::column& c,
                      std::uint32_t row) {
  if (s.percentages.size != 0 || c.is_null(row)) return;
  if (c.type.id() == data::type_id::float64) return heap.assign(s.percentages, bytes_of(c, row));
  const data::column& elements = *c.children[0];
  const std::uint32_t* ranges = c.offset_data();
  const std::uint32_t at = c.index(row);
  for (std::uint32_t e = ranges[at]; e < ranges[at + 1]; ++e)
    heap.append(s.percentages, bytes_of(elements, e));
}

result<std::int64_t> frequency_of(const aggregate_input& in, std::uint32_t row) {
  if (in.arguments.size() < 3) return std::int64_t{1};
  const auto& c = *in.arguments[2];
  if (c.is_null(row)) return std::int64_t{0};
  const auto n = c.value<std::int64_t>(row);
  if (n < 0)
    return make_error(errc::runtime_bad_argument,
                      "PERCENTILE got the frequency " + std::to_string(n),
                      "a frequency cannot be negative");
  return n;
}

result<void> update(const aggregate_overload&, const aggregate_input& in) {
  const auto& values = *in.arguments[0];
  result<void> done;
  for_each_fed(in, &values, [&](std::uint32_t i, std::uint32_t row, std::int64_t sign) {
    auto& s = state_at<percentile_state>(in.states[i]);
    keep_percentages(s, *in.heaps[i], *in.arguments[1], row);
    const auto count = frequency_of(in, row);
    if (!count.ok()) done = count.error();
    if (!count.ok() || *count == 0) return;
    const weighted entry{values.value<double>(row), *count};
    const std::string_view bytes(reinterpret_cast<const char*>(&entry), sizeof(entry));
    if (sign > 0)
      add_value(s.list, *in.heaps[i], bytes, false);
    else
      remove_value(s.list, *in.heaps[i], bytes, false);
  });
  return done;
}

void merge(const aggregate_overload& o, char* into, data::blob_heap* heap, const char* from) {
  auto& a = state_at<percentile_state>(into);
  const auto& b = state_at<percentile_state>(from);
  if (a.percentages.size == 0) heap->assign(a.percentages, b.percentages.view());
  merge_list(o, into, heap, from);
}

std::vector<weighted> sorted_values(const value_list& list) {
  std::vector<weighted> all;
  for_each_value(list, [&](std::string_view bytes, bool) {
    std::memcpy(&all.emplace_back(), bytes.data(), sizeof(weighted));
  });
  std::ranges::sort(all, {}, &weighted::value);
  return all;
}

double value_at(const std::vector<weighted>& sorted, std::int64_t place) {
  for (const auto& w : sorted) {
    if (place < w.count) return w.value;
    place -= w.count;
  }
  return sorted.back().value;
}

// Between the two nearest values in proportion. Source: Flink's PercentileAggFunction.
double percentile(const std::vector<weighted>& sorted, std::int64_t count, double percentage) {
  const double place = static_cast<double>(count - 1) * percentage;
  const double below = std::floor(place);
  const double low = value_at(sorted, static_cast<std::int64_t>(below));
  const double high = value_at(sorted, static_cast<std::int64_t>(std::ceil(place)));
  return low == high ? low : (below + 1 - place) * low + (place - below) * high;
}

result<void> emit(const aggregate_overload& o, char* const* states, std::uint32_t count,
                  data::column_builder& out) {
  const bool array = o.result_type.id() == data::type_id::array;
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto& s = state_at<percentile_state>(states[i]);
    const auto sorted = sorted_values(s.list);
    std::int64_t rows = 0;
    for (const auto& w : sorted) rows += w.count;
    if (rows == 0 || s.percentages.size == 0) {
      out.append_null();
      continue;
    }
    for (std::uint32_t at = 0; at < s.percentages.size; at += sizeof(double)) {
      double asked = 0;
      std::memcpy(&asked, s.percentages.bytes + at, sizeof(asked));
      if (!(asked >= 0 && asked <= 1))
        return make_error(errc::runtime_bad_argument,
                          "PERCENTILE got the percentage " + std::to_string(asked),
                          "a percentage lies between 0.0 and 1.0");
      (array ? out.child(0) : out).append(percentile(sorted, rows, asked));
    }
    if (array) out.append_nested();
  }
  return {};
}

}  // namespace

result<aggregate_overload> resolve_percentile(const call_site& call, bool) {
  const auto& types = call.types;
  const bool counts = types.size() == 2 || types.size() == 3;
  const bool array = counts && types[1].id() == data::type_id::array;
  const bool fits = counts && data::is_numeric(types[0].id()) &&
                    (array || data::is_numeric(types[1].id())) &&
                    (types.size() < 3 || data::is_integer(types[2].id()));
  if (!fits) return wrong_arguments(call, "PERCENTILE(number, percentage [, frequency])");
  const data::data_type number(data::type_id::float64);
  aggregate_overload o;
  o.argument_types = {number, array ? data::data_type::array(number.as_nullable(false)) : number};
  if (types.size() == 3) o.argument_types.emplace_back(data::type_id::bigint);
  o.result_type = array ? data::data_type::array(number) : number;
  o.slots = {{slot_kind::fixed, 8}, {slot_kind::blob, 16}, {slot_kind::blob, 16}};
  o.update = update;
  o.merge = merge;
  o.emit = emit;
  return o;
}

}  // namespace millrace::expr
