#pragma once

#include "core/tables/table_spec.hpp"

#include <string>
#include <utility>
#include <vector>

namespace millrace::operators {

/// The spec of a table with a name and key types; the rest is set by the caller where it matters.
[[nodiscard]] inline tables::table_spec state_spec(std::string name,
                                                   std::vector<data::data_type> key_types = {},
                                                   std::int64_t ttl_ms = 0) {
  tables::table_spec spec;
  spec.name = std::move(name);
  spec.key_types = std::move(key_types);
  spec.ttl_ms = ttl_ms;
  return spec;
}

}  // namespace millrace::operators
