#pragma once

#include "core/data/element.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace millrace::connectors::feed {

/// A named queue in this process that a table `'connector' = 'feed', 'feed.name' = '...'` reads:
/// how tests put rows into a running job. Rows are kept, so that a restarted reader replays them
/// from its position. Thread safe.
class feed_queue {
 public:
  virtual ~feed_queue() = default;
  /// Rows of all the table's physical columns, or a watermark behind the rows before it (other
  /// elements are ignored).
  virtual void push(data::element what) = 0;
  /// Nothing will come behind what was pushed: readers end.
  virtual void close() = 0;
  /// Elements pushed so far.
  [[nodiscard]] virtual std::size_t size() const = 0;
  [[nodiscard]] virtual bool closed() const = 0;
  /// The element at `index`; none if it is not there yet.
  [[nodiscard]] virtual std::optional<data::element> at(std::size_t index) const = 0;
  /// Calls `wake` after each push and close until the returned guard is gone.
  [[nodiscard]] virtual std::shared_ptr<void> listen(std::function<void()> wake) = 0;
};

/// The queue of that name, made empty by the first who asks.
[[nodiscard]] std::shared_ptr<feed_queue> open_feed(const std::string& name);
/// Forgets the queue; who holds it keeps it.
void drop_feed(const std::string& name);

}  // namespace millrace::connectors::feed
