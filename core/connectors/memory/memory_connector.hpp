#pragma once

#include "core/connectors/connector.hpp"

namespace millrace::connectors::memory {

/// `'connector' = 'memory'`: batches made once and given by reference, for benchmarks.
extern const connector memory_connector;

}  // namespace millrace::connectors::memory
