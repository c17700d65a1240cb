#include "tests/support/slt/script.hpp"

#include <fmt/format.h>

#include <sstream>

namespace millrace::testing {
namespace {

using kind = slt_step::kind;

class script_parser {
 public:
  explicit script_parser(std::string_view text) {
    std::istringstream in{std::string(text)};
    for (std::string line; std::getline(in, line);) lines_.push_back(line);
  }

  result<slt_script> parse() {
    while (at_ < lines_.size()) {
      const std::string& line = lines_[at_];
      if (line.starts_with("# name:")) script_.name = line.substr(7);
      if (line.empty() || line[0] == '#') {
        order_sensitive_ |= line == "# order-sensitive";
        ++at_;
        continue;
      }
      MILLRACE_CHECK(directive());
    }
    return std::move(script_);
  }

 private:
  result<void> directive() {
    slt_step step;
    step.line = static_cast<std::uint32_t>(at_ + 1);
    std::istringstream words(lines_[at_++]);
    std::string verb, first, second;
    words >> verb >> first >> second;
    if (verb == "statement") {
      step.what = first == "ok" ? kind::statement_ok : kind::statement_error;
      if (!second.empty()) step.error_code = static_cast<std::uint16_t>(std::stoi(second));
      step.sql = block("");
    } else if (verb == "query") {
      step.what = kind::query;
      step.row_sort = second == "rowsort";
      step.order_sensitive = std::exchange(order_sensitive_, false);
      step.sql = block("----");
      step.expected = rest();
    } else if (verb == "explain") {
      step.what = kind::explain;
      step.sql = block("----");
      step.expected = rest();
    } else if (verb == "feed") {
      step.what = kind::feed;
      step.table = first;
      step.text = block("");
    } else if (verb == "watermark") {
      step.what = kind::watermark;
      step.table = first;
      std::getline(words >> std::ws, step.text);
      step.text = second + (step.text.empty() ? "" : " " + step.text);
    } else if (verb == "barrier") {
      step.what = kind::barrier;
    } else if (verb == "crash") {
      step.what = kind::crash;
    } else if (verb == "restart") {
      step.what = kind::restart;
      if (first.starts_with("parallelism=")) {
        step.parallelism = static_cast<std::uint32_t>(std::stoul(first.substr(12)));
      }
    } else {
      return make_error(errc::sql_bad_token, text_position{step.line, 1, 1},
                        fmt::format("no directive '{}'", verb));
    }
    script_.steps.push_back(std::move(step));
    return {};
  }

  // Lines up to an empty one, or up to `end` where that is given.
  std::string block(std::string_view end) {
    std::string out;
    while (at_ < lines_.size() && lines_[at_] != end) out += lines_[at_++] + "\n";
    ++at_;
    return out;
  }

  std::vector<std::string> rest() {
    std::vector<std::string> out;
    while (at_ < lines_.size() && !lines_[at_].empty()) out.push_back(lines_[at_++]);
    return out;
  }

  std::vector<std::string> lines_;
  std::size_t at_ = 0;
  bool order_sensitive_ = false;
  slt_script script_;
};

}  // namespace

result<slt_script> parse_slt(std::string_view text) { return script_parser(text).parse(); }

}  // namespace millrace::testing
