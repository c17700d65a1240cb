#pragma once

#include "core/base/config.hpp"
#include "core/base/result.hpp"

#include <compare>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace millrace::sql {

enum class stored_kind : std::uint8_t { table, view, function };

/// Which object of a catalog.
struct stored_name {
  std::string database;
  stored_kind kind = stored_kind::table;
  std::string name;
  friend auto operator<=>(const stored_name&, const stored_name&) = default;
  friend bool operator==(const stored_name&, const stored_name&) = default;
};

/// An object as it is kept: the statement that makes it once more, its name in one part.
struct stored_object {
  stored_name at;
  std::string statement;
};

/// Where a catalog keeps its objects between runs. Port; one object per catalog, one thread. What
/// has been written is durable when the call returns. Errors are the store's own (6001, 6003 for
/// files).
class catalog_store {
 public:
  virtual ~catalog_store() = default;
  [[nodiscard]] virtual result<std::vector<std::string>> databases() = 0;
  [[nodiscard]] virtual result<std::vector<stored_object>> objects() = 0;
  [[nodiscard]] virtual result<void> create_database(const std::string& database) = 0;
  /// With all objects in it.
  [[nodiscard]] virtual result<void> drop_database(const std::string& database) = 0;
  /// In the place of what had that name.
  [[nodiscard]] virtual result<void> write(const stored_object& object) = 0;
  [[nodiscard]] virtual result<void> erase(const stored_name& at) = 0;
};

/// Opens the store that the options of CREATE CATALOG ask for; null: the catalog lives as long as
/// its session. Errors: 1002 for options.
using catalog_store_opener =
    std::function<result<std::shared_ptr<catalog_store>>(const option_map& options)>;

}  // namespace millrace::sql
