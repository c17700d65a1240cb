#pragma once

#include "core/connectors/connector.hpp"

namespace millrace::connectors::blackhole {

/// `'connector' = 'blackhole'`: takes every row and forgets it.
extern const connector blackhole_connector;

}  // namespace millrace::connectors::blackhole
