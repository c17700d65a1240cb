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

// How many rows of a group there are follows from where it ends; those of a FILTER are added up.
void count_all(const grouped_input& in) {
  std::uint32_t at = 0;
  for (std::size_t g = 0; g < in.ends.size(); ++g) {
    std::int64_t rows = in.ends[g] - at;
    if (in.passes != nullptr) {
      rows = 0;
      for (; at < in.ends[g]; ++at) rows += in.passes[in.rows[at]] & 1U;
    }
    at = in.ends[g];
    state_at<std::int64_t>(in.states[g]) += rows;
  }
}

void update_groups(const grouped_input& in) {
  const data::column* argument = in.arguments.empty() ? nullptr : in.arguments[0].get();
  if (in.kinds == nullptr && (argument == nullptr || !argument->may_have_nulls()))
    return count_all(in);
  for_each_grouped<std::int64_t>(
      in, argument, [](std::int64_t& rows, std::uint32_t, std::int64_t sign) { rows += sign; });
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

grouped_update grouped_count() { return update_groups; }

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
