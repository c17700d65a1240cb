// What lies in a checkpoint's folder, by the first byte: a state file as it is, a block's entries
// (plain or LZ4) in a file whose checksums fit, a manifest's message, a job's pointer. What the
// readers let through is shown as `millrace state cat` does.

#include "core/codec/checkpoint/manifest_codec.hpp"
#include "state/checkpoint/checksum.hpp"
#include "state/checkpoint/entry_json.hpp"
#include "state/checkpoint/job_pointer.hpp"
#include "state/checkpoint/state_file_format.hpp"
#include "state/checkpoint/state_file_reader.hpp"

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

namespace {

using namespace millrace;

std::vector<tables::table_spec> every_table() {
  std::vector<tables::table_spec> specs(6);
  const data::data_type number(data::type_id::bigint);
  for (std::size_t i = 0; i < specs.size(); ++i) {
    specs[i].name = "t";
    specs[i].kind = static_cast<tables::table_kind>(i);
    if (i % 3 == 0) specs[i].key_types = {number, number};
    if (i % 3 == 1) specs[i].key_types = {data::data_type::string()};
    if (i % 3 == 2) specs[i].key_types = {data::data_type::array(number), number};
    specs[i].slots = {tables::slot_spec::bytes(4), tables::slot_spec::blob()};
    specs[i].sub_key_types = {data::data_type::string(), number};
    specs[i].value_types = {data::data_type::map(data::data_type::string(), number),
                            data::data_type::decimal(20, 2)};
    specs[i].ttl_ms = i % 2 == 0 ? 0 : 1000;
  }
  return specs;
}

// Reads to the end or to the first error; shows every entry.
void show_file(std::string bytes) {
  static const auto specs = every_table();
  state::state_file_reader reader{state::byte_input(std::move(bytes))};
  std::string last;
  for (;;) {
    const auto block = reader.next();
    if (!block || block->empty()) return;
    for (const auto& entry : *block) {
      if (entry.key <= std::string_view(last)) std::abort();
      last = entry.key;
      std::string line;
      const state::entry_json json(specs[tables::table_of_key(entry.key) % specs.size()]);
      static_cast<void>(json.append(line, entry).ok());
    }
  }
}

// A file of one block whose checksums fit. The input begins with the block's counts.
std::string file_around(std::string_view block, state::format::block_codec codec) {
  namespace format = state::format;
  std::string file(format::header_magic);
  format::put(file, format::version);
  file.resize(format::header_size);
  std::string head;
  const std::size_t counts = 12;
  if (block.size() <= counts) return file;
  format::put(head, static_cast<std::uint32_t>(block.size() - counts));
  const bool plain = codec == format::block_codec::plain;
  format::put(head, plain ? static_cast<std::uint32_t>(block.size() - counts)
                          : format::get<std::uint32_t>(block.data()) % 65536);
  head.append(block.substr(4, counts - 4));
  head.push_back(static_cast<char>(codec));
  head.resize(format::block_head_size - 8);
  state::running_checksum sum;
  sum.add(head);
  sum.add(block.substr(counts));
  format::put(head, sum.value());
  file.append(head).append(block.substr(counts));
  return file.append(format::footer_size, '\0');
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(bytes) + 1, size - 1);
  switch (bytes[0] % 5) {
    case 0: show_file(std::string(text)); break;
    case 1: show_file(file_around(text, state::format::block_codec::plain)); break;
    case 2: show_file(file_around(text, state::format::block_codec::lz4)); break;
    case 3: {
      const auto manifest = codec::decode_manifest(text);
      if (manifest && !codec::decode_manifest(codec::encode_manifest(*manifest)).ok()) std::abort();
      break;
    }
    default: {
      char check[32];
      std::snprintf(check, sizeof check, "check %016llx\n",
                    static_cast<unsigned long long>(state::checksum_of(text)));
      const auto pointer = state::parse_pointer(std::string(text) + check);
      if (pointer && state::parse_pointer(state::to_text(*pointer)).value() != *pointer) {
        std::abort();
      }
    }
  }
  return 0;
}
