#pragma once

#include <memory>
#include <utility>

namespace millrace::sql {

/// An owning pointer whose copy is a deep copy; may be empty. What the syntax tree hangs together
/// with: copying a node clones everything below it, so trees need no clone functions of their own.
/// `T` may be incomplete where the box is declared.
template <class T>
class box {
 public:
  box() = default;
  box(T value) : held_(std::make_unique<T>(std::move(value))) {}
  box(const box& other) : held_(other.held_ ? std::make_unique<T>(*other.held_) : nullptr) {}
  box(box&&) noexcept = default;
  box& operator=(const box& other) {
    if (this != &other) held_ = other.held_ ? std::make_unique<T>(*other.held_) : nullptr;
    return *this;
  }
  box& operator=(box&&) noexcept = default;
  ~box() = default;

  explicit operator bool() const noexcept { return held_ != nullptr; }
  T& operator*() { return *held_; }
  const T& operator*() const { return *held_; }
  T* operator->() { return held_.get(); }
  const T* operator->() const { return held_.get(); }
  /// Null when empty.
  [[nodiscard]] const T* get() const noexcept { return held_.get(); }
  [[nodiscard]] T* get() noexcept { return held_.get(); }

 private:
  std::unique_ptr<T> held_;
};

}  // namespace millrace::sql
