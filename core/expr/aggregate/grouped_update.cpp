#include "core/expr/grouped_update.hpp"

#include "core/expr/aggregate/accumulate.hpp"

namespace millrace::expr {

grouped_update find_grouped_update(std::string_view function,
                                   std::span<const data::data_type> argument_types) {
  if (function == "COUNT") return grouped_count();
  if (argument_types.size() != 1) return nullptr;
  const data::type_id id = argument_types[0].id();
  if (function == "SUM" || function == "$SUM0" || function == "AVG") return grouped_sum(id);
  if (function == "MIN" || function == "MAX") return grouped_extreme(id, function == "MAX");
  return nullptr;
}

}  // namespace millrace::expr
