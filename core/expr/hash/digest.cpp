#include "core/expr/families.hpp"
#include "core/expr/hash/bucket.hpp"
#include "core/expr/kernel.hpp"
#include "core/expr/resolve.hpp"

#include <openssl/evp.h>

#include <memory>

// MD5, SHA1, SHA224, SHA256, SHA384, SHA512, SHA2(string, bits): lower-case hex digits.

namespace millrace::expr {
namespace {

using data::data_type;
using data::type_id;

constexpr std::size_t most_bytes = EVP_MAX_MD_SIZE;

/// Computes digests of one algorithm, one after the other.
class digester {
 public:
  explicit digester(const EVP_MD* algorithm)
      : algorithm_(algorithm), context_(EVP_MD_CTX_new(), EVP_MD_CTX_free) {
    // The second and later starts reuse what the first one has fetched.
    EVP_DigestInit_ex(context_.get(), algorithm_, nullptr);
  }
  void put(text_writer& out, std::uint32_t row, std::string_view bytes) {
    static constexpr char digits[] = "0123456789abcdef";
    unsigned char digest[most_bytes];
    unsigned int size = 0;
    EVP_DigestInit_ex(context_.get(), nullptr, nullptr);
    EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size());
    EVP_DigestFinal_ex(context_.get(), digest, &size);
    char* to = out.room(row, std::size_t{size} * 2);
    for (unsigned int i = 0; i < size; ++i) {
      to[2 * i] = digits[digest[i] >> 4];
      to[2 * i + 1] = digits[digest[i] & 15];
    }
    out.commit(std::size_t{size} * 2);
  }

 private:
  const EVP_MD* algorithm_;
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
};

using algorithm_source = const EVP_MD* (*)();

template <algorithm_source Algorithm>
result<data::column_ptr> digest(const kernel_call& call) {
  const any_text in(*call.arguments[0]);
  text_writer out(call.result_type, call.rows.stored, std::size_t{call.rows.count} * 64);
  digester make(Algorithm());
  for_each_valid(call, [&](std::uint32_t row) { make.put(out, row, in[row]); });
  return out.finish();
}

const EVP_MD* sha2_of(std::int32_t bits) {
  switch (bits) {
    case 224: return EVP_sha224();
    case 256: return EVP_sha256();
    case 384: return EVP_sha384();
    case 512: return EVP_sha512();
    default: return nullptr;
  }
}

error bad_length(std::int32_t bits) {
  return make_error(errc::runtime_bad_argument,
                    "SHA2 has no digest of " + std::to_string(bits) + " bits",
                    "There are 224, 256, 384 and 512.");
}

result<data::column_ptr> sha2(const kernel_call& call) {
  const any_text in(*call.arguments[0]);
  const any_values<std::int32_t> bits(*call.arguments[1]);
  text_writer out(call.result_type, call.rows.stored, std::size_t{call.rows.count} * 64);
  std::unique_ptr<digester> make;
  std::int32_t current = 0;
  const bool whole = try_each_valid(call, [&](std::uint32_t row) {
    const EVP_MD* algorithm = sha2_of(bits[row]);
    if (algorithm == nullptr) return false;
    if (make == nullptr || bits[row] != current) make = std::make_unique<digester>(algorithm);
    current = bits[row];
    make->put(out, row, in[row]);
    return true;
  });
  if (!whole) return bad_length(bits[call.context.failed_row]);
  return out.finish();
}

data_type input_type(const data_type& type) {
  return is_bytes(type) ? data_type::bytes() : data_type::string();
}

template <algorithm_source Algorithm>
result<scalar_overload> resolve_digest(const call_site& site) {
  MILLRACE_CHECK(expect_arguments(site, 1, 1));
  if (!takes_text(site.types[0]) && !is_bytes(site.types[0]))
    return wrong_types(site, std::string(site.name) + "(string)");
  return strict({input_type(site.types[0])}, data_type::string(), site, digest<Algorithm>);
}

result<scalar_overload> resolve_sha2(const call_site& site) {
  MILLRACE_CHECK(expect_arguments(site, 2, 2));
  if ((!takes_text(site.types[0]) && !is_bytes(site.types[0])) || !takes_integer(site.types[1]))
    return wrong_types(site, "SHA2(string, bits)");
  auto o =
      strict({input_type(site.types[0]), of(type_id::integer)}, data_type::string(), site, sha2);
  o.can_fail = true;
  return o;
}

constexpr std::string_view family = "hash";

constexpr scalar_function table[] = {
    {"MD5", family, "MD5(string)", "The MD5 digest in 32 hex digits.", resolve_digest<EVP_md5>},
    {"SHA1", family, "SHA1(string)", "The SHA-1 digest in hex digits.", resolve_digest<EVP_sha1>},
    {"SHA224", family, "SHA224(string)", "The SHA-224 digest in hex digits.",
     resolve_digest<EVP_sha224>},
    {"SHA256", family, "SHA256(string)", "The SHA-256 digest in hex digits.",
     resolve_digest<EVP_sha256>},
    {"SHA384", family, "SHA384(string)", "The SHA-384 digest in hex digits.",
     resolve_digest<EVP_sha384>},
    {"SHA512", family, "SHA512(string)", "The SHA-512 digest in hex digits.",
     resolve_digest<EVP_sha512>},
    {"SHA2", family, "SHA2(string, bits)", "The SHA-2 digest of 224, 256, 384 or 512 bits.",
     resolve_sha2},
    {"$HASH_BUCKET", family, "$HASH_BUCKET(value, buckets)",
     "Which part of all values a value lies in; made by the planner.", resolve_hash_bucket},
};

}  // namespace

std::span<const scalar_function> hash_functions() { return table; }

}  // namespace millrace::expr
