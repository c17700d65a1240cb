#include "net/transport/cluster_keys.hpp"

#include <zmq.h>

#include <array>

namespace millrace::net {

namespace {

constexpr std::size_t key_letters = 40;
using key_text = std::array<char, key_letters + 1>;

result<void> check_curve() {
  if (zmq_has("curve") == 1) return {};
  return make_error(errc::config_bad_value, "this libzmq cannot encrypt links",
                    "install one that was built with CURVE, as Debian's libzmq5 is");
}

}  // namespace

result<cluster_keys> make_cluster_keys() {
  MILLRACE_CHECK(check_curve());
  key_text open;
  key_text secret;
  if (zmq_curve_keypair(open.data(), secret.data()) != 0) {
    return make_error(errc::internal, std::string("no keys: ") + zmq_strerror(zmq_errno()));
  }
  return cluster_keys{secret.data(), open.data()};
}

result<cluster_keys> keys_of(const std::string& secret) {
  MILLRACE_CHECK(check_curve());
  key_text open;
  if (secret.size() == key_letters && zmq_curve_public(open.data(), secret.c_str()) == 0) {
    return cluster_keys{secret, open.data()};
  }
  return make_error(errc::config_bad_value, "the cluster's key is damaged",
                    "millrace keygen writes one of 40 letters; copy its file as it is");
}

}  // namespace millrace::net
