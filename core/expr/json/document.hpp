#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::expr {

enum class json_kind : std::uint8_t { null, boolean, number, text, array, object };

/// A value of a parsed text. Children are a chain: `first_child`, then `next` of each; 0 ends it.
struct json_node {
  json_kind kind = json_kind::null;
  std::uint32_t first_child = 0;
  std::uint32_t next = 0;
  std::uint32_t children = 0;  ///< their number
  std::string_view key;        ///< of an object's member, unescaped
  /// number: as it was written; text: unescaped; boolean: `true` or `false`.
  std::string_view text;

  [[nodiscard]] bool is_scalar() const { return kind < json_kind::array; }
};

/// One parsed JSON text at a time; reusable, so that a batch allocates once. Nodes and their texts
/// live until the next `parse`. Not thread safe.
class json_document {
 public:
  json_document();
  json_document(const json_document&) = delete;
  json_document& operator=(const json_document&) = delete;
  ~json_document();

  /// False if the text is not one JSON value, or is nested deeper than 500 levels.
  [[nodiscard]] bool parse(std::string_view text);
  [[nodiscard]] const json_node& node(std::uint32_t index) const { return nodes_[index]; }
  [[nodiscard]] const json_node& root() const { return nodes_[0]; }

  /// The member of an object; the last one where a key comes twice; 0 if there is none.
  [[nodiscard]] std::uint32_t member(std::uint32_t object, std::string_view key) const;
  /// The element of an array; 0 if there is none. Counts from the end where negative.
  [[nodiscard]] std::uint32_t element(std::uint32_t array, std::int64_t index) const;
  /// The text of a value without blanks: keys sorted, each once; numbers as Java's BigDecimal
  /// prints them.
  void append(std::string& out, std::uint32_t index) const;

 private:
  class reader;
  void append_array(std::string& out, std::uint32_t index) const;
  void append_object(std::string& out, std::uint32_t index) const;

  std::unique_ptr<reader> reader_;
  std::vector<json_node> nodes_;
};

/// `[-]digits[.digits][e[+-]digits]` without leading zeros.
[[nodiscard]] bool is_json_number(std::string_view text);
/// A JSON number (or a Java double's text) as Java's BigDecimal prints it: `1E+10`, `0.000010`.
void append_json_number(std::string& out, std::string_view number);
/// A string with its quotes as Jackson writes it; characters beyond ASCII stay as they are.
void append_quoted_json(std::string& out, std::string_view text);

}  // namespace millrace::expr
