#include "net/http/access_token.hpp"

#include <cstddef>

namespace millrace::net {

namespace {

// Every byte is looked at, whatever the first difference.
bool same(std::string_view given, std::string_view wanted) {
  unsigned difference = given.size() == wanted.size() && !wanted.empty() ? 0 : 1;
  for (std::size_t i = 0; i < given.size() && !wanted.empty(); ++i) {
    difference |= static_cast<unsigned char>(given[i] ^ wanted[i % wanted.size()]);
  }
  return difference == 0;
}

}  // namespace

const access_token* find_token(std::span<const access_token> tokens, std::string_view value) {
  const access_token* found = nullptr;
  for (const access_token& token : tokens) {
    if (same(value, token.value)) found = &token;
  }
  return found;
}

}  // namespace millrace::net
