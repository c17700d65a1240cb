#include "core/sql/bind/table_builder.hpp"

#include "core/expr/registry.hpp"
#include "core/sql/ast/print.hpp"
#include "core/sql/bind/expression_binder.hpp"
#include "core/sql/bind/nodes.hpp"
#include "core/sql/bind/table_changes.hpp"
#include "core/sql/bind/table_like.hpp"
#include "core/sql/bind/types.hpp"

#include <algorithm>

namespace millrace::sql {

using expr::expr_ptr;
using plan::table_definition;

namespace {

// Builds one definition step by step: columns, then what refers to them.
class table_builder {
 public:
  table_builder(const binding_environment& environment, const create_table& create)
      : environment_(environment), queries_(environment), create_(create) {}

  result<table_definition> build(const object_path& path,
                                 const std::vector<plan::logical_column>& as_columns) {
    if (create_.like) {
      MILLRACE_TRY(table_, like_base(environment_, *create_.like));
    }
    table_.name = to_text(path);
    if (create_.comment) table_.comment = *create_.comment;
    for (const auto& c : as_columns)
      table_.columns.push_back(
          {c.name, c.type, plan::column_kind::physical, nullptr, {}, false, {}});
    MILLRACE_CHECK(add_columns());
    MILLRACE_CHECK(bind_computed());
    for (const auto& key : create_.schema.constraints) MILLRACE_CHECK(add_key(key));
    MILLRACE_CHECK(add_partitions());
    MILLRACE_CHECK(add_watermark());
    MILLRACE_CHECK(add_options());
    return std::move(table_);
  }

  result<table_definition> change(table_definition table, bool modify) {
    table_ = std::move(table);
    if (modify) MILLRACE_CHECK(make_room());
    MILLRACE_CHECK(modify ? modify_columns() : add_columns());
    MILLRACE_CHECK(bind_computed());
    for (const auto& key : create_.schema.constraints) MILLRACE_CHECK(add_key(key));
    MILLRACE_CHECK(add_watermark());
    MILLRACE_CHECK(place_columns(table_, create_.schema.columns));
    return std::move(table_);
  }

 private:
  std::optional<std::uint32_t> find(const std::string& column) const {
    for (std::uint32_t i = 0; i < table_.columns.size(); ++i)
      if (table_.columns[i].name == column) return i;
    return std::nullopt;
  }

  result<std::uint32_t> column(const name& n, std::string_view what) const {
    if (const auto found = find(n.text)) return *found;
    std::vector<std::string> known;
    for (const auto& c : table_.columns) known.push_back(c.name);
    return make_error(errc::sql_bad_ddl, n.at,
                      std::string(what) + " names '" + n.text + "', which is no column",
                      hint_for(n.text, known));
  }

  // MODIFY names what the table has; the new takes its place.
  result<void> make_room() {
    const auto& schema = create_.schema;
    if (!schema.constraints.empty() && table_.primary_key.empty())
      return make_error(errc::sql_bad_ddl, schema.constraints[0].at,
                        "the table has no primary key to modify", "use ADD");
    if (!schema.watermarks.empty() && !table_.watermark)
      return make_error(errc::sql_bad_ddl, schema.watermarks[0].at,
                        "the table has no watermark to modify", "use ADD");
    if (!schema.constraints.empty()) table_.primary_key.clear();
    if (!schema.watermarks.empty()) table_.watermark.reset();
    return {};
  }

  result<void> modify_columns() {
    for (const auto& d : create_.schema.columns) {
      MILLRACE_TRY(const auto index, column(d.column, "MODIFY"));
      MILLRACE_TRY(auto changed, column_of(d));
      const bool key = std::ranges::count(table_.primary_key, index) != 0;
      if (key) changed.type = changed.type.as_nullable(false);
      if (!d.comment) changed.comment = table_.columns[index].comment;
      table_.columns[index] = std::move(changed);
    }
    return {};
  }

  // All but the expression of a computed column, which is bound when all columns are known.
  static result<plan::table_column> column_of(const column_definition& d) {
    plan::table_column c;
    c.name = d.column.text;
    c.comment = d.comment.value_or("");
    if (d.kind == column_kind::computed) {
      c.kind = plan::column_kind::computed;
    } else {
      MILLRACE_TRY(c.type, bind_type(d.type));
    }
    if (d.kind == column_kind::metadata) {
      c.kind = plan::column_kind::metadata;
      c.metadata_key = d.metadata_key.value_or(d.column.text);
      c.metadata_virtual = d.is_virtual;
    }
    return c;
  }

  result<void> add_columns() {
    for (const auto& d : create_.schema.columns) {
      const auto present = find(d.column.text);
      const bool replaces = present && create_.like && d.kind == column_kind::computed &&
                            overwrites(*create_.like, like_feature::generated) &&
                            table_.columns[*present].kind == plan::column_kind::computed;
      if (present && !replaces)
        return make_error(errc::sql_duplicate_name, d.column.at,
                          "column '" + d.column.text + "' is declared twice");
      MILLRACE_TRY(auto c, column_of(d));
      if (replaces)
        table_.columns[*present] = std::move(c);
      else
        table_.columns.push_back(std::move(c));
    }
    if (table_.columns.empty())
      return make_error(errc::sql_bad_ddl,
                        create_.table.empty() ? text_position{} : create_.table.back().at,
                        "the table has no columns", "declare at least one");
    return {};
  }

  // A relation of the columns that may be named: all, or those that are not computed.
  relation scope(bool with_computed) const {
    std::vector<plan::logical_column> columns;
    scope_table names;
    for (std::uint32_t i = 0; i < table_.columns.size(); ++i) {
      const auto& c = table_.columns[i];
      columns.push_back({c.name, c.type, {}});
      if (with_computed || c.kind != plan::column_kind::computed)
        names.columns.push_back({c.name, i, {}});
    }
    relation out{make_node(plan::values_node{}, {}, std::move(columns)), {}, {}};
    out.tables.push_back(std::move(names));
    return out;
  }

  result<void> bind_computed() {
    const auto input = scope(false);
    const name_scope names{&input, nullptr};
    expression_binder binder(queries_, names, "a computed column");
    for (const auto& d : create_.schema.columns) {
      if (d.kind != column_kind::computed) continue;
      MILLRACE_TRY(auto bound, binder.bind(*d.computed));
      auto& c = table_.columns[*find(d.column.text)];
      c.type = bound->type;
      c.computed = std::move(bound);
      c.computed_text = to_sql(*d.computed);
    }
    return {};
  }

  result<void> add_key(const key_constraint& key) {
    if (key.unique)
      return make_error(errc::sql_bad_ddl, key.at, "UNIQUE is not supported",
                        "use PRIMARY KEY (...) NOT ENFORCED");
    if (key.enforcement != constraint_enforcement::not_enforced)
      return make_error(errc::sql_bad_ddl, key.at, "a primary key cannot be enforced",
                        "write PRIMARY KEY (...) NOT ENFORCED: the data is not checked");
    if (!table_.primary_key.empty() &&
        !(create_.like && overwrites(*create_.like, like_feature::constraints)))
      return make_error(errc::sql_bad_ddl, key.at, "the table has two primary keys");
    table_.primary_key.clear();
    for (const auto& n : key.columns) {
      MILLRACE_TRY(const auto index, column(n, "PRIMARY KEY"));
      auto& c = table_.columns[index];
      if (c.kind != plan::column_kind::physical)
        return make_error(errc::sql_bad_ddl, n.at,
                          "PRIMARY KEY names '" + n.text + "', which is no physical column");
      c.type = c.type.as_nullable(false);
      if (std::count(table_.primary_key.begin(), table_.primary_key.end(), index) != 0)
        return make_error(errc::sql_duplicate_name, n.at,
                          "PRIMARY KEY names '" + n.text + "' twice");
      table_.primary_key.push_back(index);
    }
    return {};
  }

  result<void> add_partitions() {
    if (create_.partitioned_by.empty()) return {};
    table_.partition_by.clear();
    for (const auto& n : create_.partitioned_by) {
      MILLRACE_TRY(const auto index, column(n, "PARTITIONED BY"));
      if (table_.columns[index].kind == plan::column_kind::computed)
        return make_error(errc::sql_bad_ddl, n.at,
                          "PARTITIONED BY names '" + n.text + "', a computed column");
      table_.partition_by.push_back(index);
    }
    return {};
  }

  result<void> add_watermark() {
    const auto& all = create_.schema.watermarks;
    if (all.empty()) return {};
    if (all.size() > 1)
      return make_error(errc::sql_bad_watermark, all[1].at, "a table has one WATERMARK at most");
    const auto& w = all[0];
    if (table_.watermark && !create_.like)
      return make_error(errc::sql_bad_ddl, w.at, "the table has a WATERMARK already", "use MODIFY");
    if (table_.watermark && !overwrites(*create_.like, like_feature::watermarks))
      return make_error(errc::sql_bad_watermark, w.at, "the table of LIKE has a WATERMARK too",
                        "write LIKE t (EXCLUDING WATERMARKS)");
    const auto& n = w.column.front();
    auto index = column(n, "WATERMARK");
    if (!index.ok()) {
      auto e = index.take_error();
      e.code = errc::sql_bad_watermark;
      return e;
    }
    if (w.column.size() > 1)
      return make_error(errc::sql_bad_watermark, w.column[1].at,
                        "a row time cannot be a field of a ROW",
                        "declare a computed column: t AS " + n.text + "." + w.column[1].text);
    return bind_watermark(w, *index);
  }

  static bool is_row_time(const data::data_type& type) {
    return (type.id() == data::type_id::timestamp || type.id() == data::type_id::timestamp_ltz) &&
           type.precision() <= 3;
  }

  result<void> bind_watermark(const watermark_definition& w, std::uint32_t index) {
    const auto& type = table_.columns[index].type;
    const auto& at = w.column.front().at;
    if (!is_row_time(type))
      return make_error(errc::sql_bad_watermark, at,
                        "the row time '" + w.column.front().text + "' is " + data::to_text(type),
                        "it must be TIMESTAMP(p) or TIMESTAMP_LTZ(p) with p from 0 to 3");
    const auto input = scope(true);
    const name_scope names{&input, nullptr};
    expression_binder binder(queries_, names, "WATERMARK");
    MILLRACE_TRY(auto bound, binder.bind(w.strategy));
    if (bound->type.id() != type.id())
      return make_error(
          errc::sql_bad_watermark, w.strategy.at,
          "the watermark is " + data::to_text(bound->type) + ", the row time " +
              data::to_text(type),
          "use an expression such as " + w.column.front().text + " - INTERVAL '5' SECOND");
    table_.watermark = plan::watermark_definition{index, std::move(bound), to_sql(w.strategy)};
    return {};
  }

  result<void> add_options() {
    for (const auto& option : create_.options) {
      const bool inherited = create_.like && table_.options.count(option.key) != 0;
      if (inherited && !overwrites(*create_.like, like_feature::options))
        return make_error(errc::sql_bad_ddl, option.at,
                          "option '" + option.key + "' stands in the table of LIKE too",
                          "write LIKE t (OVERWRITING OPTIONS)");
      table_.options[option.key] = option.value;
    }
    if (!environment_.check_options) return {};
    auto checked = environment_.check_options(table_);
    if (!checked.ok()) {
      auto e = checked.take_error();
      for (const auto& option : create_.options)
        if (!e.at && e.message.find("'" + option.key + "'") != std::string::npos) e.at = option.at;
      if (!e.at && !create_.table.empty()) e.at = create_.table.back().at;
      return e;
    }
    table_.options = std::move(*checked);
    return {};
  }

  const binding_environment& environment_;
  query_binder queries_;
  const create_table& create_;
  table_definition table_;
};

}  // namespace

result<table_definition> build_table(const binding_environment& environment,
                                     const create_table& create, const object_path& path,
                                     const std::vector<plan::logical_column>& as_columns) {
  return table_builder(environment, create).build(path, as_columns);
}

result<table_definition> change_table(const binding_environment& environment,
                                      table_definition table, const table_schema& schema,
                                      bool modify) {
  create_table change;
  change.schema = schema;
  return table_builder(environment, change).change(std::move(table), modify);
}

result<view_definition> build_view(const binding_environment& environment, const query& definition,
                                   const std::vector<name>& columns, const object_path& path) {
  query_binder binder(environment);
  MILLRACE_TRY(const auto root, binder.bind_root(definition));
  view_definition view;
  view.name = to_text(path);
  view.catalog = environment.objects.current_catalog();
  view.database = environment.objects.current_database();
  view.definition = std::make_shared<const query>(definition);
  if (!columns.empty() && columns.size() != root->columns.size())
    return make_error(errc::sql_bad_ddl, columns[0].at,
                      "the view names " + std::to_string(columns.size()) +
                          " columns, its query has " + std::to_string(root->columns.size()));
  for (std::size_t i = 0; i < root->columns.size(); ++i) {
    view.column_names.push_back(columns.empty() ? root->columns[i].name : columns[i].text);
    view.column_types.push_back(root->columns[i].type);
  }
  return view;
}

}  // namespace millrace::sql
