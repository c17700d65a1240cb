#pragma once

#include "core/base/result.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace millrace::state {

// S3's answers are XML from outside: believed in nothing, limited in depth, length and count.
// Errors: state_io.

/// An element without elements in it: the names down to it and its text.
struct xml_leaf {
  std::string path;  ///< `ListBucketResult/Contents/Key`
  std::string text;
};
/// All leaves in their order. Attributes, comments and instructions are passed over; DOCTYPE and
/// CDATA are refused.
[[nodiscard]] result<std::vector<xml_leaf>> parse_xml(std::string_view text);

/// A page of keys.
struct s3_listing {
  std::vector<std::string> keys;
  std::vector<std::string> prefixes;  ///< of folded keys, with the delimiter at the end
  std::string next;                   ///< the token of the next page; empty: this is the last
};
[[nodiscard]] result<s3_listing> parse_listing(std::string_view text);

/// An upload that was begun and neither completed nor aborted.
struct pending_upload {
  std::string key;
  std::string id;
};
[[nodiscard]] result<std::vector<pending_upload>> parse_uploads(std::string_view text);
[[nodiscard]] result<std::string> parse_upload_id(std::string_view text);

/// What an error's body says; empty where it says nothing.
struct s3_fault {
  std::string code;
  std::string message;
};
[[nodiscard]] s3_fault parse_fault(std::string_view text);

}  // namespace millrace::state
