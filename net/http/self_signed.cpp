#include "net/http/self_signed.hpp"

#include <arpa/inet.h>
#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <memory>

namespace millrace::net {

namespace {

constexpr long seconds_per_day = 24L * 60 * 60;
constexpr int days = 3650;
constexpr int serial_bits = 127;
constexpr std::size_t longest_common_name = 64;  // RFC 5280, ub-common-name

struct deleter {
  void operator()(X509* x) const { X509_free(x); }
  void operator()(EVP_PKEY* k) const { EVP_PKEY_free(k); }
  void operator()(BIO* b) const { BIO_free(b); }
  void operator()(BIGNUM* n) const { BN_free(n); }
  void operator()(X509_EXTENSION* e) const { X509_EXTENSION_free(e); }
};
template <class T>
using owned = std::unique_ptr<T, deleter>;

bool is_address(const std::string& host) {
  std::array<unsigned char, sizeof(in6_addr)> bytes;
  return inet_pton(AF_INET, host.c_str(), bytes.data()) == 1 ||
         inet_pton(AF_INET6, host.c_str(), bytes.data()) == 1;
}

// OpenSSL reads names as a list with commas.
bool is_host(const std::string& host) {
  return !host.empty() && host.size() <= 253 && std::ranges::all_of(host, [](unsigned char c) {
    return std::isalnum(c) != 0 || c == '.' || c == '-' || c == ':' || c == '*';
  });
}

result<std::string> names_of(const std::vector<std::string>& hosts) {
  std::string names;
  for (const std::string& host : hosts) {
    if (!is_host(host)) {
      return make_error(errc::config_bad_value, "'" + host + "' is no host",
                        "name it as clients will, such as millrace.example.com or 10.0.0.5");
    }
    names += (names.empty() ? "" : ",") + std::string(is_address(host) ? "IP:" : "DNS:") + host;
  }
  return names;
}

bool extend(X509* certificate, int what, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  const owned<X509_EXTENSION> one(X509V3_EXT_conf_nid(nullptr, &context, what, value.c_str()));
  return one && X509_add_ext(certificate, one.get(), -1) == 1;
}

bool number(X509* certificate) {
  const owned<BIGNUM> serial(BN_new());
  return serial && BN_rand(serial.get(), serial_bits, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY) == 1 &&
         BN_to_ASN1_INTEGER(serial.get(), X509_get_serialNumber(certificate)) != nullptr;
}

bool name(X509* certificate, const std::string& host) {
  const std::string shown = host.size() <= longest_common_name ? host : "millrace";
  X509_NAME* subject = X509_get_subject_name(certificate);
  const auto* text = reinterpret_cast<const unsigned char*>(shown.c_str());
  return X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, text, -1, -1, 0) == 1 &&
         X509_set_issuer_name(certificate, subject) == 1;
}

bool date(X509* certificate) {
  return X509_gmtime_adj(X509_getm_notBefore(certificate), -seconds_per_day) != nullptr &&
         X509_gmtime_adj(X509_getm_notAfter(certificate), days * seconds_per_day) != nullptr;
}

std::string text_of(BIO* from) {
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(from, &bytes);
  return {bytes, static_cast<std::size_t>(size)};
}

}  // namespace

result<certificate_texts> make_certificate(const std::vector<std::string>& hosts) {
  MILLRACE_TRY(const std::string names, names_of(hosts));
  if (names.empty()) return make_error(errc::config_bad_value, "a certificate needs a host");
  const owned<EVP_PKEY> key(EVP_EC_gen("P-256"));
  const owned<X509> made(X509_new());
  const owned<BIO> certificate(BIO_new(BIO_s_mem()));
  const owned<BIO> secret(BIO_new(BIO_s_mem()));
  X509* x = made.get();
  const bool done =
      key && x != nullptr && X509_set_version(x, 2) == 1 && number(x) && name(x, hosts.front()) &&
      date(x) && X509_set_pubkey(x, key.get()) == 1 && extend(x, NID_subject_alt_name, names) &&
      extend(x, NID_basic_constraints, "critical,CA:FALSE") &&
      extend(x, NID_ext_key_usage, "serverAuth") && X509_sign(x, key.get(), EVP_sha256()) > 0 &&
      PEM_write_bio_X509(certificate.get(), x) == 1 &&
      PEM_write_bio_PrivateKey(secret.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1;
  if (!done) return make_error(errc::internal, "OpenSSL makes no certificate for " + names);
  return certificate_texts{text_of(certificate.get()), text_of(secret.get())};
}

}  // namespace millrace::net
