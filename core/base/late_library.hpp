#pragma once

#include <string>

namespace millrace {

/// A shared library that is loaded when it is needed first: linked, it would cost every start of
/// the program its loading. Stays loaded as long as the process, for such libraries start threads.
class late_library {
 public:
  /// `file`: as for dlopen, which looks for it in the system's folders.
  explicit late_library(const char* file);

  /// Sets `to` to the function of that name, or to null.
  template <class Function>
  void find(const char* name, Function& to) {
    to = reinterpret_cast<Function>(symbol(name));
  }

  /// Why the library cannot be used: it is not there, or lacks what was looked for. Empty: it can.
  [[nodiscard]] const std::string& trouble() const { return trouble_; }

 private:
  void* symbol(const char* name);

  void* handle_;
  std::string trouble_;
};

}  // namespace millrace
