#include "core/expr/json/document.hpp"

#include <simdjson.h>

#include <algorithm>

namespace millrace::expr {
namespace {

namespace ondemand = simdjson::ondemand;

constexpr std::uint32_t deepest = 500;

std::string_view without_blanks(std::string_view text) {
  const auto end = text.find_last_not_of(" \t\r\n");
  return text.substr(0, end == std::string_view::npos ? 0 : end + 1);
}

}  // namespace

/// Walks simdjson's stream into nodes. The text is parsed as the one element of an array, so that
/// a scalar at the root needs no code of its own.
class json_document::reader {
 public:
  bool read(std::string_view text, std::vector<json_node>& nodes) {
    nodes.clear();
    fill(text);
    ondemand::document document;
    ondemand::array wrapper;
    const auto size = text.size() + 2;
    if (parser_.iterate(buffer_.data(), size, buffer_.size()).get(document)) return false;
    if (document.get_array().get(wrapper)) return false;
    std::uint32_t values = 0;
    for (auto item : wrapper) {
      ondemand::value value;
      if (++values > 1 || item.get(value) || !add(value, nodes, 0)) return false;
    }
    const bool at_end = document.current_location().error() == simdjson::OUT_OF_BOUNDS;
    return values == 1 && at_end;
  }

 private:
  void fill(std::string_view text) {
    buffer_.resize(text.size() + 2 + simdjson::SIMDJSON_PADDING);
    buffer_[0] = '[';
    text.copy(buffer_.data() + 1, text.size());
    buffer_[text.size() + 1] = ']';
    std::fill(buffer_.begin() + static_cast<std::ptrdiff_t>(text.size() + 2), buffer_.end(), ' ');
  }

  bool add(ondemand::value value, std::vector<json_node>& nodes, std::uint32_t depth) {
    ondemand::json_type type;
    if (depth > deepest || value.type().get(type)) return false;
    const auto index = static_cast<std::uint32_t>(nodes.size());
    nodes.emplace_back();
    switch (type) {
      case ondemand::json_type::array: return add_array(value, nodes, index, depth);
      case ondemand::json_type::object: return add_object(value, nodes, index, depth);
      default: return add_scalar(value, type, nodes[index]);
    }
  }

  static bool add_scalar(ondemand::value& value, ondemand::json_type type, json_node& node) {
    if (type == ondemand::json_type::string) {
      node.kind = json_kind::text;
      return !value.get_string().get(node.text);
    }
    if (type == ondemand::json_type::number) {
      node.kind = json_kind::number;
      node.text = without_blanks(value.raw_json_token());
      return is_json_number(node.text);
    }
    if (type == ondemand::json_type::boolean) {
      bool truth = false;
      node.kind = json_kind::boolean;
      if (value.get_bool().get(truth)) return false;
      node.text = truth ? "true" : "false";
      return true;
    }
    bool is_null = false;
    return !value.is_null().get(is_null) && is_null;
  }

  // Links the node that was added last but for its own children.
  static void link(std::vector<json_node>& nodes, std::uint32_t parent, std::uint32_t& last,
                   std::uint32_t child) {
    (last == 0 ? nodes[parent].first_child : nodes[last].next) = child;
    ++nodes[parent].children;
    last = child;
  }

  bool add_array(ondemand::value& value, std::vector<json_node>& nodes, std::uint32_t index,
                 std::uint32_t depth) {
    nodes[index].kind = json_kind::array;
    ondemand::array array;
    if (value.get_array().get(array)) return false;
    std::uint32_t last = 0;
    for (auto item : array) {
      ondemand::value element;
      const auto child = static_cast<std::uint32_t>(nodes.size());
      if (item.get(element) || !add(element, nodes, depth + 1)) return false;
      link(nodes, index, last, child);
    }
    return true;
  }

  bool add_object(ondemand::value& value, std::vector<json_node>& nodes, std::uint32_t index,
                  std::uint32_t depth) {
    nodes[index].kind = json_kind::object;
    ondemand::object object;
    if (value.get_object().get(object)) return false;
    std::uint32_t last = 0;
    for (auto item : object) {
      ondemand::field field;
      std::string_view key;
      if (std::move(item).get(field) || field.unescaped_key().get(key)) return false;
      const auto child = static_cast<std::uint32_t>(nodes.size());
      if (!add(field.value(), nodes, depth + 1)) return false;
      nodes[child].key = key;
      link(nodes, index, last, child);
    }
    return true;
  }

  ondemand::parser parser_;
  std::string buffer_;
};

json_document::json_document() : reader_(std::make_unique<reader>()) {}
json_document::~json_document() = default;

bool json_document::parse(std::string_view text) { return reader_->read(text, nodes_); }

std::uint32_t json_document::member(std::uint32_t object, std::string_view key) const {
  std::uint32_t found = 0;
  for (auto child = nodes_[object].first_child; child != 0; child = nodes_[child].next)
    if (nodes_[child].key == key) found = child;
  return found;
}

std::uint32_t json_document::element(std::uint32_t array, std::int64_t index) const {
  if (index < 0) index += nodes_[array].children;
  if (index < 0 || index >= nodes_[array].children) return 0;
  auto child = nodes_[array].first_child;
  while (index-- > 0) child = nodes_[child].next;
  return child;
}

void json_document::append(std::string& out, std::uint32_t index) const {
  const json_node& node = nodes_[index];
  switch (node.kind) {
    case json_kind::null: out += "null"; return;
    case json_kind::boolean: out += node.text; return;
    case json_kind::number: return append_json_number(out, node.text);
    case json_kind::text: return append_quoted_json(out, node.text);
    case json_kind::array: return append_array(out, index);
    case json_kind::object: return append_object(out, index);
  }
}

void json_document::append_array(std::string& out, std::uint32_t index) const {
  out += '[';
  const auto first = nodes_[index].first_child;
  for (auto child = first; child != 0; child = nodes_[child].next) {
    if (child != first) out += ',';
    append(out, child);
  }
  out += ']';
}

void json_document::append_object(std::string& out, std::uint32_t index) const {
  std::vector<std::uint32_t> members;
  for (auto child = nodes_[index].first_child; child != 0; child = nodes_[child].next)
    members.push_back(child);
  std::stable_sort(members.begin(), members.end(), [this](std::uint32_t a, std::uint32_t b) {
    return nodes_[a].key < nodes_[b].key;
  });
  out += '{';
  bool first = true;
  for (std::size_t i = 0; i < members.size(); ++i) {
    const json_node& member = nodes_[members[i]];
    if (i + 1 < members.size() && nodes_[members[i + 1]].key == member.key) continue;
    if (!first) out += ',';
    first = false;
    append_quoted_json(out, member.key);
    out += ':';
    append(out, members[i]);
  }
  out += '}';
}

}  // namespace millrace::expr
