#include "cli/shell/libedit.hpp"

#include "core/base/late_library.hpp"

#include <string>

namespace millrace::cli {

namespace {

error not_usable(const std::string& why) {
  return make_error(errc::config_bad_usage, "the shell needs libedit: " + why,
                    "install libedit2, or give the statements as a file or through a pipe");
}

result<libedit> open_library() {
  libedit out;
  late_library in("libedit.so.2");
  in.find("el_init", out.init);
  in.find("el_end", out.end);
  in.find("el_set", out.set);
  in.find("el_get", out.get);
  in.find("el_gets", out.gets);
  in.find("el_line", out.line);
  in.find("el_insertstr", out.insert);
  in.find("el_deletestr", out.erase);
  in.find("el_cursor", out.move);
  in.find("el_push", out.push);
  in.find("el_resize", out.resize);
  in.find("history", out.history_call);
  in.find("history_init", out.history_init_call);
  in.find("history_end", out.history_end_call);
  if (!in.trouble().empty()) return not_usable(in.trouble());
  return out;
}

}  // namespace

result<const libedit*> libedit::load() {
  static const result<libedit> library = open_library();
  if (!library) return library.error();
  return &library.value();
}

}  // namespace millrace::cli
