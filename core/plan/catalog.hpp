#pragma once

#include "core/base/config.hpp"
#include "core/data/types.hpp"
#include "core/expr/bound_expr.hpp"
#include "core/plan/changelog.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace millrace::plan {

enum class column_kind : std::uint8_t { physical, computed, metadata };

/// A column of a table as declared.
struct table_column {
  std::string name;
  data::data_type type;
  column_kind kind = column_kind::physical;
  expr::expr_ptr
      computed;  ///< kind computed: over the table's physical and metadata columns, in their order
  std::string metadata_key;       ///< kind metadata
  bool metadata_virtual = false;  ///< not written to a sink
  std::string comment;
  std::string computed_text = {};  ///< kind computed: its expression as SQL
};

/// WATERMARK FOR column AS expression; the expression reads the table's columns (all kinds) and
/// gives a TIMESTAMP or TIMESTAMP_LTZ.
struct watermark_definition {
  std::uint32_t column = 0;
  expr::expr_ptr expression;
  std::string text = {};  ///< the expression as SQL
};

/// A table as CREATE TABLE leaves it in the catalog. Immutable once registered.
struct table_definition {
  std::string name;  ///< full name: catalog.database.table
  std::vector<table_column> columns;
  std::vector<std::uint32_t> primary_key;  ///< indices into columns; empty: none
  std::vector<std::uint32_t> partition_by;
  std::optional<watermark_definition> watermark;
  option_map options;  ///< WITH (...), hints already merged for one use
  std::string comment;
};
using table_ptr = std::shared_ptr<const table_definition>;

/// What planning has to know of a table's connector.
struct table_traits {
  bool readable = false;
  bool writable = false;
  bool bounded = false;
  bool lookup = false;  ///< may stand right of FOR SYSTEM_TIME AS OF processing time
  changelog_mode gives = changelog_mode::insert_only;    ///< as a source
  changelog_mode accepts = changelog_mode::insert_only;  ///< as a sink
  bool ordered_single_split = false;  ///< read by one subtask in order (small bounded files, feed)
};

}  // namespace millrace::plan
