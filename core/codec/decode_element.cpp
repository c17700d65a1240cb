#include "core/codec/column_reader.hpp"
#include "core/codec/element_codec.hpp"

#include <capnp/serialize.h>
#include <kj/exception.h>

#include <algorithm>

namespace millrace::codec {
namespace {

using segment = std::span<const std::byte>;
using words = kj::ArrayPtr<const ::capnp::word>;

// What the buffers of a batch keep alive: the frames, and copies of the unaligned ones.
struct frame_owner {
  std::shared_ptr<const void> frames;
  std::vector<data::buffer_ref> copies;
};

std::size_t total_bytes(std::span<const segment> segments) {
  std::size_t sum = 0;
  for (const auto& s : segments) sum += s.size();
  return sum;
}

result<void> check_sizes(std::span<const segment> segments, const decode_limits& limits) {
  if (segments.empty()) return bad_frame("no segments");
  for (const auto& s : segments)
    if (s.size() % sizeof(::capnp::word) != 0)
      return bad_frame("a segment of " + std::to_string(s.size()) + " bytes");
  if (const std::size_t sum = total_bytes(segments); sum > limits.max_bytes)
    return make_error(
        errc::net_frame_too_large,
        "a frame of " + std::to_string(sum) + " bytes, limit " + std::to_string(limits.max_bytes));
  return {};
}

words aligned(segment s, frame_owner& owner) {
  const std::byte* at = s.data();
  if (reinterpret_cast<std::uintptr_t>(at) % alignof(::capnp::word) != 0) {
    owner.copies.push_back(data::buffer::copy_of(s));
    at = owner.copies.back()->data();
  }
  return {reinterpret_cast<const ::capnp::word*>(at), s.size() / sizeof(::capnp::word)};
}

std::size_t depth_of(const data::data_type& type) {
  std::size_t deepest = 0;
  for (const auto& part : type.fields()) deepest = std::max(deepest, depth_of(part.type));
  return deepest + 1;
}

// Every byte may be reached once, and a level of nesting is a list and a struct.
::capnp::ReaderOptions options_for(std::size_t bytes, const data::schema& expected) {
  std::size_t depth = 0;
  for (const auto& f : expected.fields) depth = std::max(depth, depth_of(f.type));
  ::capnp::ReaderOptions out;
  out.traversalLimitInWords = bytes / sizeof(::capnp::word) + 64;
  out.nestingLimit = static_cast<int>(2 * depth + 8);
  return out;
}

result<void> check_kinds(const data::change_kind* kinds, std::uint32_t rows) {
  unsigned all = 0;
  for (std::uint32_t i = 0; i < rows; ++i) all |= static_cast<unsigned>(kinds[i]);
  if (all > 3) return bad_frame("an unknown change kind");
  return {};
}

result<void> check_selection(const std::uint32_t* rows, std::uint32_t count, std::uint32_t stored) {
  bool wrong = count != 0 && rows[count - 1] >= stored;
  for (std::uint32_t i = 1; i < count; ++i) wrong |= rows[i] <= rows[i - 1];
  if (wrong) return bad_frame("a selection that is not ascending within the rows");
  return {};
}

// Selection, kinds and hashes of a batch whose columns are read.
result<data::batch_ptr> with_marks(data::batch_ptr batch, wire::Batch::Reader from,
                                   const column_reader& reader) {
  const std::uint32_t rows = batch->stored_rows();
  if (from.hasKinds()) {
    MILLRACE_TRY(auto kinds, reader.blob(from.getKinds(), rows, 8));
    MILLRACE_CHECK(check_kinds(kinds->as<data::change_kind>(), rows));
    batch = batch->with_kinds(std::move(kinds));
  }
  if (from.hasHashes()) {
    MILLRACE_TRY(auto hashes, reader.blob(from.getHashes(), rows * std::size_t{8}, 8));
    batch = batch->with_hashes(std::move(hashes));
  }
  if (from.hasSelection()) {
    const std::uint32_t count = from.getSelectedRows();
    MILLRACE_TRY(auto selection, reader.blob(from.getSelection(), count * std::size_t{4}, 8));
    MILLRACE_CHECK(check_selection(selection->as<std::uint32_t>(), count, rows));
    batch = batch->with_selection(std::move(selection), count);
  }
  return batch;
}

result<data::batch_ptr> read_batch(wire::Batch::Reader from, const column_reader& reader,
                                   const data::schema& expected, const decode_limits& limits) {
  const std::uint32_t rows = from.getStoredRows();
  if (rows > limits.max_rows)
    return make_error(
        errc::net_frame_too_large,
        "a batch of " + std::to_string(rows) + " rows, limit " + std::to_string(limits.max_rows));
  const auto columns = from.getColumns();
  if (columns.size() != expected.size())
    return bad_frame(std::to_string(columns.size()) + " columns where " +
                     std::to_string(expected.size()) + " are expected");
  std::vector<data::column_ptr> out;
  out.reserve(columns.size());
  for (kj::uint i = 0; i < columns.size(); ++i) {
    MILLRACE_TRY(auto c, reader.read(columns[i], expected.fields[i].type, rows));
    out.push_back(std::move(c));
  }
  return with_marks(std::make_shared<const data::record_batch>(std::move(out), rows), from, reader);
}

data::barrier read_barrier(wire::Barrier::Reader from) {
  return {checkpoint_id(from.getCheckpoint()),
          from.getAt(),
          from.getUnaligned(),
          from.getSavepoint(),
          from.getFinal(),
          from.getPatience()};
}

result<data::element> read_element(wire::Element::Reader from, const column_reader& reader,
                                   const data::schema& expected, const decode_limits& limits) {
  switch (from.which()) {
    case wire::Element::BATCH: {
      MILLRACE_TRY(auto batch, read_batch(from.getBatch(), reader, expected, limits));
      return data::element(std::move(batch));
    }
    case wire::Element::WATERMARK: return data::element(data::watermark{from.getWatermark()});
    case wire::Element::IDLE: return data::element(data::idleness{from.getIdle()});
    case wire::Element::BARRIER: return data::element(read_barrier(from.getBarrier()));
    case wire::Element::END_OF_INPUT:
      return data::element(data::end_of_input{from.getEndOfInput().getStoppedWithSavepoint()});
    case wire::Element::LATENCY_MARKER: {
      const auto marker = from.getLatencyMarker();
      return data::element(data::latency_marker{marker.getAt(), marker.getSourceSubtask()});
    }
  }
  return bad_frame("an element of unknown kind " +
                   std::to_string(static_cast<unsigned>(from.which())));
}

}  // namespace

result<decoded_element> decode(std::span<const segment> segments, std::shared_ptr<const void> owner,
                               const data::schema& expected, const decode_limits& limits) {
  MILLRACE_CHECK(check_sizes(segments, limits));
  auto held = std::make_shared<frame_owner>();
  held->frames = std::move(owner);
  std::vector<words> parts;
  parts.reserve(segments.size());
  for (const auto& s : segments) parts.push_back(aligned(s, *held));
  try {
    ::capnp::SegmentArrayMessageReader message(
        kj::ArrayPtr<const words>(parts.data(), parts.size()),
        options_for(total_bytes(segments), expected));
    const auto root = message.getRoot<wire::Element>();
    const column_reader reader(held, limits);
    MILLRACE_TRY(auto element, read_element(root, reader, expected, limits));
    return decoded_element{
        {attempt_id(root.getAttempt()), channel_id(root.getChannel()), root.getSequence()},
        std::move(element)};
  } catch (const kj::Exception& e) {
    return bad_frame(e.getDescription().cStr());
  }
}

}  // namespace millrace::codec
