#include "core/expr/families.hpp"
#include "core/expr/string/text_kernel.hpp"

#include <algorithm>
#include <string>

// PARSE_URL(url, part [, key]): the parts as java.net.URL finds them; NULL for what is no URL.

namespace millrace::expr {
namespace {

using data::data_type;

/// A URL taken apart; the views lie in its text.
struct url_parts {
  std::string protocol;
  std::string_view authority, user_info, host, query, reference;
  std::string path;
  bool has_authority = false, has_user_info = false, has_query = false, has_reference = false;
};

bool is_letter(char c) { return (c | 0x20) >= 'a' && (c | 0x20) <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string_view without_blanks(std::string_view s) {
  while (!s.empty() && static_cast<unsigned char>(s.front()) <= ' ') s.remove_prefix(1);
  while (!s.empty() && static_cast<unsigned char>(s.back()) <= ' ') s.remove_suffix(1);
  return s;
}

// Only the protocols that Java brings a handler for.
bool take_protocol(std::string_view& rest, std::string& protocol) {
  const auto end = rest.find_first_of(":/");
  if (end == std::string_view::npos || rest[end] != ':') return false;
  protocol.assign(rest.substr(0, end));
  for (char& c : protocol)
    if (is_letter(c)) c = static_cast<char>(c | 0x20);
  rest.remove_prefix(end + 1);
  constexpr std::string_view known[] = {"http", "https", "ftp", "file", "mailto"};
  return std::find(std::begin(known), std::end(known), protocol) != std::end(known);
}

// Host and port; false if what should be a port is none.
bool take_host(std::string_view text, url_parts& out) {
  const std::size_t from = text.starts_with('[') ? text.find(']') : 0;
  if (from == std::string_view::npos) return false;
  const auto colon = text.find(':', from);
  out.host = text.substr(0, colon);
  if (colon == std::string_view::npos) return true;
  const auto port = text.substr(colon + 1);
  return port.size() < 10 && std::all_of(port.begin(), port.end(), is_digit);
}

bool take_authority(std::string_view& rest, url_parts& out) {
  if (!rest.starts_with("//") || rest.starts_with("////")) return true;
  rest.remove_prefix(2);
  out.authority = rest.substr(0, rest.find('/'));
  out.has_authority = true;
  rest.remove_prefix(out.authority.size());
  const auto at = out.authority.find('@');
  if (at == std::string_view::npos) return take_host(out.authority, out);
  // More than one @: neither user nor host.
  if (out.authority.find('@', at + 1) != std::string_view::npos) return true;
  out.user_info = out.authority.substr(0, at);
  out.has_user_info = true;
  return take_host(out.authority.substr(at + 1), out);
}

// `/./` and `/x/../` go; a `..` with nothing in front stays.
void resolve_dots(std::string& path) {
  for (auto i = path.find("/./"); i != std::string::npos; i = path.find("/./", i)) path.erase(i, 2);
  for (std::size_t i = path.find("/../"); i != std::string::npos;) {
    const auto before = i == 0 ? std::string::npos : path.rfind('/', i - 1);
    if (before != std::string::npos && path.compare(before, 4, "/../") != 0) {
      path.erase(before, i + 3 - before);
      i = path.find("/../");
    } else {
      i = path.find("/../", i + 3);
    }
  }
  if (path.ends_with("/..") && path.size() > 3) {
    const auto before = path.rfind('/', path.size() - 4);
    if (before != std::string::npos) path.resize(before + 1);
  }
  if (path.ends_with("/.")) path.pop_back();
}

bool take_apart(std::string_view text, url_parts& out) {
  out.authority = out.user_info = out.host = out.query = out.reference = {};
  out.has_authority = out.has_user_info = out.has_query = out.has_reference = false;
  std::string_view rest = without_blanks(text);
  if (!take_protocol(rest, out.protocol)) return false;
  if (const auto hash = rest.find('#'); hash != std::string_view::npos) {
    out.reference = rest.substr(hash + 1);
    out.has_reference = true;
    rest = rest.substr(0, hash);
  }
  if (const auto mark = rest.find('?'); mark != std::string_view::npos) {
    out.query = rest.substr(mark + 1);
    out.has_query = true;
    rest = rest.substr(0, mark);
  }
  if (!take_authority(rest, out)) return false;
  out.path.assign(rest);
  if (out.path.find("/.") != std::string::npos) resolve_dots(out.path);
  return true;
}

enum class url_part : std::uint8_t {
  host,
  path,
  query,
  reference,
  protocol,
  file,
  authority,
  user_info,
  unknown
};

url_part part_of(std::string_view name) {
  constexpr std::pair<std::string_view, url_part> names[] = {
      {"HOST", url_part::host},           {"PATH", url_part::path},
      {"QUERY", url_part::query},         {"REF", url_part::reference},
      {"PROTOCOL", url_part::protocol},   {"FILE", url_part::file},
      {"AUTHORITY", url_part::authority}, {"USERINFO", url_part::user_info},
  };
  for (const auto& [text, part] : names)
    if (text == name) return part;
  return url_part::unknown;
}

void put_if(bool has, text_writer& out, std::uint32_t row, std::string_view text) {
  if (has)
    out.put(row, text);
  else
    out.put_null(row);
}

void put_part(const url_parts& url, url_part part, std::uint32_t row, text_writer& out) {
  switch (part) {
    case url_part::host: return out.put(row, url.host);
    case url_part::path: return out.put(row, url.path);
    case url_part::query: return put_if(url.has_query, out, row, url.query);
    case url_part::reference: return put_if(url.has_reference, out, row, url.reference);
    case url_part::protocol: return out.put(row, url.protocol);
    case url_part::file:
      return out.put(row, url.has_query ? url.path + "?" + std::string(url.query) : url.path);
    case url_part::authority: return put_if(url.has_authority, out, row, url.authority);
    case url_part::user_info: return put_if(url.has_user_info, out, row, url.user_info);
    case url_part::unknown: return out.put_null(row);
  }
}

// The first `key=value` of the query.
void put_parameter(std::string_view query, std::string_view key, std::uint32_t row,
                   text_writer& out) {
  for (std::size_t at = 0; at <= query.size();) {
    const auto pair = query.substr(at, query.find('&', at) - at);
    if (pair.size() > key.size() && pair[key.size()] == '=' && pair.starts_with(key))
      return out.put(row, pair.substr(key.size() + 1));
    at += pair.size() + 1;
  }
  out.put_null(row);
}

result<data::column_ptr> parse_url(const kernel_call& call) {
  const any_text in(*call.arguments[0]), parts(*call.arguments[1]);
  url_parts url;
  return write_texts(call, bytes_of(*call.arguments[0]) / 2,
                     [&](std::uint32_t row, text_writer& out) {
                       if (take_apart(in[row], url))
                         put_part(url, part_of(parts[row]), row, out);
                       else
                         out.put_null(row);
                     });
}

result<data::column_ptr> parse_url_parameter(const kernel_call& call) {
  const any_text in(*call.arguments[0]), parts(*call.arguments[1]), keys(*call.arguments[2]);
  url_parts url;
  return write_texts(call, bytes_of(*call.arguments[0]) / 4,
                     [&](std::uint32_t row, text_writer& out) {
                       if (parts[row] == "QUERY" && take_apart(in[row], url) && url.has_query)
                         put_parameter(url.query, keys[row], row, out);
                       else
                         out.put_null(row);
                     });
}

result<scalar_overload> resolve_parse_url(const call_site& site) {
  MILLRACE_CHECK(expect_arguments(site, 2, 3));
  MILLRACE_TRY(auto o, text_overload(site, "ttt", data_type::string(),
                                     site.types.size() == 3 ? parse_url_parameter : parse_url,
                                     "PARSE_URL(url, part [, key])"));
  o.result_type = data_type::string();
  return o;
}

constexpr scalar_function table[] = {
    {"PARSE_URL", "string", "PARSE_URL(url, part [, key])",
     "HOST, PATH, QUERY, REF, PROTOCOL, FILE, AUTHORITY or USERINFO of a URL; with a key the value "
     "of that parameter of the QUERY.",
     resolve_parse_url},
};

}  // namespace

std::span<const scalar_function> url_functions() { return table; }

}  // namespace millrace::expr
