#pragma once

#include "core/base/config.hpp"

#include <cstdint>
#include <string_view>

namespace millrace::plan {

/// The time to live that a node's hint of that name sets; `usual` where there is none. The binder
/// has checked the value.
[[nodiscard]] inline std::int64_t hinted_ttl_ms(const option_map& hints, std::string_view name,
                                                std::int64_t usual) {
  const auto ttl = option_reader(hints).duration_ms(name, usual);
  return ttl.ok() ? *ttl : usual;
}

}  // namespace millrace::plan
