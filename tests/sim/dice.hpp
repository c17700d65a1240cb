#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace millrace::sim {

/// All chance of a simulation: the same seed gives the same throws on every machine.
/// Source: Steele, Lea, Flood, "Fast Splittable Pseudorandom Number Generators" (splitmix64).
class dice {
 public:
  explicit dice(std::uint64_t seed) : state_(seed) {}
  /// Throws of its own for a part of the simulation, so that a change there leaves the rest alone.
  [[nodiscard]] dice split(std::string_view part) const {
    std::uint64_t seed = state_;
    for (const char c : part) seed = (seed ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
    return dice(seed);
  }

  [[nodiscard]] std::uint64_t next() {
    std::uint64_t z = state_ += 0x9e3779b97f4a7c15ULL;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
  }
  /// 0 to `count` - 1.
  [[nodiscard]] std::size_t below(std::size_t count) { return next() % count; }
  [[nodiscard]] std::int64_t between(std::int64_t least, std::int64_t most) {
    return least + static_cast<std::int64_t>(below(static_cast<std::size_t>(most - least) + 1));
  }
  /// True once in `times`.
  [[nodiscard]] bool once_in(std::size_t times) { return below(times) == 0; }
  template <class Choice, std::size_t Count>
  [[nodiscard]] const Choice& pick(const Choice (&choices)[Count]) {
    return choices[below(Count)];
  }

 private:
  std::uint64_t state_;
};

}  // namespace millrace::sim
