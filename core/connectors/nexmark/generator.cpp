#include "core/connectors/nexmark/generator.hpp"

#include "core/connectors/nexmark/cell_writers.hpp"
#include "core/connectors/table_options.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace millrace::connectors::nexmark {
namespace {

using data::data_type;
using data::type_id;

constexpr std::array<const char*, 3> row_names = {"person", "auction", "bid"};

data_type bigint() { return data_type(type_id::bigint); }
data_type text() { return data_type::string(); }

data_type row_type(std::size_t kind, std::int32_t precision) {
  const auto time = data_type::timestamp(precision);
  if (kind == 0)
    return data_type::row({{"id", bigint()},
                           {"name", text()},
                           {"emailAddress", text()},
                           {"creditCard", text()},
                           {"city", text()},
                           {"state", text()},
                           {"dateTime", time},
                           {"extra", text()}});
  if (kind == 1)
    return data_type::row({{"id", bigint()},
                           {"itemName", text()},
                           {"description", text()},
                           {"initialBid", bigint()},
                           {"reserve", bigint()},
                           {"dateTime", time},
                           {"expires", time},
                           {"seller", bigint()},
                           {"category", bigint()},
                           {"extra", text()}});
  return data_type::row({{"auction", bigint()},
                         {"bidder", bigint()},
                         {"price", bigint()},
                         {"channel", text()},
                         {"url", text()},
                         {"dateTime", time},
                         {"extra", text()}});
}

int kind_of(std::string_view column) {
  for (std::size_t k = 0; k < row_names.size(); ++k)
    if (column == row_names[k]) return static_cast<int>(k);
  return -1;
}

// The precision of the first timestamp of a ROW; 3 if there is none.
std::int32_t time_precision(const data_type& row) {
  if (row.id() == type_id::row)
    for (const auto& field : row.fields())
      if (field.type.id() == type_id::timestamp) return field.type.precision();
  return 3;
}

void set_bits(std::uint64_t* words, std::uint32_t begin, std::uint32_t count) {
  for (std::uint32_t i = begin; count > 0;) {
    const std::uint32_t in_word = std::min(64 - (i & 63), count);
    const std::uint64_t ones = in_word == 64 ? ~0ULL : (1ULL << in_word) - 1;
    words[i >> 6] |= ones << (i & 63);
    i += in_word;
    count -= in_word;
  }
}

data::buffer_ref validity_of(const event_layout& layout, event_kind kind) {
  auto bits = data::buffer::allocate(data::bitmap_bytes(layout.rows));
  std::memset(bits->mutable_data(), 0, bits->size());
  for (const auto& run : layout.of(kind))
    set_bits(bits->mutable_as<std::uint64_t>(), run.row, run.count);
  return bits;
}

data::column_ptr event_types(const data_type& type, const event_layout& layout) {
  auto values = data::buffer::allocate(layout.rows * sizeof(std::int32_t));
  for (std::int32_t kind = 0; kind < 3; ++kind)
    for (const auto& run : layout.runs[kind])
      std::fill_n(values->mutable_as<std::int32_t>() + run.row, run.count, kind);
  data::column out;
  out.type = type;
  out.length = layout.rows;
  out.values = std::move(values);
  return std::make_shared<const data::column>(std::move(out));
}

data::buffer_ref times_of(const generator_config& config, std::span<const event_range> ranges,
                          std::uint32_t rows, std::int64_t scale) {
  auto times = data::buffer::allocate(std::size_t{rows} * 8);
  auto* to = times->mutable_as<std::int64_t>();
  for (const auto& range : ranges) {
    fill_times(config, range, scale, to);
    to += range.count;
  }
  return times;
}

}  // namespace

result<generator> generator::make(const generator_config& config, const plan::source_spec& spec) {
  const std::int64_t largest =
      std::max({config.person_bytes, config.auction_bytes, config.bid_bytes});
  generator out(config, extra_size(0, largest).longest());
  for (const auto& column : spec.table->columns)
    if (const int kind = kind_of(column.name); kind >= 0)
      out.scale_ = data::ticks_per_second(time_precision(column.type)) / 1000;
  for (const auto& read : spec.reads)
    MILLRACE_CHECK(out.add_output(spec.table->columns[read.column], read.type));
  return out;
}

result<void> generator::check_type(const plan::table_column& column, const data_type& expected) {
  if (column.kind == plan::column_kind::physical && column.type.same_kind(expected)) return {};
  return make_error(errc::sql_bad_option,
                    fmt::format("connector 'nexmark' cannot give column {} {}", column.name,
                                data::to_text(column.type)),
                    fmt::format("declare it as {} {}", column.name, data::to_text(expected)));
}

result<void> generator::add_output(const plan::table_column& column, const data_type& read) {
  output out;
  out.type = read;
  out.kind = kind_of(column.name);
  if (out.kind < 0) {
    if (column.name != "event_type")
      return make_error(errc::sql_bad_option,
                        fmt::format("connector 'nexmark' has no column {}", column.name),
                        "it gives event_type, person, auction and bid");
    MILLRACE_CHECK(check_type(column, data_type(type_id::integer)));
  } else {
    const auto whole = row_type(static_cast<std::size_t>(out.kind), time_precision(column.type));
    MILLRACE_CHECK(check_type(column, whole));
    for (const auto& field : read.fields())
      for (std::uint32_t f = 0; f < whole.fields().size(); ++f)
        if (whole.fields()[f].name == field.name) out.fields.push_back(f);
  }
  outputs_.push_back(std::move(out));
  return {};
}

std::uint32_t generator::most_rows() const {
  const std::int64_t largest =
      std::max({config_.person_bytes, config_.auction_bytes, config_.bid_bytes, std::int64_t{1}});
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>((64 << 20) / largest, 1, 1 << 20));
}

bool generator::wanted(event_kind kind) const {
  return config_.whole_rows || std::any_of(outputs_.begin(), outputs_.end(), [&](const auto& o) {
           return o.kind == static_cast<int>(kind) && !o.fields.empty();
         });
}

bid_parts generator::wanted_of_bids() const {
  if (config_.whole_rows) return {};
  bid_parts parts{false, false, false, false};
  for (const auto& out : outputs_) {
    if (out.kind != static_cast<int>(event_kind::bid)) continue;
    for (const auto field : out.fields) {
      parts.numbers |= field < 2;
      parts.price |= field == 2;
      parts.channels |= field == 3 || field == 4;
      parts.extra |= field == 6;
    }
  }
  return parts;
}

data::column_ptr generator::make_row(const output& out, const row_cells& cells,
                                     const event_layout& layout) const {
  data::column row;
  row.type = out.type;
  row.length = layout.rows;
  row.validity = validity_of(layout, static_cast<event_kind>(out.kind));
  for (std::size_t i = 0; i < out.fields.size(); ++i) {
    const auto& cell = cells.fields[out.fields[i]];
    data::column child;
    child.type = out.type.fields()[i].type;
    child.length = layout.rows;
    child.values = cell.values;
    child.offsets = cell.offsets;
    row.children.push_back(std::make_shared<const data::column>(std::move(child)));
  }
  return std::make_shared<const data::column>(std::move(row));
}

data::batch_ptr generator::make_batch(std::span<const event_range> ranges) const {
  const event_layout layout = lay_out(config_, ranges);
  const batch_frame frame{config_, text_, layout, times_of(config_, ranges, layout.rows, scale_),
                          scale_};
  std::array<row_cells, 3> cells;
  if (wanted(event_kind::person)) cells[0] = write_persons(frame);
  if (wanted(event_kind::auction)) cells[1] = write_auctions(frame);
  if (wanted(event_kind::bid)) cells[2] = write_bids(frame, wanted_of_bids());
  std::vector<data::column_ptr> columns;
  for (const auto& out : outputs_)
    columns.push_back(out.kind < 0
                          ? event_types(out.type, layout)
                          : make_row(out, cells[static_cast<std::size_t>(out.kind)], layout));
  return std::make_shared<const data::record_batch>(std::move(columns), layout.rows);
}

}  // namespace millrace::connectors::nexmark
