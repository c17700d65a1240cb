#include "core/codec/element_codec.hpp"

#include <capnp/message.h>
#include <schemas/element.capnp.h>

#include <algorithm>

namespace millrace::codec {
namespace {

using data::buffer_ref;
using data::column;
using data::encoding;

// A list pointer of Cap'n Proto counts bytes in 29 bits.
constexpr std::size_t largest_blob = (std::size_t{1} << 29) - 1;

class message final : public encoded_element {
 public:
  message(data::element held, std::size_t first_segment_words)
      : held_(std::move(held)), builder_(static_cast<kj::uint>(first_segment_words)) {}

  // Cap'n Proto's destructors may throw, ours may not.
  ~message() noexcept override {}

  ::capnp::MallocMessageBuilder& builder() { return builder_; }
  void seal() {
    for (const auto segment : builder_.getSegmentsForOutput())
      segments_.emplace_back(reinterpret_cast<const std::byte*>(segment.begin()),
                             segment.size() * sizeof(::capnp::word));
  }

 private:
  data::element held_;  // keeps the buffers alive that the segments refer to
  ::capnp::MallocMessageBuilder builder_;
};

// Puts `size` bytes of a buffer into the message, by reference where that pays.
::capnp::Orphan<::capnp::Data> blob(::capnp::Orphanage orphanage, const buffer_ref& from,
                                    std::size_t size) {
  const ::capnp::Data::Reader bytes(reinterpret_cast<const kj::byte*>(from->data()), size);
  if (size >= copy_below) return orphanage.referenceExternalData(bytes);
  data::count_copied(size);
  return orphanage.newOrphanCopy(bytes);
}

std::size_t value_bytes(const column& c) {
  if (c.layout == encoding::dictionary) return c.length * sizeof(std::uint32_t);
  if (data::is_variable_length(c.type.id())) return c.offset_data()[c.stored()];
  return c.stored() * data::fixed_width(c.type.id());
}

void write_column(::capnp::Orphanage orphanage, wire::Column::Builder to, const column& c) {
  to.setType(static_cast<std::uint8_t>(c.type.id()));
  to.setPrecision(c.type.precision());
  to.setScale(c.type.scale());
  to.setLayout(static_cast<std::uint8_t>(c.layout));
  to.setLength(c.length);
  if (c.validity) to.adoptValidity(blob(orphanage, c.validity, data::bitmap_bytes(c.stored())));
  if (c.values) to.adoptValues(blob(orphanage, c.values, value_bytes(c)));
  if (c.offsets) to.adoptOffsets(blob(orphanage, c.offsets, (c.stored() + std::size_t{1}) * 4));
  if (c.children.empty()) return;
  auto children = to.initChildren(static_cast<kj::uint>(c.children.size()));
  for (kj::uint i = 0; i < children.size(); ++i)
    write_column(orphanage, children[i], *c.children[i]);
}

void write_batch(::capnp::Orphanage orphanage, wire::Batch::Builder to,
                 const data::record_batch& batch) {
  to.setStoredRows(batch.stored_rows());
  to.setSelectedRows(batch.row_count());
  const std::size_t rows = batch.stored_rows();
  if (batch.selected())
    to.adoptSelection(
        blob(orphanage, batch.selection_buffer(), batch.row_count() * std::size_t{4}));
  if (batch.kinds()) to.adoptKinds(blob(orphanage, batch.kinds_buffer(), rows));
  if (batch.hashes()) to.adoptHashes(blob(orphanage, batch.hashes_buffer(), rows * 8));
  auto columns = to.initColumns(static_cast<kj::uint>(batch.columns().size()));
  for (kj::uint i = 0; i < columns.size(); ++i)
    write_column(orphanage, columns[i], *batch.column_at(i));
}

void write_marker(wire::Element::Builder to, const data::watermark& w) { to.setWatermark(w.time); }
void write_marker(wire::Element::Builder to, const data::idleness& i) { to.setIdle(i.idle); }
void write_marker(wire::Element::Builder to, const data::barrier& b) {
  auto out = to.initBarrier();
  out.setCheckpoint(b.id.value);
  out.setAt(b.at);
  out.setUnaligned(b.unaligned);
  out.setSavepoint(b.savepoint);
  out.setFinal(b.final);
  out.setPatience(b.patience_ms);
}
void write_marker(wire::Element::Builder to, const data::end_of_input& e) {
  to.initEndOfInput().setStoppedWithSavepoint(e.stopped_with_savepoint);
}
void write_marker(wire::Element::Builder to, const data::latency_marker& m) {
  auto out = to.initLatencyMarker();
  out.setAt(m.at);
  out.setSourceSubtask(m.source_subtask);
}

// Upper bounds of what a message needs, collected before it is built.
struct needs {
  std::size_t words = 0;
  std::size_t largest = 0;

  void add(const buffer_ref& b) {
    if (!b) return;
    largest = std::max(largest, b->size());
    words += 3 + (b->size() < copy_below ? b->size() / 8 + 1 : 0);  // far pointer and landing pad
  }
  void add(const column& c) {
    words += 8;  // the struct
    for (const auto* b : {&c.validity, &c.values, &c.offsets}) add(*b);
    words += c.children.empty() ? 0 : 2;
    for (const auto& child : c.children) add(*child);
  }
  void add(const data::element& e) {
    words += 16;
    const auto* batch = std::get_if<data::batch_ptr>(&e);
    if (batch == nullptr) return;
    for (const auto& b :
         {(*batch)->selection_buffer(), (*batch)->kinds_buffer(), (*batch)->hashes_buffer()})
      add(b);
    for (const auto& c : (*batch)->columns()) add(*c);
  }
};

data::element with_live_rows(const data::element& e) {
  const auto* batch = std::get_if<data::batch_ptr>(&e);
  if (batch == nullptr || (*batch)->row_count() * std::uint64_t{2} >= (*batch)->stored_rows())
    return e;
  return data::compacted(*batch);
}

}  // namespace

std::size_t encoded_element::byte_size() const {
  std::size_t sum = 0;
  for (const auto& s : segments_) sum += s.size();
  return sum;
}

result<std::shared_ptr<const encoded_element>> encode(const frame_header& header,
                                                      const data::element& element) {
  const data::element held = with_live_rows(element);
  needs size;
  size.add(held);
  if (size.largest > largest_blob)
    return make_error(errc::net_frame_too_large,
                      "a column of " + std::to_string(size.largest) +
                          " bytes does not fit a frame (limit " + std::to_string(largest_blob) +
                          ")",
                      "cut the batch");
  auto out = std::make_shared<message>(held, size.words);
  auto root = out->builder().initRoot<wire::Element>();
  root.setAttempt(header.attempt.value);
  root.setChannel(header.channel.value);
  root.setSequence(header.sequence);
  if (const auto* batch = std::get_if<data::batch_ptr>(&held))
    write_batch(out->builder().getOrphanage(), root.initBatch(), **batch);
  else
    std::visit(
        [&]<class T>(const T& marker) {
          if constexpr (!std::is_same_v<T, data::batch_ptr>) write_marker(root, marker);
        },
        held);
  out->seal();
  return std::shared_ptr<const encoded_element>(std::move(out));
}

}  // namespace millrace::codec
