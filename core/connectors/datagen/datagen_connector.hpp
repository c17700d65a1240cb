#pragma once

#include "core/connectors/connector.hpp"

namespace millrace::connectors::datagen {

/// `'connector' = 'datagen'`: random or sequential values, as in Flink.
extern const connector datagen_connector;

}  // namespace millrace::connectors::datagen
