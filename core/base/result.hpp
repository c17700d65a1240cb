#pragma once

#include "core/base/error.hpp"

#include <memory>
#include <type_traits>
#include <utility>
#include <variant>

namespace millrace {

/// A value or the error that kept it from being made. The error is boxed: a result is as small as
/// its value. Built from either; asking for the wrong one is a bug and ends the process.
template <class T>
class [[nodiscard]] result {
 public:
  result(T value) : held_(std::in_place_index<0>, std::move(value)) {}
  result(millrace::error e)
      : held_(std::in_place_index<1>, std::make_unique<millrace::error>(std::move(e))) {}
  template <class U>
    requires(std::is_convertible_v<U, T> && !std::is_same_v<std::remove_cvref_t<U>, T> &&
             !std::is_same_v<std::remove_cvref_t<U>, millrace::error> &&
             !std::is_same_v<std::remove_cvref_t<U>, result>)
  result(U&& value) : held_(std::in_place_index<0>, T(std::forward<U>(value))) {}

  [[nodiscard]] bool ok() const noexcept { return held_.index() == 0; }
  explicit operator bool() const noexcept { return ok(); }
  [[nodiscard]] T& value() & { return std::get<0>(held_); }
  [[nodiscard]] const T& value() const& { return std::get<0>(held_); }
  [[nodiscard]] T&& value() && { return std::get<0>(std::move(held_)); }
  T& operator*() & { return value(); }
  const T& operator*() const& { return value(); }
  T* operator->() { return &value(); }
  const T* operator->() const { return &value(); }
  [[nodiscard]] const millrace::error& error() const& { return *std::get<1>(held_); }
  [[nodiscard]] millrace::error take_error() { return std::move(*std::get<1>(held_)); }

 private:
  std::variant<T, std::unique_ptr<millrace::error>> held_;
};

/// Success without a value, or an error.
template <>
class [[nodiscard]] result<void> {
 public:
  result() = default;
  result(millrace::error e) : error_(std::make_unique<millrace::error>(std::move(e))) {}
  [[nodiscard]] bool ok() const noexcept { return error_ == nullptr; }
  explicit operator bool() const noexcept { return ok(); }
  [[nodiscard]] const millrace::error& error() const& { return *error_; }
  [[nodiscard]] millrace::error take_error() { return std::move(*error_); }

 private:
  std::unique_ptr<millrace::error> error_;
};

/// An error without a place; `hint` says what to do next.
[[nodiscard]] inline error make_error(errc code, std::string message, std::string hint = {}) {
  return {code, std::move(message), std::move(hint), std::nullopt};
}
/// An error at a place of the user's text.
[[nodiscard]] inline error make_error(errc code, text_position at, std::string message,
                                      std::string hint = {}) {
  return {code, std::move(message), std::move(hint), at};
}

}  // namespace millrace

#define MILLRACE_CONCAT_(a, b) a##b
#define MILLRACE_CONCAT(a, b) MILLRACE_CONCAT_(a, b)
/// `MILLRACE_TRY(auto x, f());` declares x with the value or returns the error of f.
#define MILLRACE_TRY(declaration, expression)                   \
  auto MILLRACE_CONCAT(try_result_, __LINE__) = (expression);   \
  if (!MILLRACE_CONCAT(try_result_, __LINE__).ok())             \
    return MILLRACE_CONCAT(try_result_, __LINE__).take_error(); \
  declaration = std::move(MILLRACE_CONCAT(try_result_, __LINE__)).value()
/// Returns the error of a `result<void>`, goes on otherwise.
#define MILLRACE_CHECK(expression)                                                                 \
  do {                                                                                             \
    if (auto check_result_ = (expression); !check_result_.ok()) return check_result_.take_error(); \
  } while (false)
