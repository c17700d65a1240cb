#pragma once

#include "core/connectors/formats/format.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace millrace::fuzz {

/// Decodes the bytes as one file and gives the rows that came out.
inline std::uint64_t decode_all(const connectors::formats::format& format,
                                const option_map& options, std::string_view bytes,
                                std::uint32_t max_rows) {
  using data::data_type;
  using data::type_id;
  connectors::formats::decode_request request;
  request.declared = {
      {"a", data_type(type_id::bigint)},
      {"s", data_type::string()},
      {"t", data_type::timestamp(3)},
      {"d", data_type::decimal(20, 4)},
      {"l", data_type::array(data_type(type_id::integer))},
      {"r", data_type::row({{"x", data_type(type_id::float64)}, {"y", data_type::string()}})}};
  std::vector<data_type> types;
  for (std::uint32_t i = 0; i < request.declared.size(); ++i) {
    request.wanted.push_back({i, request.declared[i].type});
    types.push_back(request.declared[i].type);
  }
  request.options = &options;
  request.longest_record = 1 << 16;
  auto decoder = format.make_decoder(request);
  if (!decoder.ok()) __builtin_trap();
  connectors::formats::bad_records bad(connectors::formats::bad_records::policy::skip, nullptr);
  data::batch_builder rows(types);
  std::string copy(bytes);
  copy.append(connectors::formats::readable_slack, '\0');
  std::uint64_t count = 0;
  std::size_t at = 0;
  (*decoder)->start_file();
  while (at < bytes.size()) {
    const auto used = (*decoder)->decode(std::string_view(copy.data() + at, bytes.size() - at),
                                         true, max_rows, rows, bad);
    if (!used.ok() || (*used == 0 && rows.empty())) __builtin_trap();
    at += *used;
    count += rows.rows();
    const auto batch = rows.finish();
    for (const auto& column : batch->columns())
      if (column->length != batch->stored_rows()) __builtin_trap();
  }
  return count;
}

/// The rows must not hang on the size of batches.
inline int check_format(const connectors::formats::format& format, const option_map& options,
                        const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  if (decode_all(format, options, text, 4096) != decode_all(format, options, text, 1))
    __builtin_trap();
  return 0;
}

}  // namespace millrace::fuzz
