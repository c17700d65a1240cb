#include "core/base/clock.hpp"

#include <chrono>

namespace millrace {
namespace {

class real_clock final : public clock {
 public:
  timestamp_ms now() const override {
    return since<std::chrono::milliseconds>(std::chrono::system_clock::now());
  }
  std::int64_t steady_us() const override {
    return since<std::chrono::microseconds>(std::chrono::steady_clock::now());
  }

 private:
  template <class Unit, class TimePoint>
  static std::int64_t since(TimePoint t) {
    return std::chrono::duration_cast<Unit>(t.time_since_epoch()).count();
  }
};

}  // namespace

const clock& system_clock() {
  static const real_clock instance;
  return instance;
}

}  // namespace millrace
