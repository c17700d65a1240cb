#include "state/checkpoint/manifest_file.hpp"

#include "core/codec/checkpoint/manifest_codec.hpp"
#include "state/checkpoint/checksum.hpp"
#include "state/checkpoint/state_file_format.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace millrace::state {

namespace {

constexpr std::string_view magic = "MRMANIF1";
constexpr std::uint32_t plain_version = 1;
/// With rows in flight, which a reader of version 1 would lose.
constexpr std::uint32_t newest_version = 2;
/// magic 8 | version u32 | zero u32 | bytes of the message u64
constexpr std::size_t head_size = 24;
constexpr std::size_t hash_size = 32;
constexpr std::uint64_t size_limit = 1U << 30;

error corrupt(const std::string& path, std::string_view what) {
  return make_error(errc::state_corrupt,
                    fmt::format("the manifest '{}' is damaged: {}", path, what),
                    "restore from an older checkpoint");
}

std::uint32_t version_of(const coordination::checkpoint_manifest& manifest) {
  const bool rows_in_flight =
      std::any_of(manifest.operators.begin(), manifest.operators.end(),
                  [](const coordination::operator_state& o) { return o.in_flight; });
  return rows_in_flight ? newest_version : plain_version;
}

}  // namespace

manifest_bytes pack_manifest(const coordination::checkpoint_manifest& manifest) {
  const std::string message = codec::encode_manifest(manifest);
  manifest_bytes out;
  out.bytes = magic;
  format::put(out.bytes, version_of(manifest));
  format::put(out.bytes, std::uint32_t{0});
  format::put(out.bytes, static_cast<std::uint64_t>(message.size()));
  out.bytes += message;
  out.hash = content_hash(out.bytes);
  out.bytes += out.hash;
  return out;
}

result<coordination::checkpoint_manifest> unpack_manifest(std::string_view bytes,
                                                          const std::string& path) {
  if (bytes.size() < head_size + hash_size) return corrupt(path, "it is cut short");
  if (!bytes.starts_with(magic)) return corrupt(path, "it does not begin as a manifest");
  const std::string_view hash = bytes.substr(bytes.size() - hash_size);
  bytes.remove_suffix(hash_size);
  if (content_hash(bytes) != hash) return corrupt(path, "it does not fit its hash");
  if (const auto v = format::get<std::uint32_t>(bytes.data() + 8);
      v < plain_version || v > newest_version) {
    return make_error(errc::state_corrupt,
                      fmt::format("the manifest '{}' has version {}; this millrace reads versions "
                                  "{} to {}",
                                  path, v, plain_version, newest_version));
  }
  if (format::get<std::uint64_t>(bytes.data() + 16) != bytes.size() - head_size) {
    return corrupt(path, "it has another size than it says");
  }
  return codec::decode_manifest(bytes.substr(head_size));
}

result<loaded_manifest> load_manifest(const object_folder& folder, const std::string& name) {
  MILLRACE_TRY(const std::string bytes, read_object(folder, name, size_limit));
  MILLRACE_TRY(auto manifest, unpack_manifest(bytes, folder.place_of(name)));
  return loaded_manifest{std::move(manifest), bytes.substr(bytes.size() - hash_size)};
}

result<std::string> store_manifest(const coordination::checkpoint_manifest& manifest,
                                   object_folder& folder, const std::string& name) {
  auto packed = pack_manifest(manifest);
  MILLRACE_CHECK(folder.replace(name, packed.bytes));
  return std::move(packed.hash);
}

}  // namespace millrace::state
