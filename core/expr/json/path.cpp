#include "core/expr/json/path.hpp"

#include <algorithm>
#include <charconv>

namespace millrace::expr {

/// Reads one path from left to right.
class json_path_parser {
 public:
  explicit json_path_parser(std::string_view text) : text_(text), rest_(text) {}

  result<json_path> parse() {
    take_mode();
    skip_blanks();
    if (!rest_.empty() && rest_.back() == ' ')
      rest_ = rest_.substr(0, rest_.find_last_not_of(' ') + 1);
    // A path may leave out the root: `a.b` is `$.a.b`.
    if (!accept("$")) {
      if (rest_.empty()) return bad("it is empty");
      MILLRACE_CHECK(take_name());
    }
    while (!rest_.empty()) MILLRACE_CHECK(take_step());
    return std::move(path_);
  }

 private:
  using kind = json_path::step_kind;

  error bad(std::string_view why) const {
    return make_error(errc::runtime_bad_argument,
                      "bad JSON path '" + std::string(text_) + "': " + std::string(why),
                      "Paths are written like 'lax $.a[0].b'.");
  }
  bool accept(std::string_view word) {
    if (!rest_.starts_with(word)) return false;
    rest_.remove_prefix(word.size());
    return true;
  }
  void skip_blanks() {
    const auto at = rest_.find_first_not_of(" \t\n\r");
    rest_.remove_prefix(at == std::string_view::npos ? rest_.size() : at);
  }

  void take_mode() {
    skip_blanks();
    for (const std::string_view word : {"lax", "strict"}) {
      if (rest_.size() <= word.size() || rest_[word.size()] != ' ') continue;
      const bool same = std::equal(word.begin(), word.end(), rest_.begin(),
                                   [](char a, char b) { return a == (b | 0x20); });
      if (!same) continue;
      path_.lax_ = word == "lax";
      rest_.remove_prefix(word.size());
      return;
    }
  }

  void add(json_path::step step) {
    const bool many =
        step.kind != kind::member && (step.kind != kind::elements || step.elements.size() != 1);
    path_.definite_ &= !many;
    path_.steps_.push_back(std::move(step));
  }

  result<void> take_step() {
    if (accept("..")) {
      add({kind::descendants, {}, {}});
      if (rest_.starts_with("[")) return {};
      return take_name();
    }
    if (accept(".")) return rest_.starts_with("[") ? result<void>{} : take_name();
    if (accept("[")) return take_brackets();
    return bad("'" + std::string(rest_.substr(0, 1)) + "' stands where '.' or '[' should");
  }

  result<void> take_name() {
    if (accept("*")) {
      add({kind::children, {}, {}});
      return {};
    }
    const auto name = rest_.substr(0, rest_.find_first_of(".[ ("));
    rest_.remove_prefix(name.size());
    if (name.empty()) return bad("a name is missing");
    if (rest_.starts_with("(")) return bad("functions are not supported");
    if (rest_.starts_with(" ")) return bad("a name with a blank is written ['a b']");
    add({kind::member, std::string(name), {}});
    return {};
  }

  result<void> take_brackets() {
    skip_blanks();
    if (rest_.starts_with("?")) return bad("filters are not supported");
    if (accept("*"))
      add({kind::children, {}, {}});
    else if (rest_.starts_with("'") || rest_.starts_with("\""))
      MILLRACE_CHECK(take_quoted());
    else
      MILLRACE_CHECK(take_indices());
    skip_blanks();
    return accept("]") ? result<void>{} : bad("']' is missing");
  }

  result<void> take_quoted() {
    const char quote = rest_[0];
    std::string name;
    for (std::size_t i = 1; i < rest_.size(); ++i) {
      if (rest_[i] == quote) {
        rest_.remove_prefix(i + 1);
        skip_blanks();
        if (rest_.starts_with(",")) return bad("several names in brackets are not supported");
        add({kind::member, std::move(name), {}});
        return {};
      }
      if (rest_[i] == '\\' && i + 1 < rest_.size()) ++i;
      name += rest_[i];
    }
    return bad("a quote is missing");
  }

  bool take_number(std::int64_t& into) {
    skip_blanks();
    const auto [end, code] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), into);
    if (code != std::errc()) return false;
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    skip_blanks();
    return true;
  }

  result<void> take_indices() {
    json_path::step step{kind::elements, {}, {}};
    std::int64_t number = 0;
    const bool given = take_number(number);
    if (accept(":")) {
      step.kind = kind::range;
      step.begin = given ? number : 0;
      if (take_number(number)) step.end = number;
    } else if (!given) {
      return bad("brackets hold a quoted name, an index or *");
    } else {
      step.elements.push_back(number);
      while (accept(",")) {
        if (!take_number(number)) return bad("an index is missing");
        step.elements.push_back(number);
      }
    }
    add(std::move(step));
    return {};
  }

  std::string_view text_;
  std::string_view rest_;
  json_path path_;
};

result<json_path> json_path::make(std::string_view text) { return json_path_parser(text).parse(); }

void json_path::select(const json_document& document, std::vector<std::uint32_t>& found) const {
  follow(document, 0, 0, found);
}

void json_path::follow_range(const json_document& document, std::uint32_t node,
                             std::size_t position, std::vector<std::uint32_t>& found) const {
  const auto& s = steps_[position];
  const std::int64_t size = document.node(node).children;
  const std::int64_t begin = std::max<std::int64_t>(s.begin < 0 ? s.begin + size : s.begin, 0);
  const std::int64_t end = std::min(s.end < 0 ? s.end + size : s.end, size);
  for (std::int64_t i = begin; i < end; ++i)
    follow(document, document.element(node, i), position + 1, found);
}

void json_path::follow(const json_document& document, std::uint32_t node, std::size_t position,
                       std::vector<std::uint32_t>& found) const {
  if (position == steps_.size()) {
    found.push_back(node);
    return;
  }
  const auto& s = steps_[position];
  const json_node& at = document.node(node);
  const bool array = at.kind == json_kind::array;
  switch (s.kind) {
    case step_kind::member:
      if (at.kind != json_kind::object) return;
      if (const auto child = document.member(node, s.name); child != 0)
        follow(document, child, position + 1, found);
      return;
    case step_kind::elements:
      for (const auto index : s.elements)
        if (const auto child = array ? document.element(node, index) : 0U; child != 0)
          follow(document, child, position + 1, found);
      return;
    case step_kind::range:
      if (array) follow_range(document, node, position, found);
      return;
    case step_kind::descendants: follow(document, node, position + 1, found); [[fallthrough]];
    case step_kind::children:
      for (auto child = at.first_child; child != 0; child = document.node(child).next)
        follow(document, child, s.kind == step_kind::descendants ? position : position + 1, found);
      return;
  }
}

}  // namespace millrace::expr
