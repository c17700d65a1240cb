#include "core/sql/parse/parser.hpp"
#include "core/sql/session/session.hpp"

#include <algorithm>

namespace millrace::sql {
namespace {

// Puts the session's current catalog and database back.
class current_names {
 public:
  explicit current_names(catalog& objects)
      : objects_(objects),
        catalog_(objects.current_catalog()),
        database_(objects.current_database()) {}
  ~current_names() { static_cast<void>(objects_.use_database(catalog_, database_)); }
  current_names(const current_names&) = delete;
  current_names& operator=(const current_names&) = delete;

 private:
  catalog& objects_;
  std::string catalog_;
  std::string database_;
};

error in_object(error e, const std::string& catalog_name, const stored_name& at) {
  e.message = "in the kept definition of '" + catalog_name + "." + at.database + "." + at.name +
              "': " + e.message;
  e.at.reset();
  return e;
}

option_map options_of(const create_catalog& s) {
  option_map options;
  for (const auto& o : s.options) options[o.key] = o.value;
  return options;
}

}  // namespace

result<std::shared_ptr<catalog_store>> session::open_store(const create_catalog& s) const {
  const auto options = options_of(s);
  const auto type = options.find("type");
  if (type == options.end() || type->second == "generic_in_memory")
    return std::shared_ptr<catalog_store>();
  if (type->second == "file" && open_store_) return open_store_(options);
  return make_error(errc::sql_not_supported, s.catalog.at,
                    "no catalog of type '" + type->second + "'",
                    "there is 'generic_in_memory' and 'file'");
}

result<statement_outcome> session::create(const create_catalog& s) {
  const auto& name = s.catalog.text;
  if (s.if_not_exists && objects_.has_catalog(name))
    return statement_outcome(message_outcome{"OK"});
  auto store = open_store(s);
  auto done = store.ok() ? objects_.create_catalog(name) : result<void>(store.take_error());
  if (done.ok() && *store) {
    done = load_catalog(name, **store);
    if (!done.ok()) static_cast<void>(objects_.drop_catalog(name));
  }
  if (!done.ok()) {
    auto e = done.take_error();
    if (!e.at) e.at = s.catalog.at;
    return e;
  }
  if (*store) objects_.keep_in(name, *store);
  properties_[name] = {s.comment.value_or(""), options_of(s)};
  return statement_outcome(message_outcome{"OK"});
}

result<void> session::load_catalog(const std::string& name, catalog_store& store) {
  MILLRACE_TRY(const auto databases, store.databases());
  for (const auto& database : databases)
    if (!objects_.has_database(name, database))
      MILLRACE_CHECK(objects_.create_database(name, database));
  MILLRACE_TRY(auto objects, store.objects());
  return load_objects(name, std::move(objects));
}

// A view may read others, in any order: objects are tried again as long as some could be made.
result<void> session::load_objects(const std::string& name, std::vector<stored_object> objects) {
  const current_names before(objects_);
  while (!objects.empty()) {
    std::optional<error> first;
    const auto count = objects.size();
    std::erase_if(objects, [&](const stored_object& object) {
      auto made = load_object(name, object);
      if (!made.ok() && !first) first = in_object(made.take_error(), name, object.at);
      return made.ok();
    });
    if (objects.size() == count) return *std::move(first);
  }
  return {};
}

result<void> session::load_object(const std::string& catalog_name, const stored_object& object) {
  MILLRACE_CHECK(objects_.use_database(catalog_name, object.at.database));
  statement_stream statements(object.statement);
  MILLRACE_TRY(const auto statement, statements.next());
  const bool makes = statement && (statement->kind() == statement_kind::create_table ||
                                   statement->kind() == statement_kind::create_view ||
                                   statement->kind() == statement_kind::create_function);
  if (!makes) return make_error(errc::sql_bad_ddl, "it is no CREATE TABLE, VIEW or FUNCTION");
  MILLRACE_CHECK(execute(*statement));
  return {};
}

}  // namespace millrace::sql
