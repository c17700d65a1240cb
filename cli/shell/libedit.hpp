#pragma once

#include "core/base/result.hpp"

#include <histedit.h>

namespace millrace::cli {

/// The functions of libedit that are used, found in the library when a shell opens: linked, it
/// would cost every command its loading (ADR 0014). Lives as long as the process.
struct libedit {
  decltype(&el_init) init = nullptr;
  decltype(&el_end) end = nullptr;
  decltype(&el_set) set = nullptr;
  decltype(&el_get) get = nullptr;
  decltype(&el_gets) gets = nullptr;
  decltype(&el_line) line = nullptr;
  decltype(&el_insertstr) insert = nullptr;
  decltype(&el_deletestr) erase = nullptr;
  decltype(&el_cursor) move = nullptr;
  decltype(&el_push) push = nullptr;
  decltype(&el_resize) resize = nullptr;
  decltype(&history) history_call = nullptr;
  decltype(&history_init) history_init_call = nullptr;
  decltype(&history_end) history_end_call = nullptr;

  /// Loads it once. Errors: 1005 when it is not installed.
  [[nodiscard]] static result<const libedit*> load();
};

}  // namespace millrace::cli
