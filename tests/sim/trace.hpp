#pragma once

#include <cstdint>
#include <cstdio>
#include <string_view>

namespace millrace::sim {

/// What happened in a run, as one number: two runs that differ in any step differ in it.
class trace {
 public:
  /// `echo`: where every step is written, too; null for nowhere.
  explicit trace(std::FILE* echo = nullptr) : echo_(echo) {}

  void note(std::string_view what, std::uint64_t value) {
    for (const char c : what) add(static_cast<unsigned char>(c));
    add(value);
    ++steps_;
    if (echo_ == nullptr) return;
    std::fprintf(echo_, "%8llu %.*s %llu\n", static_cast<unsigned long long>(steps_),
                 static_cast<int>(what.size()), what.data(),
                 static_cast<unsigned long long>(value));
  }
  [[nodiscard]] std::uint64_t hash() const { return hash_; }
  [[nodiscard]] std::uint64_t steps() const { return steps_; }

 private:
  void add(std::uint64_t value) { hash_ = (hash_ ^ value) * 0x100000001b3ULL; }

  std::FILE* echo_;
  std::uint64_t hash_ = 0xcbf29ce484222325ULL;
  std::uint64_t steps_ = 0;
};

}  // namespace millrace::sim
