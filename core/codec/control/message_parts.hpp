#pragma once

#include "core/base/result.hpp"
#include "core/coordination/control_messages.hpp"

#include <capnp/blob.h>
#include <schemas/control.capnp.h>

#include <string>
#include <string_view>

namespace millrace::codec {

// What control messages and kept jobs have in common. Cap'n Proto's exceptions pass through.

[[nodiscard]] inline ::capnp::Text::Reader text(const std::string& s) {
  return {s.c_str(), s.size()};
}
[[nodiscard]] inline ::capnp::Data::Reader blob(std::string_view s) {
  return {reinterpret_cast<const kj::byte*>(s.data()), s.size()};
}
[[nodiscard]] inline std::string text(::capnp::Text::Reader from) {
  return {from.begin(), from.size()};
}
[[nodiscard]] inline std::string blob(::capnp::Data::Reader from) {
  return {reinterpret_cast<const char*>(from.begin()), from.size()};
}

void write_failure(wire::Failure::Builder to, const error& e);
/// A number that is not known becomes `internal`.
[[nodiscard]] error read_failure(wire::Failure::Reader from);

void write_definition(wire::JobDefinition::Builder to, const coordination::job_definition& job);
/// Errors: 5001, 5002.
[[nodiscard]] result<coordination::job_definition> read_definition(
    wire::JobDefinition::Reader from);

}  // namespace millrace::codec
