#include "core/sql/ast/printer.hpp"

#include <iterator>

namespace millrace::sql {

void printer::write(const statement& s) {
  std::visit([this](const auto& n) { statement_node(n); }, s.node);
}

void printer::statement_node(const show& s) {
  static constexpr std::string_view texts[] = {"CATALOGS",
                                               "CURRENT CATALOG",
                                               "DATABASES",
                                               "CURRENT DATABASE",
                                               "TABLES",
                                               "VIEWS",
                                               "FUNCTIONS",
                                               "USER FUNCTIONS",
                                               "COLUMNS",
                                               "CREATE TABLE",
                                               "CREATE VIEW",
                                               "CREATE CATALOG",
                                               "CREATE DATABASE",
                                               "PARTITIONS",
                                               "MODULES",
                                               "FULL MODULES",
                                               "JOBS",
                                               "JARS",
                                               "PROCEDURES"};
  static_assert(std::size(texts) == static_cast<std::size_t>(show_kind::procedures) + 1);
  text("SHOW ");
  text(texts[static_cast<std::size_t>(s.what)]);
  const bool bare = s.what >= show_kind::create_table && s.what <= show_kind::partitions;
  if (!s.of.empty()) {
    text(bare ? " " : " FROM ");
    write_path(s.of);
  }
  if (!s.pattern) return;
  if (s.not_like) text(" NOT");
  text(s.ilike ? " ILIKE " : " LIKE ");
  quoted(*s.pattern);
}

void printer::statement_node(const describe& s) {
  text("DESCRIBE ");
  if (s.object != object_kind::table) {
    text(to_text(s.object));
    text(" ");
  }
  if (s.extended) text("EXTENDED ");
  write_path(s.target);
}

void printer::statement_node(const use_object& s) {
  text(s.object == object_kind::catalog ? "USE CATALOG " : "USE ");
  write_path(s.target);
}

void printer::statement_node(const set_option& s) {
  text("SET");
  if (!s.key) return;
  text(" ");
  quoted(*s.key);
  if (!s.value) return;
  text(" = ");
  quoted(*s.value);
}

void printer::statement_node(const reset_option& s) {
  text("RESET");
  if (!s.key) return;
  text(" ");
  quoted(*s.key);
}

void printer::statement_node(const explain& s) {
  text("EXPLAIN ");
  if (s.details.empty()) text("PLAN FOR");
  join_list(s.details, ", ", [this](const std::string& d) { text(d); });
  text(" ");
  write(*s.target);
}

void printer::statement_node(const insert& s) {
  if (s.execute) text("EXECUTE ");
  text(s.overwrite ? "INSERT OVERWRITE " : "INSERT INTO ");
  write_path(s.table);
  if (!s.hints.empty()) {
    text(" ");
    hints(s.hints);
  }
  if (!s.partition.empty()) {
    text(" PARTITION (");
    join_list(s.partition, ", ", [this](const partition_value& p) {
      write(p.column);
      if (!p.value) return;
      text(" = ");
      write(*p.value);
    });
    text(")");
  }
  if (!s.columns.empty()) {
    text(" (");
    join_list(s.columns, ", ", [this](const qualified_name& c) { write_path(c); });
    text(")");
  }
  text(" ");
  write(s.source);
}

void printer::statement_node(const statement_set& s) {
  text("EXECUTE STATEMENT SET BEGIN ");
  for (const auto& inner : s.statements) {
    write(inner);
    text("; ");
  }
  text("END");
}

void printer::statement_node(const compile_plan& s) {
  text(s.execute ? "COMPILE AND EXECUTE PLAN " : "COMPILE PLAN ");
  quoted(s.file);
  if (s.if_not_exists) text(" IF NOT EXISTS");
  text(" FOR ");
  write(*s.target);
}

void printer::statement_node(const execute_plan& s) {
  text("EXECUTE PLAN ");
  quoted(s.file);
}

void printer::statement_node(const stop_job& s) {
  text("STOP JOB ");
  quoted(s.job);
  if (s.with_savepoint) text(" WITH SAVEPOINT");
  if (s.with_drain) text(" WITH DRAIN");
}

}  // namespace millrace::sql
