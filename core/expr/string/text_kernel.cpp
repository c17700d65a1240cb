#include "core/expr/string/text_kernel.hpp"

namespace millrace::expr {
namespace {

using data::data_type;
using data::type_id;

bool fits(const data_type& given, char letter) {
  if (given.id() == type_id::null) return true;
  switch (letter) {
    // Numbers, dates and the like are printed where a text is wanted.
    case 't': return !data::is_nested(given.id()) && !is_bytes(given);
    case 'i': return data::is_integer(given.id());
    case 'l': return data::is_integer(given.id()) || given.id() == type_id::decimal;
    case 'd': return data::is_numeric(given.id());
    default: return given.id() == type_id::boolean;
  }
}

data_type wanted(char letter) {
  switch (letter) {
    case 't': return data_type::string();
    case 'i': return of(type_id::integer);
    case 'l': return of(type_id::bigint);
    case 'd': return of(type_id::float64);
    default: return of(type_id::boolean);
  }
}

}  // namespace

result<scalar_overload> text_overload(const call_site& site, std::string_view letters,
                                      const data_type& result, scalar_kernel kernel,
                                      std::string_view signature) {
  std::vector<data_type> types;
  if (site.types.size() > letters.size()) return wrong_types(site, signature);
  for (std::size_t i = 0; i < site.types.size(); ++i) {
    if (!fits(site.types[i], letters[i])) return wrong_types(site, signature);
    types.push_back(wanted(letters[i]));
  }
  return strict(std::move(types), result, site, kernel);
}

}  // namespace millrace::expr
