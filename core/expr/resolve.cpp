#include "core/expr/resolve.hpp"

namespace millrace::expr {

using data::type_id;

scalar_overload strict(std::vector<data::data_type> arguments, const data::data_type& result,
                       const call_site& site, scalar_kernel kernel) {
  scalar_overload o;
  o.argument_types = std::move(arguments);
  o.result_type = result.as_nullable(any_nullable(site.types));
  o.kernel = kernel;
  o.null_in_null_out = true;
  return o;
}

result<void> expect_arguments(const call_site& site, std::size_t least, std::size_t most) {
  const std::size_t n = site.types.size();
  if (n >= least && n <= most) return {};
  std::string wanted = std::to_string(least);
  if (most != least) wanted += most > 1000 ? " or more" : " to " + std::to_string(most);
  return make_error(errc::sql_bad_argument, std::string(site.name) + " takes " + wanted +
                                                " arguments, " + std::to_string(n) + " given");
}

error wrong_types(const call_site& site, std::string_view signature) {
  std::string types;
  for (const auto& t : site.types) types += (types.empty() ? "" : ", ") + data::to_text(t);
  return make_error(errc::sql_type_mismatch,
                    std::string(site.name) + " does not take (" + types + ")",
                    "It is called as " + std::string(signature) + ".");
}

std::string literal_word(const call_site& site, std::size_t argument) {
  if (argument >= site.literals.size() || !site.literals[argument]) return {};
  const data::column& c = *site.literals[argument];
  if (!data::is_character(c.type.id()) || c.is_null(0)) return {};
  std::string word(c.text(0));
  for (char& ch : word)
    if (ch >= 'a' && ch <= 'z') ch = static_cast<char>(ch - 'a' + 'A');
  return word;
}

bool takes_text(const data::data_type& type) { return is_text(type) || type.id() == type_id::null; }
bool takes_number(const data::data_type& type) {
  return data::is_numeric(type.id()) || type.id() == type_id::null;
}
bool takes_integer(const data::data_type& type) {
  return data::is_integer(type.id()) || type.id() == type_id::null;
}
bool takes_boolean(const data::data_type& type) {
  return type.id() == type_id::boolean || type.id() == type_id::null;
}

}  // namespace millrace::expr
