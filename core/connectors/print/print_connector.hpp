#pragma once

#include "core/connectors/connector.hpp"

namespace millrace::connectors::print {

/// `'connector' = 'print'`: a line a row on standard output.
extern const connector print_connector;

}  // namespace millrace::connectors::print
