#include "core/expr/families.hpp"
#include "core/expr/json/json.hpp"

namespace millrace::expr {
namespace {

constexpr std::string_view family = "json";

constexpr scalar_function table[] = {
    {"IS JSON", family, "string IS JSON [VALUE]", "TRUE if the text is JSON; FALSE for NULL.",
     resolve_is_json},
    {"IS JSON VALUE", family, "string IS JSON VALUE", "IS JSON by another name.", resolve_is_json},
    {"IS JSON OBJECT", family, "string IS JSON OBJECT", "TRUE if the text is a JSON object.",
     resolve_is_json},
    {"IS JSON ARRAY", family, "string IS JSON ARRAY", "TRUE if the text is a JSON array.",
     resolve_is_json},
    {"IS JSON SCALAR", family, "string IS JSON SCALAR",
     "TRUE if the text is a JSON number, text, boolean or null.", resolve_is_json},
    {"JSON_EXISTS", family, "JSON_EXISTS(json, path [.. ON ERROR])",
     "TRUE if the path leads to a value.", resolve_json_exists},
    {"JSON_VALUE", family, "JSON_VALUE(json, path [RETURNING type] [.. ON EMPTY] [.. ON ERROR])",
     "The scalar that the path leads to, as a text or another type.", resolve_json_value},
    {"JSON_QUERY", family,
     "JSON_QUERY(json, path [RETURNING type] [.. WRAPPER] [.. ON EMPTY] [.. ON ERROR])",
     "The object or array that the path leads to, as JSON.", resolve_json_query},
    {"JSON_TYPE", family, "JSON_TYPE(json [, path])",
     "object, array, string, number, boolean or null; NULL for what is no JSON.",
     resolve_json_type},
    {"JSON_LENGTH", family, "JSON_LENGTH(json [, path])",
     "The number of an object's members or an array's elements; 1 for a scalar.",
     resolve_json_length},
    {"JSON_STRING", family, "JSON_STRING(value)", "The value as JSON.", nullptr, make_json_string},
    {"JSON_QUOTE", family, "JSON_QUOTE(string)",
     "The text as a JSON string; characters beyond ASCII are escaped.", resolve_json_quote},
    {"JSON_UNQUOTE", family, "JSON_UNQUOTE(string)",
     "The text of a JSON string; other text stays as it is.", resolve_json_unquote},
    {"JSON", family, "JSON(string)", "Puts JSON text into JSON_OBJECT and JSON_ARRAY as it is.",
     resolve_json},
    {"JSON_OBJECT", family, "JSON_OBJECT([[KEY] key VALUE value, ..] [.. ON NULL])",
     "A JSON object of the members.", nullptr, make_json_object},
    {"JSON_ARRAY", family, "JSON_ARRAY([value, ..] [.. ON NULL])", "A JSON array of the values.",
     nullptr, make_json_array},
};

}  // namespace

std::span<const scalar_function> json_functions() { return table; }

}  // namespace millrace::expr
