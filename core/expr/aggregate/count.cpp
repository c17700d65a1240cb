#include "core/expr/aggregate/accumulate.hpp"

namespace millrace::expr {
namespace {

result<void> update(const aggregate_overload&, const aggregate_input& in) {
  const data::column* argument = in.arguments.empty() ? nullptr : in.arguments[0].get();
  for_each_fed(in, argument, [&](std::uint32_t i, std::uint32_t, std::int64_t sign) {
    state_at<std::int64_t>(in.states[i]) += sign;
  });
  return {};
}

void merge(const aggregate_overload&, char* into, data::blob_heap*, const char* from) {
  state_at<std::int64_t>(into) += state_at<std::int64_t>(from);
}

result<void> emit(const aggregate_overload&, char* const* states, std::uint32_t count,
                  data::column_builder& out) {
  auto* to = out.extend<std::int64_t>(count);
  for (std::uint32_t i = 0; i < count; ++i) to[i] = state_at<std::int64_t>(states[i]);
  return {};
}

}  // namespace

result<aggregate_overload> resolve_count(const call_site& call, bool) {
  if (call.types.size() > 1) return wrong_arguments(call, "COUNT(*) or COUNT([DISTINCT] value)");
  aggregate_overload o;
  o.argument_types.assign(call.types.begin(), call.types.end());
  o.result_type = data::data_type(data::type_id::bigint, false);
  o.slots = plain_slots<std::int64_t>();
  o.update = update;
  o.merge = merge;
  o.emit = emit;
  o.takes_null_rows = call.types.empty();
  return o;
}

}  // namespace millrace::expr
