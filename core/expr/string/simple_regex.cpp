#include "core/expr/string/simple_regex.hpp"

#include "core/expr/string/utf8.hpp"

#include <algorithm>
#include <cstring>

namespace millrace::expr {
namespace {

constexpr std::size_t unbounded = SIZE_MAX / 4;
constexpr std::size_t most_instructions = 200;
constexpr std::size_t most_groups = 9;

bool is_special(char c) {
  return std::string_view("\\^$.|?*+()[]{}").find(c) != std::string_view::npos;
}
// How rare a byte is in identifiers, words and URLs, by rule of thumb.
int rarity(char c) {
  if (c >= 'a' && c <= 'z') return 0;
  if ((c >= '0' && c <= '9') || c == '/' || c == '.' || c == ' ') return 1;
  return c == '=' || c == '&' || c == '-' || c == ':' ? 2 : 3;
}

bool is_quantifier(char c) { return c == '*' || c == '+' || c == '?' || c == '{'; }

}  // namespace

/// Reads a pattern once, from left to right; `failed` for what is not simple.
class simple_regex::compiler {
 public:
  explicit compiler(std::string_view pattern) : in_(pattern) {}

  std::optional<simple_regex> compile() {
    save(0);
    alternatives(0);
    save(1);
    emit({op::match, 0, 0, {}});
    failed_ |= at_ != in_.size() || out_.code_.size() > most_instructions;
    if (failed_) return std::nullopt;
    const auto rare = std::max_element(out_.required_.begin(), out_.required_.end(),
                                       [](char a, char b) { return rarity(a) < rarity(b); });
    out_.rare_ = static_cast<std::size_t>(rare - out_.required_.begin());
    return std::move(out_);
  }

 private:
  struct width {
    std::size_t least = 0, most = 0;
  };

  [[nodiscard]] bool more() const { return at_ < in_.size() && !failed_; }
  std::uint32_t emit(instruction i) {
    out_.code_.push_back(std::move(i));
    return static_cast<std::uint32_t>(out_.code_.size() - 1);
  }
  [[nodiscard]] std::uint32_t here() const { return static_cast<std::uint32_t>(out_.code_.size()); }
  void save(std::uint32_t slot) { emit({op::save, slot, 0, {}}); }

  // a|b|c: each alternative is tried in turn.
  width alternatives(int depth) {
    std::vector<std::uint32_t> exits;
    width all{unbounded, 0};
    const bool several = has_bar();
    for (bool again = true; again && !failed_;) {
      const std::uint32_t split = several ? emit({op::split, 0, 0, {}}) : 0;
      if (several) out_.code_[split].a = here();
      const width w = sequence(depth + (several ? 1 : 0));
      all = {std::min(all.least, w.least), std::max(all.most, w.most)};
      again = more() && in_[at_] == '|';
      if (again) ++at_;
      if (!several) break;
      exits.push_back(emit({op::jump, 0, 0, {}}));
      // The last choice has no other behind it.
      out_.code_[split].b = again ? here() : out_.code_[split].a;
    }
    for (const auto e : exits) out_.code_[e].a = here();
    return all;
  }

  // Whether this level has a bar before its end.
  [[nodiscard]] bool has_bar() const {
    int level = 0;
    bool in_class = false;
    for (std::size_t i = at_; i < in_.size(); ++i) {
      const char c = in_[i];
      if (c == '\\')
        ++i;
      else if (in_class)
        in_class = c != ']';
      else if (c == '[')
        in_class = true;
      else if (c == '(')
        ++level;
      else if (c == ')' && --level < 0)
        return false;
      else if (c == '|' && level == 0)
        return true;
    }
    return false;
  }

  width sequence(int depth) {
    width all;
    while (more() && in_[at_] != '|' && in_[at_] != ')') {
      const width w = element(depth, all);
      all = {std::min(all.least + w.least, unbounded), std::min(all.most + w.most, unbounded)};
    }
    return all;
  }

  width element(int depth, width before) {
    const char c = in_[at_];
    if (c == '(') return group(depth);
    if (c == '^' || c == '$') {
      ++at_;
      emit({c == '^' ? op::begin : op::end, 0, 0, {}});
      failed_ |= more() && is_quantifier(in_[at_]);
      return {};
    }
    if (std::string text = literal_run(); !text.empty()) {
      const std::size_t size = text.size();
      if (depth == 0 && size > out_.required_.size()) {
        out_.required_ = text;
        out_.least_before_ = before.least;
        out_.most_before_ = before.most;
      }
      emit({op::literal, 0, 0, std::move(text)});
      return {size, size};
    }
    return character(read_set());
  }

  width group(int depth) {
    ++at_;
    const bool capture = !in_.substr(at_).starts_with("?:");
    if (!capture) at_ += 2;
    failed_ |= (more() && in_[at_] == '?') || depth > 20;
    std::uint32_t number = 0;
    if (capture) {
      number = static_cast<std::uint32_t>(++out_.groups_);
      failed_ |= out_.groups_ > most_groups;
      save(2 * number);
    }
    const width w = alternatives(depth + 1);
    if (capture) save(2 * number + 1);
    failed_ |= at_ >= in_.size() || in_[at_] != ')';
    ++at_;
    failed_ |= at_ < in_.size() && is_quantifier(in_[at_]);
    return w;
  }

  // Characters that stand for themselves, up to one that a quantifier follows.
  std::string literal_run() {
    std::string text;
    while (more()) {
      std::size_t next = at_;
      std::string c;
      if (in_[at_] == '\\') {
        if (at_ + 1 >= in_.size() || !is_special(in_[at_ + 1])) break;
        c = in_[at_ + 1];
        next += 2;
      } else {
        if (is_special(in_[at_])) break;
        const auto size = std::min(character_size(in_[at_]), in_.size() - at_);
        c = in_.substr(at_, size);
        next += size;
      }
      if (next < in_.size() && is_quantifier(in_[next])) break;
      text += c;
      at_ = next;
    }
    return text;
  }

  // `.`, a class, an escape like \d, or one character before a quantifier.
  byte_set read_set() {
    const char c = in_[at_++];
    byte_set set{};
    if (c == '.') {
      set.fill(true);
      set['\n'] = false;
    } else if (c == '[') {
      set = read_class();
    } else if (c == '\\') {
      set = read_escape();
    } else if (is_special(c) || (c & 0x80) != 0) {
      failed_ = true;
    } else {
      set[static_cast<unsigned char>(c)] = true;
    }
    return set;
  }

  byte_set read_escape() {
    byte_set set{};
    if (at_ >= in_.size()) {
      failed_ = true;
      return set;
    }
    const char c = in_[at_++];
    const auto range = [&](char from, char to) {
      for (int b = from; b <= to; ++b) set[static_cast<std::size_t>(b)] = true;
    };
    if (c == 'd')
      range('0', '9');
    else if (c == 'w')
      range('0', '9'), range('a', 'z'), range('A', 'Z'), set['_'] = true;
    else if (is_special(c) || c == '-' || c == '/')
      set[static_cast<unsigned char>(c)] = true;
    else
      failed_ = true;
    return set;
  }

  byte_set read_class() {
    byte_set set{};
    const bool negated = more() && in_[at_] == '^';
    if (negated) ++at_;
    // Nested classes, `]` in front and characters beyond ASCII are left to RE2.
    failed_ |= more() && in_[at_] == ']';
    while (more() && in_[at_] != ']') {
      const auto first = static_cast<unsigned char>(in_[at_]);
      if (first == '[' || first == '&' || first >= 0x80) {
        // `&&` is Java's intersection; a single & is itself.
        const bool plain = first == '&' && !in_.substr(at_).starts_with("&&");
        failed_ |= !plain;
      }
      if (first == '\\') {
        ++at_;
        const byte_set escaped = read_escape();
        for (std::size_t b = 0; b < set.size(); ++b) set[b] = set[b] || escaped[b];
        continue;
      }
      ++at_;
      const bool range = at_ + 1 < in_.size() && in_[at_] == '-' && in_[at_ + 1] != ']';
      const auto last = range ? static_cast<unsigned char>(in_[at_ + 1]) : first;
      if (range) at_ += 2;
      failed_ |= last < first || last >= 0x80 || last == '\\';
      for (unsigned b = first; b <= last && !failed_; ++b) set[b] = true;
    }
    failed_ |= !more();
    ++at_;
    for (bool& b : set) b = b != negated;
    return set;
  }

  width character(const byte_set& set) {
    const auto index = static_cast<std::uint32_t>(out_.sets_.size());
    out_.sets_.push_back(set);
    const std::size_t widest = set[0x80] ? 4 : 1;
    const char q = at_ < in_.size() ? in_[at_] : '\0';
    if (!is_quantifier(q)) {
      emit({op::one, index, 0, {}});
      return {1, widest};
    }
    ++at_;
    // Lazy and possessive forms and counts are left to RE2.
    failed_ |= q == '{' || (more() && (is_quantifier(in_[at_]) || in_[at_] == '+'));
    if (q == '?') {
      const auto split = emit({op::split, here() + 1, 0, {}});
      emit({op::one, index, 0, {}});
      out_.code_[split].b = here();
      return {0, widest};
    }
    emit({op::many, index, q == '+' ? 1U : 0U, {}});
    return {q == '+' ? 1U : 0U, unbounded};
  }

  std::string_view in_;
  std::size_t at_ = 0;
  bool failed_ = false;
  simple_regex out_;
};

std::optional<simple_regex> simple_regex::make(std::string_view pattern) {
  if (pattern.empty()) return std::nullopt;
  return compiler(pattern).compile();
}

struct simple_regex::run_state {
  std::string_view text;
  std::size_t slots[2 * (most_groups + 1)];
  std::size_t steps_left;
};

bool simple_regex::run_many(run_state& s, std::uint32_t pc, std::size_t at) const {
  const byte_set& set = sets_[code_[pc].a];
  std::size_t end = at;
  while (end < s.text.size() && set[static_cast<unsigned char>(s.text[end])]) ++end;
  const std::size_t least = code_[pc].b;
  for (std::size_t stop = end;; --stop) {
    // Never in the middle of a character.
    const bool inside = stop < s.text.size() && (s.text[stop] & 0xc0) == 0x80;
    if (!inside && stop - at >= least && run(s, pc + 1, stop)) return true;
    if (stop == at || s.steps_left == 0) return false;
  }
}

// Depth is at most the number of instructions: none leads back.
bool simple_regex::run(run_state& s, std::uint32_t pc, std::size_t at) const {
  while (s.steps_left > 0) {
    --s.steps_left;
    const instruction& i = code_[pc];
    switch (i.code) {
      case op::literal:
        if (!s.text.substr(at).starts_with(i.text)) return false;
        at += i.text.size();
        break;
      case op::one:
        if (at >= s.text.size() || !sets_[i.a][static_cast<unsigned char>(s.text[at])])
          return false;
        at = std::min(at + character_size(s.text[at]), s.text.size());
        break;
      case op::many: return run_many(s, pc, at);
      case op::split:
        if (i.a != i.b) {
          if (run(s, i.a, at)) return true;
          pc = i.b;
        } else {
          pc = i.a;
        }
        continue;
      case op::jump: pc = i.a; continue;
      case op::save: {
        const auto old = s.slots[i.a];
        s.slots[i.a] = at;
        if (run(s, pc + 1, at)) return true;
        s.slots[i.a] = old;
        return false;
      }
      case op::begin:
        if (at != 0) return false;
        break;
      case op::end:
        if (at != s.text.size()) return false;
        break;
      case op::match: return true;
    }
    ++pc;
  }
  return false;
}

std::size_t simple_regex::find_required(std::string_view text, std::size_t from) const {
  const std::string_view needle = required_;
  while (from + needle.size() <= text.size()) {
    const void* rare = std::memchr(text.data() + from + rare_, needle[rare_],
                                   text.size() - needle.size() - from + 1);
    if (rare == nullptr) break;
    from = static_cast<std::size_t>(static_cast<const char*>(rare) - text.data()) - rare_;
    if (std::memcmp(text.data() + from, needle.data(), needle.size()) == 0) return from;
    ++from;
  }
  return std::string_view::npos;
}

simple_regex::outcome simple_regex::find(std::string_view text,
                                         std::span<std::string_view> groups) const {
  run_state s{text, {}, 64 * (text.size() + 64)};
  std::size_t start = 0;
  std::size_t last = text.size();
  std::size_t hit = 0;
  while (start <= last) {
    if (!required_.empty()) {
      // The next place where the literal allows a match to begin.
      hit = find_required(text, std::max(hit, start + least_before_));
      if (hit == std::string_view::npos) return outcome::none;
      if (most_before_ < hit) start = std::max(start, hit - most_before_);
    }
    const bool inside = start < text.size() && (text[start] & 0xc0) == 0x80;
    if (!inside) {
      std::fill_n(s.slots, 2 * (groups_ + 1), std::string_view::npos);
      if (run(s, 0, start)) {
        for (std::size_t g = 0; g < groups.size(); ++g) {
          const auto begin = s.slots[2 * g], end = s.slots[2 * g + 1];
          const bool set = begin != std::string_view::npos && end != std::string_view::npos;
          groups[g] = set ? std::string_view(text.data() + begin, end - begin) : std::string_view();
        }
        return outcome::found;
      }
      if (s.steps_left == 0) return outcome::too_long;
    }
    ++start;
  }
  return outcome::none;
}

}  // namespace millrace::expr
