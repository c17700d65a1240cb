#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace millrace::fuzz {

/// A text of SQL statements and where it comes from.
struct script {
  std::string file;
  std::string text;
};

/// The scripts in the folders, subfolders included, in the order of their paths: `.sql` files as
/// they are, of `.slt` files the statements of all steps. Empty where a folder cannot be read.
[[nodiscard]] std::vector<script> read_scripts(std::span<const std::filesystem::path> folders);

}  // namespace millrace::fuzz
