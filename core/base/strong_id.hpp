#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>

namespace millrace {

/// An integer that cannot be mistaken for another kind of integer. `Tag` names the kind.
template <class Tag, class Int>
struct strong_id {
  Int value{};
  constexpr strong_id() = default;
  constexpr explicit strong_id(Int v) : value(v) {}
  friend constexpr auto operator<=>(const strong_id&, const strong_id&) = default;
};

using job_id = strong_id<struct job_tag, std::uint64_t>;
/// A vertex of the job graph: one chain of operators before it is multiplied by the parallelism.
using vertex_id = strong_id<struct vertex_tag, std::uint32_t>;
/// Index of a subtask within its vertex, from 0.
using subtask_index = strong_id<struct subtask_tag, std::uint32_t>;
/// Index of an input channel within its gate, from 0.
using channel_id = strong_id<struct channel_tag, std::uint32_t>;
/// Index of an input of an operator, from 0 (left, right).
using input_id = strong_id<struct input_tag, std::uint32_t>;
using checkpoint_id = strong_id<struct checkpoint_tag, std::uint64_t>;
/// Counts the freezes of a state table.
using epoch = strong_id<struct epoch_tag, std::uint64_t>;
/// Counts the starts of a job; a frame of an older attempt is refused.
using attempt_id = strong_id<struct attempt_tag, std::uint32_t>;
/// The unit that state moves by when a job is rescaled: hash of the key modulo max_parallelism.
using key_group = strong_id<struct key_group_tag, std::uint16_t>;

}  // namespace millrace

template <class Tag, class Int>
struct std::hash<millrace::strong_id<Tag, Int>> {
  std::size_t operator()(const millrace::strong_id<Tag, Int>& id) const noexcept {
    return std::hash<Int>{}(id.value);
  }
};
