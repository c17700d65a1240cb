#pragma once

#include "core/base/result.hpp"
#include "core/data/types.hpp"

#include <string>
#include <vector>

namespace millrace::connectors::formats::json {

/// Where a JSON value goes: the tree of a column's type with the keys of its ROWs.
struct json_field {
  std::string name;
  data::data_type type;
  /// row: its fields; array: the element; map: key, value; multiset: element, count.
  std::vector<json_field> children;
};

/// Errors: 2004 for a type that no JSON value stands for.
[[nodiscard]] result<json_field> make_field(std::string name, const data::data_type& type);

}  // namespace millrace::connectors::formats::json
