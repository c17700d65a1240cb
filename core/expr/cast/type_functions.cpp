#include "core/expr/families.hpp"
#include "core/expr/kernel.hpp"
#include "core/expr/resolve.hpp"

namespace millrace::expr {
namespace {

// The type is known before any row: a constant.
result<data::column_ptr> type_name(const kernel_call& call) {
  text_writer out(call.result_type, 1, 64);
  out.put(0, data::to_text(call.arguments[0]->type));
  MILLRACE_TRY(const auto name, out.finish());
  return data::constant_of(*name, 0, call.rows.stored);
}

result<scalar_overload> resolve_typeof(const call_site& site) {
  MILLRACE_CHECK(expect_arguments(site, 1, 2));
  scalar_overload o;
  o.argument_types = {site.types.begin(), site.types.end()};
  o.result_type = data::data_type::string(false);
  o.kernel = type_name;
  return o;
}

constexpr scalar_function table[] = {
    {"TYPEOF", "cast", "TYPEOF(value)", "The name of the value's type.", resolve_typeof},
};

}  // namespace

std::span<const scalar_function> type_functions() { return table; }

}  // namespace millrace::expr
