#pragma once

#include "core/connectors/feed/feed.hpp"
#include "core/connectors/source.hpp"

#include <memory>

namespace millrace::connectors::feed {

/// One split that replays a queue from its position (`element,row`) and waits for more until it is
/// closed.
[[nodiscard]] std::unique_ptr<source> make_queue_source(const plan::source_spec& spec,
                                                        std::shared_ptr<feed_queue> queue,
                                                        bool bounded);

/// A queue of its own, without a name.
[[nodiscard]] std::shared_ptr<feed_queue> make_queue();

}  // namespace millrace::connectors::feed
