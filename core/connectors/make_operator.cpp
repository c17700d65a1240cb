#include "core/connectors/registry.hpp"

namespace millrace::connectors {

result<std::unique_ptr<operators::physical_operator>> make_operator(
    const operators::operator_inputs& inputs, const option_map&) {
  return operators::make_operator(inputs);
}

}  // namespace millrace::connectors
