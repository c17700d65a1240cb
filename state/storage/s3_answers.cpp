#include "state/storage/s3_answers.hpp"

#include <charconv>
#include <cstdint>
#include <optional>

namespace millrace::state {

namespace {

constexpr std::size_t depth_limit = 16;
constexpr std::size_t name_limit = 128;
constexpr std::size_t text_limit = 16 << 10;
constexpr std::size_t leaf_limit = 100'000;

error bad_xml(std::string_view what) {
  return make_error(errc::state_io, "S3 gave an answer that cannot be read: " + std::string(what));
}

void append_utf8(std::string& to, std::uint32_t c) {
  if (c < 0x80) {
    to += static_cast<char>(c);
  } else if (c < 0x800) {
    to += static_cast<char>(0xC0 | (c >> 6));
    to += static_cast<char>(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    to += static_cast<char>(0xE0 | (c >> 12));
    to += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
    to += static_cast<char>(0x80 | (c & 0x3F));
  } else {
    to += static_cast<char>(0xF0 | (c >> 18));
    to += static_cast<char>(0x80 | ((c >> 12) & 0x3F));
    to += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
    to += static_cast<char>(0x80 | (c & 0x3F));
  }
}

// `name` of `&name;`, appended as what it stands for.
bool append_entity(std::string& to, std::string_view name) {
  constexpr std::pair<std::string_view, char> named[] = {
      {"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}};
  for (const auto& [word, c] : named) {
    if (name != word) continue;
    to += c;
    return true;
  }
  if (!name.starts_with('#')) return false;
  name.remove_prefix(1);
  const bool hex = name.starts_with('x');
  if (hex) name.remove_prefix(1);
  std::uint32_t c = 0;
  const auto [end, failure] =
      std::from_chars(name.data(), name.data() + name.size(), c, hex ? 16 : 10);
  if (failure != std::errc() || end != name.data() + name.size() || c > 0x10FFFF) return false;
  append_utf8(to, c);
  return true;
}

std::optional<std::string> unescaped(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const auto at = std::min(text.find('&'), text.size());
    out += text.substr(0, at);
    text.remove_prefix(at);
    if (text.empty()) break;
    const auto end = text.find(';');
    if (end == text.npos || !append_entity(out, text.substr(1, end - 1))) return std::nullopt;
    text.remove_prefix(end + 1);
  }
  return out;
}

class xml_scanner {
 public:
  explicit xml_scanner(std::string_view text) : left_(text) {}

  result<std::vector<xml_leaf>> run() {
    while (!left_.empty()) {
      const auto at = std::min(left_.find('<'), left_.size());
      text_ = left_.substr(0, at);
      left_.remove_prefix(at);
      if (!left_.empty()) MILLRACE_CHECK(take_tag());
    }
    if (!open_.empty()) return bad_xml("it is cut short");
    return std::move(leaves_);
  }

 private:
  result<void> take_tag() {
    if (left_.starts_with("<!--")) return skip_to("-->");
    if (left_.starts_with("<?")) return skip_to("?>");
    if (left_.starts_with("<!")) return bad_xml("a declaration");
    const auto end = left_.find('>');
    if (end == left_.npos) return bad_xml("a tag that does not end");
    std::string_view tag = left_.substr(1, end - 1);
    left_.remove_prefix(end + 1);
    if (tag.starts_with('/')) return close(tag.substr(1));
    const bool empty = tag.ends_with('/');
    if (empty) tag.remove_suffix(1);
    tag = tag.substr(0, tag.find_first_of(" \t\r\n"));
    MILLRACE_CHECK(open(tag));
    text_ = {};
    return empty ? close(tag) : result<void>();
  }

  result<void> skip_to(std::string_view end) {
    const auto at = left_.find(end);
    if (at == left_.npos) return bad_xml("a comment that does not end");
    left_.remove_prefix(at + end.size());
    return {};
  }

  result<void> open(std::string_view name) {
    if (name.empty() || name.size() > name_limit) return bad_xml("a tag without a name");
    if (open_.size() == depth_limit) return bad_xml("elements too deep in one another");
    open_.push_back(name);
    leaf_ = true;
    return {};
  }

  result<void> close(std::string_view name) {
    name = name.substr(0, name.find_first_of(" \t\r\n"));
    if (open_.empty() || open_.back() != name) return bad_xml("tags that do not match");
    if (leaf_) MILLRACE_CHECK(add_leaf());
    open_.pop_back();
    leaf_ = false;
    return {};
  }

  result<void> add_leaf() {
    if (text_.size() > text_limit || leaves_.size() == leaf_limit)
      return bad_xml("it is too large");
    auto text = unescaped(text_);
    if (!text) return bad_xml("an unknown entity");
    xml_leaf& leaf = leaves_.emplace_back();
    for (const auto name : open_) {
      if (!leaf.path.empty()) leaf.path += '/';
      leaf.path += name;
    }
    leaf.text = std::move(*text);
    return {};
  }

  std::string_view left_;
  std::string_view text_;
  std::vector<std::string_view> open_;
  bool leaf_ = false;
  std::vector<xml_leaf> leaves_;
};

}  // namespace

result<std::vector<xml_leaf>> parse_xml(std::string_view text) { return xml_scanner(text).run(); }

result<s3_listing> parse_listing(std::string_view text) {
  MILLRACE_TRY(auto leaves, parse_xml(text));
  s3_listing out;
  bool truncated = false;
  for (xml_leaf& leaf : leaves) {
    if (leaf.path == "ListBucketResult/Contents/Key") {
      out.keys.push_back(std::move(leaf.text));
    } else if (leaf.path == "ListBucketResult/CommonPrefixes/Prefix") {
      out.prefixes.push_back(std::move(leaf.text));
    } else if (leaf.path == "ListBucketResult/NextContinuationToken") {
      out.next = std::move(leaf.text);
    } else if (leaf.path == "ListBucketResult/IsTruncated") {
      truncated = leaf.text == "true";
    }
  }
  if (truncated == out.next.empty()) {
    if (truncated) return bad_xml("a page without the token of the next");
    out.next.clear();
  }
  return out;
}

result<std::vector<pending_upload>> parse_uploads(std::string_view text) {
  MILLRACE_TRY(auto leaves, parse_xml(text));
  std::vector<pending_upload> out;
  for (xml_leaf& leaf : leaves) {
    if (leaf.path == "ListMultipartUploadsResult/Upload/Key") {
      out.push_back({std::move(leaf.text), {}});
    } else if (leaf.path == "ListMultipartUploadsResult/Upload/UploadId" && !out.empty()) {
      out.back().id = std::move(leaf.text);
    }
  }
  std::erase_if(out, [](const pending_upload& u) { return u.id.empty(); });
  return out;
}

result<std::string> parse_upload_id(std::string_view text) {
  MILLRACE_TRY(auto leaves, parse_xml(text));
  for (xml_leaf& leaf : leaves) {
    const bool found = leaf.path == "InitiateMultipartUploadResult/UploadId" && !leaf.text.empty();
    if (found) return std::move(leaf.text);
  }
  return bad_xml("an upload without an id");
}

s3_fault parse_fault(std::string_view text) {
  s3_fault out;
  auto leaves = parse_xml(text);
  if (!leaves) return out;
  for (xml_leaf& leaf : *leaves) {
    if (leaf.path == "Error/Code") out.code = std::move(leaf.text);
    if (leaf.path == "Error/Message") out.message = std::move(leaf.text);
  }
  return out;
}

}  // namespace millrace::state
