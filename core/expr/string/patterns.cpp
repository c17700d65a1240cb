#include "core/expr/string/patterns.hpp"

#include "core/expr/string/utf8.hpp"

#include <re2/re2.h>

#include <algorithm>

namespace millrace::expr {
namespace {

error bad_escape(std::string_view pattern) {
  return make_error(errc::runtime_bad_argument,
                    "bad escape in the pattern '" + std::string(pattern) + "'",
                    "The escape is one character and stands before %, _ or itself.");
}

std::size_t size_at(std::string_view s, std::size_t at) {
  return std::min(character_size(s[at]), s.size() - at);
}

}  // namespace

result<like_pattern> like_pattern::make(std::string_view pattern, std::string_view escape) {
  if (escape.size() > 1) return bad_escape(pattern);
  like_pattern out;
  for (std::size_t i = 0; i < pattern.size();) {
    const char c = pattern[i];
    if (!escape.empty() && c == escape[0]) {
      if (i + 1 >= pattern.size()) return bad_escape(pattern);
      const char next = pattern[i + 1];
      if (next != '%' && next != '_' && next != c) return bad_escape(pattern);
      out.elements_.push_back({'c', std::string(1, next)});
      i += 2;
    } else if (c == '%' || c == '_') {
      if (c == '_' || out.elements_.empty() || out.elements_.back().kind != '%')
        out.elements_.push_back({c, {}});
      ++i;
    } else {
      const auto size = size_at(pattern, i);
      out.elements_.push_back({'c', std::string(pattern.substr(i, size))});
      i += size;
    }
  }
  // The usual shapes are plain searches.
  const auto& e = out.elements_;
  const bool head = !e.empty() && e.front().kind == '%';
  const bool tail = !e.empty() && e.back().kind == '%';
  const std::size_t begin = head ? 1 : 0, end = e.size() - (tail && e.size() > begin ? 1 : 0);
  for (std::size_t i = begin; i < end; ++i) {
    if (e[i].kind != 'c') return out;
    out.literal_ += e[i].bytes;
  }
  if (head && e.size() == 1)
    out.form_ = form::contains;
  else if (head && tail)
    out.form_ = form::contains;
  else if (head)
    out.form_ = form::suffix;
  else if (tail)
    out.form_ = form::prefix;
  else
    out.form_ = form::exact;
  return out;
}

bool like_pattern::matches(std::string_view text) const {
  switch (form_) {
    case form::exact: return text == literal_;
    case form::prefix: return text.starts_with(literal_);
    case form::suffix: return text.ends_with(literal_);
    case form::contains: return text.find(literal_) != std::string_view::npos;
    case form::general: break;
  }
  // Greedy with one way back: to the last '%', one character further on.
  std::size_t at = 0, e = 0, star = elements_.size(), star_at = 0;
  while (at < text.size()) {
    if (e < elements_.size() && elements_[e].kind == '%') {
      star = e++;
      star_at = at;
    } else if (e < elements_.size() && elements_[e].kind == '_') {
      at += size_at(text, at);
      ++e;
    } else if (e < elements_.size() && text.substr(at).starts_with(elements_[e].bytes)) {
      at += elements_[e].bytes.size();
      ++e;
    } else if (star < elements_.size()) {
      star_at += size_at(text, star_at);
      at = star_at;
      e = star + 1;
    } else {
      return false;
    }
  }
  while (e < elements_.size() && elements_[e].kind == '%') ++e;
  return e == elements_.size();
}

result<std::shared_ptr<const re2::RE2>> compile_regex(std::string_view pattern) {
  re2::RE2::Options options(re2::RE2::Quiet);
  auto regex =
      std::make_shared<const re2::RE2>(re2::StringPiece(pattern.data(), pattern.size()), options);
  if (regex->ok()) return regex;
  return make_error(errc::runtime_bad_argument,
                    "bad regular expression '" + std::string(pattern) + "': " + regex->error(),
                    "Look-around and back references of Java's expressions are not supported.");
}

result<std::string> similar_to_regex(std::string_view pattern, std::string_view escape) {
  if (escape.size() > 1) return bad_escape(pattern);
  static constexpr std::string_view plain_specials = "\\.^$";
  std::string out = "(?s:";
  bool in_class = false;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const char c = pattern[i];
    if (!escape.empty() && c == escape[0]) {
      if (++i >= pattern.size()) return bad_escape(pattern);
      out += re2::RE2::QuoteMeta(re2::StringPiece(&pattern[i], 1));
    } else if (in_class) {
      in_class = c != ']';
      out += c == '\\' ? std::string("\\\\") : std::string(1, c);
    } else if (c == '%') {
      out += ".*";
    } else if (c == '_') {
      out += '.';
    } else if (plain_specials.find(c) != std::string_view::npos) {
      out += '\\';
      out += c;
    } else {
      in_class = c == '[';
      out += c;
    }
  }
  return out + ")";
}

}  // namespace millrace::expr
