#include "core/expr/aggregate/value_list.hpp"

#include <map>
#include <string>

namespace millrace::expr {
namespace {

// LISTAGG keeps its separator as its first entry of another list: it is a literal, and part of the
// overload's second argument; the emitter finds it in the state, where the first row has put it.
struct text_list {
  value_list list;
  data::blob_slot separator;
};

result<void> update_listagg(const aggregate_overload& o, const aggregate_input& in) {
  if (o.argument_types.size() == 2) {
    const any_text separators(*in.arguments[1]);
    for_each_fed(in, nullptr, [&](std::uint32_t i, std::uint32_t row, std::int64_t) {
      auto& s = state_at<text_list>(in.states[i]);
      if (s.separator.size == 0) in.heaps[i]->assign(s.separator, separators[row]);
    });
  }
  return update_list(o, in);
}

void merge_listagg(const aggregate_overload& o, char* into, data::blob_heap* heap,
                   const char* from) {
  auto& a = state_at<text_list>(into);
  const auto& b = state_at<text_list>(from);
  if (a.separator.size == 0) heap->assign(a.separator, b.separator.view());
  merge_list(o, into, heap, from);
}

result<void> emit_listagg(const aggregate_overload& o, char* const* states, std::uint32_t count,
                          data::column_builder& out) {
  std::string text;
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto& s = state_at<text_list>(states[i]);
    if (s.list.rows == 0) {
      out.append_null();
      continue;
    }
    const std::string_view separator = o.argument_types.size() == 2 ? s.separator.view() : ",";
    text.clear();
    bool first = true;
    for_each_value(s.list, [&](std::string_view value, bool) {
      if (!first) text += separator;
      text += value;
      first = false;
    });
    out.append_text(text);
  }
  return {};
}

result<void> emit_array(const aggregate_overload&, char* const* states, std::uint32_t count,
                        data::column_builder& out) {
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto& list = state_at<value_list>(states[i]);
    if (list.rows == 0) {
      out.append_null();
      continue;
    }
    for_each_value(list, [&](std::string_view value, bool null) {
      if (null)
        out.child(0).append_null();
      else
        append_bytes(out.child(0), value);
    });
    out.append_nested();
  }
  return {};
}

// A MULTISET: each value once with its count, in the order of the values' bytes.
result<void> emit_multiset(const aggregate_overload&, char* const* states, std::uint32_t count,
                           data::column_builder& out) {
  for (std::uint32_t i = 0; i < count; ++i) {
    std::map<std::string_view, std::int32_t> counts;
    for_each_value(state_at<value_list>(states[i]),
                   [&](std::string_view value, bool) { ++counts[value]; });
    for (const auto& [value, n] : counts) {
      append_bytes(out.child(0), value);
      out.child(1).append(n);
    }
    out.append_nested();
  }
  return {};
}

}  // namespace

result<aggregate_overload> resolve_list(const call_site& call, bool) {
  const bool listagg = call.name == "LISTAGG";
  const std::string_view signature =
      listagg ? "LISTAGG(text [, separator])" : "ARRAY_AGG(value), COLLECT(value)";
  if (call.types.empty() || call.types.size() > (listagg ? 2u : 1u) ||
      data::is_nested(call.types[0].id()))
    return wrong_arguments(call, signature);
  aggregate_overload o;
  o.slots = {{slot_kind::fixed, 8}, {slot_kind::blob, 16}};
  if (listagg) {
    for (std::size_t i = 0; i < call.types.size(); ++i)
      o.argument_types.push_back(data::data_type::string());
    o.slots.push_back({slot_kind::blob, 16});
    o.result_type = data::data_type::string();
    o.update = update_listagg;
    o.merge = merge_listagg;
    o.emit = emit_listagg;
    return o;
  }
  o.argument_types = {call.types[0]};
  o.update = update_list;
  o.merge = merge_list;
  if (call.name == "ARRAY_AGG") {
    o.result_type = data::data_type::array(call.types[0]);
    o.takes_null_rows = true;
    o.emit = emit_array;
  } else {
    o.result_type = data::data_type::multiset(call.types[0].as_nullable(false), false);
    o.emit = emit_multiset;
  }
  return o;
}

}  // namespace millrace::expr
