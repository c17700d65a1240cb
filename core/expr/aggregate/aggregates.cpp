#include "core/expr/aggregate/accumulate.hpp"
#include "core/expr/families.hpp"

namespace millrace::expr {
namespace {

constexpr aggregate_function table[] = {
    {"COUNT", "COUNT(*) or COUNT([DISTINCT] value)",
     "The number of rows, or of values that are not NULL.", resolve_count},
    {"SUM", "SUM([DISTINCT] number)", "The sum in the argument's type; NULL over no value.",
     resolve_sum},
    {"$SUM0", "$SUM0(number)", "The sum; 0 over no value.", resolve_sum0},
    {"AVG", "AVG([DISTINCT] number)", "The mean in the argument's type: integers truncate.",
     resolve_average},
    {"MIN", "MIN([DISTINCT] value)", "The least value.", resolve_min},
    {"MAX", "MAX([DISTINCT] value)", "The greatest value.", resolve_max},
    {"STDDEV_POP", "STDDEV_POP(number)", "The population's standard deviation.", resolve_moment},
    {"STDDEV_SAMP", "STDDEV_SAMP(number)", "The sample's standard deviation; NULL over one row.",
     resolve_moment},
    {"STDDEV", "STDDEV(number)", "STDDEV_SAMP by another name.", resolve_moment},
    {"VAR_POP", "VAR_POP(number)", "The population's variance.", resolve_moment},
    {"VAR_SAMP", "VAR_SAMP(number)", "The sample's variance; NULL over one row.", resolve_moment},
    {"VARIANCE", "VARIANCE(number)", "VAR_SAMP by another name.", resolve_moment},
    {"PERCENTILE", "PERCENTILE(number, percentage [, frequency])",
     "The value below which that part of all values lies, between two in proportion; an array of "
     "percentages gives an array.",
     resolve_percentile},
    {"FIRST_VALUE", "FIRST_VALUE(value)", "The first value to arrive that is not NULL.",
     resolve_first},
    {"LAST_VALUE", "LAST_VALUE(value)", "The last value to arrive that is not NULL.", resolve_last},
    {"SINGLE_VALUE", "SINGLE_VALUE(value)", "The value of the only row; error 3010 over several.",
     resolve_single_value},
    {"LISTAGG", "LISTAGG(text [, separator])",
     "The texts joined by the separator (a comma by default).", resolve_list},
    {"ARRAY_AGG", "ARRAY_AGG([DISTINCT] value)", "An array of all values, NULLs included.",
     resolve_list},
    {"COLLECT", "COLLECT([DISTINCT] value)", "A multiset of the values that are not NULL.",
     resolve_list},
    {"JSON_OBJECTAGG", "JSON_OBJECTAGG([KEY] key VALUE value [.. ON NULL])",
     "A JSON object of all members, sorted by key; error 3004 over equal keys.",
     resolve_json_aggregate},
    {"JSON_ARRAYAGG", "JSON_ARRAYAGG(value [.. ON NULL])",
     "A JSON array of all values in order of arrival.", resolve_json_aggregate},
};

}  // namespace

std::span<const aggregate_function> aggregate_functions() { return table; }

}  // namespace millrace::expr
