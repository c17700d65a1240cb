#pragma once

#include "core/connectors/connector.hpp"

namespace millrace::connectors::feed {

/// `'connector' = 'feed'`: rows that tests push into a `feed_queue`.
extern const connector feed_connector;
/// `'connector' = 'values'`: rows that stand in the table's options.
extern const connector values_connector;

}  // namespace millrace::connectors::feed
