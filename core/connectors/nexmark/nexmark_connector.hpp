#pragma once

#include "core/connectors/connector.hpp"

namespace millrace::connectors::nexmark {

/// `'connector' = 'nexmark'`: auction events of the Nexmark benchmark.
extern const connector nexmark_connector;

/// The source of table `spec.table`; its options are those of `generator_config`. Errors: 2032.
[[nodiscard]] result<std::unique_ptr<source>> make_source(const plan::source_spec& spec,
                                                          const option_map& session);

}  // namespace millrace::connectors::nexmark
