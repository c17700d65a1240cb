#include "core/sql/ast/printer.hpp"

namespace millrace::sql {

std::string_view to_text(object_kind kind) {
  static constexpr std::string_view texts[] = {"TABLE", "VIEW", "FUNCTION", "DATABASE", "CATALOG"};
  return texts[static_cast<std::size_t>(kind)];
}

void printer::temporary(temporary_kind kind) {
  if (kind == temporary_kind::temporary) text("TEMPORARY ");
  if (kind == temporary_kind::temporary_system) text("TEMPORARY SYSTEM ");
}

void printer::comment(const std::optional<std::string>& c) {
  if (!c) return;
  text(" COMMENT ");
  quoted(*c);
}

void printer::options(const std::vector<option_entry>& list) {
  text("(");
  join_list(list, ", ", [this](const option_entry& o) {
    quoted(o.key);
    text(" = ");
    quoted(o.value);
  });
  text(")");
}

void printer::schema(const table_schema& s, const std::vector<name>& column_names) {
  std::string_view separator;
  const auto next = [&] {
    text(separator);
    separator = ", ";
  };
  text("(");
  names(column_names);
  for (const auto& c : s.columns) {
    next();
    column(c);
  }
  for (const auto& k : s.constraints) {
    next();
    constraint(k);
  }
  for (const auto& w : s.watermarks) {
    next();
    text("WATERMARK FOR ");
    write_path(w.column);
    text(" AS ");
    write(w.strategy);
  }
  text(")");
}

void printer::column(const column_definition& c) {
  write(c.column);
  if (c.kind == column_kind::computed) {
    text(" AS ");
    write(*c.computed);
  } else {
    text(" ");
    write(c.type);
  }
  if (c.kind == column_kind::metadata) {
    text(" METADATA");
    if (c.metadata_key) {
      text(" FROM ");
      quoted(*c.metadata_key);
    }
    if (c.is_virtual) text(" VIRTUAL");
  }
  comment(c.comment);
  if (c.first) text(" FIRST");
  if (!c.after) return;
  text(" AFTER ");
  write(*c.after);
}

void printer::constraint(const key_constraint& k) {
  if (k.constraint) {
    text("CONSTRAINT ");
    write(*k.constraint);
    text(" ");
  }
  text(k.unique ? "UNIQUE (" : "PRIMARY KEY (");
  names(k.columns);
  text(")");
  if (k.enforcement == constraint_enforcement::enforced) text(" ENFORCED");
  if (k.enforcement == constraint_enforcement::not_enforced) text(" NOT ENFORCED");
}

void printer::distributed(const distribution& d) {
  if (!d.columns.empty()) {
    text(" BY ");
    text(d.algorithm);
    text("(");
    names(d.columns);
    text(")");
  }
  if (d.buckets) text(" INTO " + std::to_string(*d.buckets) + " BUCKETS");
}

void printer::like_table(const like_clause& l) {
  static constexpr std::string_view merges[] = {"INCLUDING ", "EXCLUDING ", "OVERWRITING "};
  static constexpr std::string_view features[] = {"ALL",        "CONSTRAINTS", "DISTRIBUTION",
                                                  "GENERATED",  "METADATA",    "OPTIONS",
                                                  "PARTITIONS", "WATERMARKS"};
  text(" LIKE ");
  write_path(l.table);
  if (l.options.empty()) return;
  text(" (");
  join_list(l.options, " ", [this](const like_option& o) {
    text(merges[static_cast<std::size_t>(o.merge)]);
    text(features[static_cast<std::size_t>(o.feature)]);
  });
  text(")");
}

void printer::statement_node(const create_table& s) {
  text(!s.create ? "REPLACE " : s.replace ? "CREATE OR REPLACE " : "CREATE ");
  temporary(s.temporary);
  text(s.if_not_exists ? "TABLE IF NOT EXISTS " : "TABLE ");
  write_path(s.table);
  const bool empty = s.schema.columns.empty() && s.schema.constraints.empty() &&
                     s.schema.watermarks.empty() && s.column_names.empty();
  if (!empty) {
    text(" ");
    schema(s.schema, s.column_names);
  }
  comment(s.comment);
  if (s.distributed) {
    text(" DISTRIBUTED");
    distributed(*s.distributed);
  }
  if (!s.partitioned_by.empty()) {
    text(" PARTITIONED BY (");
    names(s.partitioned_by);
    text(")");
  }
  if (!s.options.empty()) {
    text(" WITH ");
    options(s.options);
  }
  if (s.like) like_table(*s.like);
  if (!s.as_query) return;
  text(" AS ");
  write(*s.as_query);
}

void printer::statement_node(const create_view& s) {
  text("CREATE ");
  temporary(s.temporary);
  text(s.if_not_exists ? "VIEW IF NOT EXISTS " : "VIEW ");
  write_path(s.view);
  if (!s.columns.empty()) {
    text(" (");
    names(s.columns);
    text(")");
  }
  comment(s.comment);
  text(" AS ");
  write(s.definition);
}

void printer::statement_node(const create_function& s) {
  text(s.alter ? "ALTER " : "CREATE ");
  temporary(s.temporary);
  text("FUNCTION ");
  if (s.if_not_exists) text("IF NOT EXISTS ");
  if (s.if_exists) text("IF EXISTS ");
  write_path(s.function);
  text(" AS ");
  quoted(s.class_name);
  if (!s.language.empty()) {
    text(" LANGUAGE ");
    text(s.language);
  }
  if (!s.resources.empty()) {
    text(" USING ");
    join_list(s.resources, ", ", [this](const function_resource& r) {
      text(r.kind);
      text(" ");
      quoted(r.path);
    });
  }
  if (s.options.empty()) return;
  text(" WITH ");
  options(s.options);
}

void printer::statement_node(const create_catalog& s) {
  text(s.if_not_exists ? "CREATE CATALOG IF NOT EXISTS " : "CREATE CATALOG ");
  write(s.catalog);
  comment(s.comment);
  if (s.options.empty()) return;
  text(" WITH ");
  options(s.options);
}

void printer::statement_node(const create_database& s) {
  text(s.if_not_exists ? "CREATE DATABASE IF NOT EXISTS " : "CREATE DATABASE ");
  write_path(s.database);
  comment(s.comment);
  if (s.options.empty()) return;
  text(" WITH ");
  options(s.options);
}

void printer::statement_node(const alter_object& s) {
  text("ALTER ");
  text(to_text(s.object));
  text(s.if_exists ? " IF EXISTS " : " ");
  write_path(s.target);
  alteration(s);
}

void printer::alteration(const alter_object& s) {
  using enum alter_action;
  switch (s.action) {
    case rename: text(" RENAME TO "); return write_path(s.new_name);
    case rename_column:
      text(" RENAME ");
      write_path(s.columns);
      text(" TO ");
      return write_path(s.new_name);
    case set_options: text(" SET "); return options(s.options);
    case reset_options:
      text(" RESET (");
      join_list(s.keys, ", ", [this](const std::string& key) { quoted(key); });
      return text(")");
    case add:
    case modify: text(s.action == add ? " ADD " : " MODIFY "); return schema(s.schema, {});
    case drop_columns:
      text(" DROP (");
      names(s.columns);
      return text(")");
    case drop_primary_key: return text(" DROP PRIMARY KEY");
    case drop_constraint: text(" DROP CONSTRAINT "); return write_path(s.columns);
    case drop_watermark: return text(" DROP WATERMARK");
    case drop_distribution: return text(" DROP DISTRIBUTION");
    case add_distribution:
    case modify_distribution:
      text(s.action == add_distribution ? " ADD DISTRIBUTION" : " MODIFY DISTRIBUTION");
      return distributed(*s.distributed);
    case set_comment: return comment(s.comment);
    case as_query: text(" AS "); return write(*s.definition);
  }
}

void printer::statement_node(const drop_object& s) {
  text("DROP ");
  temporary(s.temporary);
  text(to_text(s.object));
  text(s.if_exists ? " IF EXISTS " : " ");
  write_path(s.target);
  if (s.cascade) text(" CASCADE");
}

}  // namespace millrace::sql
