#pragma once

// Cap'n Proto 0.9 leaves these out in C++20 and relies on rewritten comparisons, which clang 16
// does not form for a class that declares operator!= (P2468). Included by force, for clang only.

#include <kj/string.h>

namespace kj {

inline bool operator==(const char* a, const StringPtr& b) { return b.operator==(StringPtr(a)); }
inline bool operator!=(const char* a, const StringPtr& b) { return !(a == b); }

}  // namespace kj
