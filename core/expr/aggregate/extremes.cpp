#include "core/expr/aggregate/accumulate.hpp"

namespace millrace::expr {
namespace {

using data::type_id;

// MIN and MAX of inserts; over retractions the operator finds the value in an ordered table.
template <class T>
struct [[gnu::packed, gnu::aligned(8)]] extreme {
  T value;
  std::int64_t seen;
};
template <class T>
constexpr std::uint32_t extreme_width = (sizeof(extreme<T>) + 7) / 8 * 8;

template <class T, bool Max>
bool better(T a, T b) {
  return Max ? a > b : a < b;
}

template <class T, bool Max>
result<void> update(const aggregate_overload&, const aggregate_input& in) {
  const auto& argument = *in.arguments[0];
  with_values<T>(argument, [&](auto values) {
    for_each_fed(in, &argument, [&](std::uint32_t i, std::uint32_t row, std::int64_t) {
      auto& s = state_at<extreme<T>>(in.states[i]);
      const T v = values[row];
      if (s.seen == 0 || better<T, Max>(v, s.value)) s.value = v;
      s.seen = 1;
    });
  });
  return {};
}

// Every row has a value, so the best of a group needs no flag until it meets the state. Not for
// NaN, which loses to all but whoever comes after it.
template <class T, bool Max>
void update_full_groups(const grouped_input& in) {
  with_values<T>(*in.arguments[0], [&](auto values) {
    std::uint32_t at = 0;
    for (std::size_t g = 0; g < in.ends.size(); ++g) {
      T best = values[in.rows[at]];
      for (++at; at < in.ends[g]; ++at) {
        const T v = values[in.rows[at]];
        best = better<T, Max>(v, best) ? v : best;
      }
      auto& s = state_at<extreme<T>>(in.states[g]);
      if (s.seen == 0 || better<T, Max>(best, s.value)) s.value = best;
      s.seen = 1;
    }
  });
}

template <class T, bool Max>
void update_groups(const grouped_input& in) {
  const auto& argument = *in.arguments[0];
  if (!std::is_floating_point_v<T> && in.passes == nullptr && !argument.may_have_nulls())
    return update_full_groups<T, Max>(in);
  with_values<T>(argument, [&](auto values) {
    for_each_grouped<extreme<T>>(
        in, &argument, [&](extreme<T>& best, std::uint32_t row, std::int64_t) {
          const T v = values[row];
          const bool wins = best.seen == 0 || better<T, Max>(v, best.value);
          best.value = wins ? v : best.value;
          best.seen = 1;
        });
  });
}

template <class T, bool Max>
void merge(const aggregate_overload&, char* into, data::blob_heap*, const char* from) {
  auto& a = state_at<extreme<T>>(into);
  const auto& b = state_at<extreme<T>>(from);
  if (b.seen != 0 && (a.seen == 0 || better<T, Max>(b.value, a.value))) a = b;
}

template <class T>
result<void> emit(const aggregate_overload&, char* const* states, std::uint32_t count,
                  data::column_builder& out) {
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto& s = state_at<extreme<T>>(states[i]);
    if (s.seen != 0)
      out.append<T>(s.value);
    else
      out.append_null();
  }
  return {};
}

struct text_extreme {
  std::int64_t seen;
  data::blob_slot value;
};

template <bool Max>
result<void> update_text(const aggregate_overload&, const aggregate_input& in) {
  const auto& argument = *in.arguments[0];
  const any_text values(argument);
  for_each_fed(in, &argument, [&](std::uint32_t i, std::uint32_t row, std::int64_t) {
    auto& s = state_at<text_extreme>(in.states[i]);
    const auto v = values[row];
    if (s.seen == 0 || better<std::string_view, Max>(v, s.value.view()))
      in.heaps[i]->assign(s.value, v);
    s.seen = 1;
  });
  return {};
}

template <bool Max>
void merge_text(const aggregate_overload&, char* into, data::blob_heap* heap, const char* from) {
  auto& a = state_at<text_extreme>(into);
  const auto& b = state_at<text_extreme>(from);
  if (b.seen == 0) return;
  if (a.seen == 0 || better<std::string_view, Max>(b.value.view(), a.value.view()))
    heap->assign(a.value, b.value.view());
  a.seen = 1;
}

result<void> emit_text(const aggregate_overload&, char* const* states, std::uint32_t count,
                       data::column_builder& out) {
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto& s = state_at<text_extreme>(states[i]);
    if (s.seen != 0)
      out.append_text(s.value.view());
    else
      out.append_null();
  }
  return {};
}

template <bool Max>
void fill(aggregate_overload& o, const data::data_type& type) {
  if (data::is_variable_length(type.id())) {
    o.slots = {{slot_kind::fixed, 8}, {slot_kind::blob, 16}};
    o.update = update_text<Max>;
    o.merge = merge_text<Max>;
    o.emit = emit_text;
    return;
  }
  with_physical(type.id(), [&](auto* of) {
    using T = std::remove_pointer_t<decltype(of)>;
    o.slots = {{slot_kind::fixed, extreme_width<T>}};
    o.update = update<T, Max>;
    o.merge = merge<T, Max>;
    o.emit = emit<T>;
  });
}

template <bool Max>
result<aggregate_overload> resolve(const call_site& call, bool retracting) {
  const std::string_view signature = Max ? "MAX([DISTINCT] value)" : "MIN([DISTINCT] value)";
  if (call.types.size() != 1 || data::is_nested(call.types[0].id()))
    return wrong_arguments(call, signature);
  aggregate_overload o;
  o.argument_types = {call.types[0]};
  o.result_type = call.types[0].as_nullable();
  if (o.result_type.id() == type_id::null) o.result_type = data::data_type(type_id::integer);
  fill<Max>(o, o.result_type);
  o.retractable = false;
  o.needs_ordered_values = retracting;
  return o;
}

}  // namespace

grouped_update grouped_extreme(type_id argument, bool max) {
  if (argument == type_id::null || !data::is_fixed_width(argument)) return nullptr;
  grouped_update found = nullptr;
  with_physical(argument, [&](auto* of) {
    using T = std::remove_pointer_t<decltype(of)>;
    found = max ? update_groups<T, true> : update_groups<T, false>;
  });
  return found;
}

result<aggregate_overload> resolve_min(const call_site& call, bool retracting) {
  return resolve<false>(call, retracting);
}
result<aggregate_overload> resolve_max(const call_site& call, bool retracting) {
  return resolve<true>(call, retracting);
}

}  // namespace millrace::expr
