#include "core/expr/hash/bucket.hpp"

#include "core/expr/kernel.hpp"
#include "core/expr/key_hash.hpp"
#include "core/expr/resolve.hpp"

#include <array>

namespace millrace::expr {
namespace {

using data::type_id;

result<data::column_ptr> bucket(const kernel_call& call) {
  const auto stored = call.rows.stored;
  const data::record_batch one({call.arguments[0]}, stored);
  const auto hashes = hash_keys(one, std::array<std::uint32_t, 1>{0});
  const any_values<std::int32_t> buckets(*call.arguments[1]);
  auto out = std::make_shared<data::column>();
  out->type = call.result_type;
  out->length = stored;
  auto values = data::buffer::allocate(stored * sizeof(std::int32_t));
  const auto* from = hashes->as<std::uint64_t>();
  auto* to = values->mutable_as<std::int32_t>();
  call.rows.for_each([&](std::uint32_t row) {
    // The low bits choose the key group of a GROUP BY over the same value.
    to[row] =
        static_cast<std::int32_t>((from[row] >> 32) % static_cast<std::uint64_t>(buckets[row]));
  });
  out->values = std::move(values);
  return data::column_ptr(std::move(out));
}

}  // namespace

result<scalar_overload> resolve_hash_bucket(const call_site& site) {
  MILLRACE_CHECK(expect_arguments(site, 2, 2));
  scalar_overload o;
  o.argument_types = {site.types[0], data::data_type(type_id::integer, false)};
  o.result_type = data::data_type(type_id::integer, false);
  o.kernel = bucket;
  return o;
}

}  // namespace millrace::expr
