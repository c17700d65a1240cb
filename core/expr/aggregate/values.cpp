#include "core/expr/aggregate/accumulate.hpp"
#include "core/expr/aggregate/value_list.hpp"

#include <fmt/format.h>

namespace millrace::expr {
namespace {

// FIRST_VALUE, LAST_VALUE and SINGLE_VALUE of inserts: a flag and the value's bytes. Over
// retractions all values are kept in their order of arrival (value_list.hpp).
struct one_value_state {
  std::int64_t rows;
  data::blob_slot value;
};

template <bool First>
result<void> update(const aggregate_overload&, const aggregate_input& in) {
  const auto& argument = *in.arguments[0];
  for_each_fed(in, &argument, [&](std::uint32_t i, std::uint32_t row, std::int64_t) {
    auto& s = state_at<one_value_state>(in.states[i]);
    if (!First || s.rows == 0) in.heaps[i]->assign(s.value, bytes_of(argument, row));
    s.rows = 1;
  });
  return {};
}

template <bool First>
void merge(const aggregate_overload&, char* into, data::blob_heap* heap, const char* from) {
  auto& a = state_at<one_value_state>(into);
  const auto& b = state_at<one_value_state>(from);
  if (b.rows == 0 || (First && a.rows != 0)) return;
  heap->assign(a.value, b.value.view());
  a.rows = 1;
}

result<void> emit(const aggregate_overload&, char* const* states, std::uint32_t count,
                  data::column_builder& out) {
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto& s = state_at<one_value_state>(states[i]);
    if (s.rows > 0)
      append_bytes(out, s.value.view());
    else
      out.append_null();
  }
  return {};
}

template <bool First>
result<void> emit_of_list(const aggregate_overload&, char* const* states, std::uint32_t count,
                          data::column_builder& out) {
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto& s = state_at<value_list>(states[i]);
    std::string_view found;
    bool any = false;
    for_each_value(s, [&](std::string_view value, bool) {
      if (First && any) return;
      found = value;
      any = true;
    });
    if (any)
      append_bytes(out, found);
    else
      out.append_null();
  }
  return {};
}

template <bool First>
result<aggregate_overload> resolve(const call_site& call, bool retracting) {
  const std::string_view signature = First ? "FIRST_VALUE(value)" : "LAST_VALUE(value)";
  if (call.types.size() != 1 || data::is_nested(call.types[0].id()))
    return wrong_arguments(call, signature);
  aggregate_overload o;
  o.argument_types = {call.types[0]};
  o.result_type = call.types[0].as_nullable();
  o.slots = {{slot_kind::fixed, 8}, {slot_kind::blob, 16}};
  o.update = retracting ? update_list : update<First>;
  o.merge = retracting ? merge_list : merge<First>;
  o.emit = retracting ? emit_of_list<First> : emit;
  return o;
}

// A scalar subquery's row. NULL counts as a row, so NULL arguments are fed too.
result<void> update_single(const aggregate_overload&, const aggregate_input& in) {
  const auto& argument = *in.arguments[0];
  result<void> outcome;
  for_each_fed(in, nullptr, [&](std::uint32_t i, std::uint32_t row, std::int64_t sign) {
    auto& s = state_at<value_list>(in.states[i]);
    const bool null = argument.is_null(row);
    const auto value = null ? std::string_view() : bytes_of(argument, row);
    if (sign > 0)
      add_value(s, *in.heaps[i], value, null);
    else
      remove_value(s, *in.heaps[i], value, null);
    if (s.rows > 1 && outcome.ok())
      outcome =
          make_error(errc::runtime_scalar_subquery_rows, "a scalar subquery gave more than one row",
                     "aggregate it, or add LIMIT 1");
  });
  return outcome;
}

result<void> emit_single(const aggregate_overload&, char* const* states, std::uint32_t count,
                         data::column_builder& out) {
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto& s = state_at<value_list>(states[i]);
    bool any = false;
    for_each_value(s, [&](std::string_view value, bool null) {
      if (null)
        out.append_null();
      else
        append_bytes(out, value);
      any = true;
    });
    if (!any) out.append_null();
  }
  return {};
}

}  // namespace

result<aggregate_overload> resolve_first(const call_site& call, bool retracting) {
  return resolve<true>(call, retracting);
}
result<aggregate_overload> resolve_last(const call_site& call, bool retracting) {
  return resolve<false>(call, retracting);
}

result<aggregate_overload> resolve_single_value(const call_site& call, bool) {
  if (call.types.size() != 1 || data::is_nested(call.types[0].id()))
    return wrong_arguments(call, "SINGLE_VALUE(value)");
  aggregate_overload o;
  o.argument_types = {call.types[0]};
  o.result_type = call.types[0].as_nullable();
  o.slots = {{slot_kind::fixed, 8}, {slot_kind::blob, 16}};
  o.update = update_single;
  o.merge = merge_list;
  o.emit = emit_single;
  o.takes_null_rows = true;
  return o;
}

void append_bytes(data::column_builder& out, std::string_view bytes) {
  if (data::is_variable_length(out.type().id())) return out.append_text(bytes);
  with_physical(out.type().id(), [&](auto* of) {
    std::remove_pointer_t<decltype(of)> value;
    std::memcpy(&value, bytes.data(), sizeof(value));
    out.append(value);
  });
}

error wrong_arguments(const call_site& call, std::string_view signature) {
  std::string types;
  for (const auto& t : call.types) types += (types.empty() ? "" : ", ") + data::to_text(t);
  return make_error(errc::sql_bad_argument, fmt::format("{} does not take ({})", call.name, types),
                    fmt::format("it is called as {}", signature));
}

}  // namespace millrace::expr
