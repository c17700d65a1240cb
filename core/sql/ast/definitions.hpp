#pragma once

#include "core/sql/ast/expression.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace millrace::sql {

enum class column_kind : std::uint8_t { physical, metadata, computed };

/// One column of CREATE or ALTER TABLE.
struct column_definition {
  name column;
  column_kind kind = column_kind::physical;
  /// Physical and metadata columns; `type.not_null` holds NOT NULL.
  type_name type;
  /// METADATA FROM 'key'; empty: the column's name is the key.
  std::optional<std::string> metadata_key;
  bool is_virtual = false;
  /// Computed columns: AS expression.
  expression_ptr computed;
  std::optional<std::string> comment;
  /// Where ALTER TABLE puts it.
  bool first = false;
  std::optional<name> after;
};

enum class constraint_enforcement : std::uint8_t { unspecified, enforced, not_enforced };

/// PRIMARY KEY or UNIQUE, inline or of the table. Flink takes only PRIMARY KEY .. NOT ENFORCED.
struct key_constraint {
  text_position at;
  std::optional<name> constraint;
  bool unique = false;
  std::vector<name> columns;
  constraint_enforcement enforcement = constraint_enforcement::unspecified;
};

/// WATERMARK FOR a[.b] AS expression.
struct watermark_definition {
  text_position at;
  qualified_name column;
  expression strategy;
};

/// DISTRIBUTED BY [HASH|RANGE] (columns) INTO n BUCKETS.
struct distribution {
  std::string algorithm;
  std::vector<name> columns;
  std::optional<std::uint32_t> buckets;
};

/// What stands between the parentheses of CREATE TABLE and of ALTER TABLE ADD/MODIFY.
struct table_schema {
  std::vector<column_definition> columns;
  std::vector<key_constraint> constraints;
  std::vector<watermark_definition> watermarks;
};

enum class like_merge : std::uint8_t { including, excluding, overwriting };
enum class like_feature : std::uint8_t {
  all,
  constraints,
  distribution,
  generated,
  metadata,
  options,
  partitions,
  watermarks,
};

struct like_option {
  like_merge merge = like_merge::including;
  like_feature feature = like_feature::all;
  text_position at;
};

/// LIKE table (INCLUDING .. EXCLUDING ..).
struct like_clause {
  qualified_name table;
  std::vector<like_option> options;
};

}  // namespace millrace::sql
