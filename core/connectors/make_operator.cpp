#include "core/connectors/lookup/lookup_join.hpp"
#include "core/connectors/registry.hpp"

#include <variant>

namespace millrace::connectors {

result<std::unique_ptr<operators::physical_operator>> make_operator(
    const operators::operator_inputs& inputs, const option_map& session) {
  if (const auto* spec = std::get_if<plan::lookup_join_spec>(&inputs.node.spec)) {
    if (spec->kind != plan::join_kind::inner && spec->kind != plan::join_kind::left)
      return make_error(errc::sql_not_supported, "a lookup join that is not INNER or LEFT");
    return std::unique_ptr<operators::physical_operator>(
        std::make_unique<lookup::lookup_join>(*spec, session));
  }
  return operators::make_operator(inputs);
}

}  // namespace millrace::connectors
