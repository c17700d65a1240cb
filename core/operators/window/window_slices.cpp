#include "core/operators/window/window_slices.hpp"

#include <numeric>

namespace millrace::operators {
namespace {

// The remainder that is never negative.
std::int64_t modulo(std::int64_t value, std::int64_t by) {
  const std::int64_t rest = value % by;
  return rest < 0 ? rest + by : rest;
}

}  // namespace

window_slices::window_slices(const plan::window_spec& w)
    : kind_(w.kind),
      size_(w.size),
      step_(w.kind == plan::window_kind::tumble ? w.size : w.slide),
      width_(w.kind == plan::window_kind::hop ? std::gcd(w.size, w.slide) : step_),
      offset_(w.offset) {}

timestamp_ms window_slices::slice_of(timestamp_ms t) const {
  return t - modulo(t - offset_, width_) + width_;
}

timestamp_ms window_slices::first_window(timestamp_ms slice) const {
  if (kind_ != plan::window_kind::hop) return slice;
  return slice + modulo(offset_ + size_ - slice, step_);
}

timestamp_ms window_slices::last_window(timestamp_ms slice) const {
  switch (kind_) {
    case plan::window_kind::hop: {
      const timestamp_ms latest = slice - width_ + size_;
      return latest - modulo(latest - offset_ - size_, step_);
    }
    case plan::window_kind::cumulate: return window_start(slice) + size_;
    default: return slice;
  }
}

timestamp_ms window_slices::window_start(timestamp_ms end) const {
  if (kind_ != plan::window_kind::cumulate) return end - size_;
  return end - 1 - modulo(end - 1 - offset_, size_);
}

}  // namespace millrace::operators
