#include "core/plan/lower/aggregate_text.hpp"

#include <fmt/format.h>

namespace millrace::plan {

std::string calls_text(const std::vector<aggregate_call>& calls,
                       const std::vector<logical_column>& input) {
  std::string out;
  for (const auto& call : calls) {
    const auto arguments =
        call.arguments.empty() ? std::string("*") : names_of(call.arguments, input);
    out += fmt::format("{}{}({}{})", out.empty() ? "" : ", ", call.function,
                       call.distinct ? "DISTINCT " : "", arguments);
    if (call.filter) out += fmt::format(" FILTER {}", input[*call.filter].name);
    if (!call.name.empty()) out += " AS " + call.name;
  }
  return out;
}

std::string calls_digest(const std::vector<std::uint32_t>& groups,
                         const std::vector<aggregate_call>& calls) {
  std::string out = fmt::format("by {}", fmt::join(groups, ","));
  for (const auto& call : calls)
    out += fmt::format(";{}{}({}) if {} with {} to {}", call.distinct ? "d " : "", call.function,
                       fmt::join(call.arguments, ","),
                       call.filter ? static_cast<std::int64_t>(*call.filter) : -1,
                       digest_of(call.constants), data::to_text(call.overload.result_type));
  return out;
}

}  // namespace millrace::plan
