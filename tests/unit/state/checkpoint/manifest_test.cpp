#include "core/codec/checkpoint/manifest_codec.hpp"
#include "state/checkpoint/job_pointer.hpp"
#include "state/checkpoint/manifest_file.hpp"
#include "tests/unit/state/checkpoint/fixture.hpp"

namespace millrace::state {
namespace {

using coordination::checkpoint_manifest;
using data::data_type;
using data::type_id;

tables::table_spec full_table() {
  tables::table_spec t;
  t.name = "sums";
  t.kind = tables::table_kind::map;
  t.key_types = {data_type::string(false), data_type::decimal(38, 10)};
  t.slots = {tables::slot_spec::bytes(16), tables::slot_spec::blob()};
  t.sub_key_types = {data_type::timestamp(3)};
  t.value_types = {
      data_type::row({{"a", data_type::array(data_type(type_id::integer))},
                      {"b", data_type::map(data_type::string(), data_type::bytes())},
                      {"c", data_type::multiset(data_type(type_id::interval_day_time))}})};
  t.ttl_ms = 5000;
  t.sequenced = true;
  t.resident = true;
  return t;
}

checkpoint_manifest full_manifest() {
  checkpoint_manifest m = manifest_of(17, {});
  m.savepoint = true;
  m.leader_epoch = 3;
  m.triggered_at = 1700000000000;
  m.max_parallelism = 256;
  m.script = "job.sql";
  m.plan_digest = "abc";
  m.properties = {{"mode", std::string("a\0b", 3)}};
  auto& o = m.operators[0];
  o.description = "GroupAggregate";
  o.subtask = 1;
  o.parallelism = 2;
  o.range = {128, 128, 256};
  o.tables = {full_table()};
  o.watermarks = {min_watermark, 5};
  o.finished = true;
  coordination::state_file f;
  f.kind = coordination::state_file_kind::opaque;
  f.name = "chk-16/x";
  f.local_name = "000001.sst";
  f.bytes = 10;
  f.checksum = UINT64_MAX;
  f.entries = 4;
  f.location = "chk-16/pack";
  f.offset = 7;
  o.files = {f};
  m.readers = {{"scan", 1, {{"file-1", std::string("\0\1", 2)}}}};
  m.enumerators = {{"scan", {"file-1", "file-2"}, {{"file-2", ""}}}};
  m.sinks = {{"sink", 0, {"work", ""}}};
  return m;
}

TEST(manifest, comes_back_as_it_was) {
  const checkpoint_manifest m = full_manifest();
  const std::string bytes = codec::encode_manifest(m);
  const auto back = codec::decode_manifest(bytes);
  ASSERT_TRUE(back.ok()) << to_text(back.error());
  EXPECT_EQ(codec::encode_manifest(*back), bytes);
  EXPECT_EQ(back->id, m.id);
  EXPECT_EQ(back->properties, m.properties);
  EXPECT_EQ(back->operators[0].files, m.operators[0].files);
  EXPECT_EQ(back->operators[0].watermarks, m.operators[0].watermarks);
  EXPECT_EQ(back->operators[0].range.max_parallelism, 256U);
  EXPECT_EQ(back->operators[0].tables[0].value_types, full_table().value_types);
  EXPECT_EQ(back->operators[0].tables[0].key_types, full_table().key_types);
  EXPECT_EQ(back->readers[0].splits[0].position, m.readers[0].splits[0].position);
  EXPECT_EQ(back->sinks[0].committables, m.sinks[0].committables);
}

// A reader of version 1 would lose rows in flight; everything else it can read.
TEST(manifest, has_version_2_only_with_rows_in_flight) {
  checkpoint_manifest m = full_manifest();
  EXPECT_EQ(pack_manifest(m).bytes[8], 1);
  m.operators[0].in_flight = true;
  const std::string bytes = pack_manifest(m).bytes;
  EXPECT_EQ(bytes[8], 2);
  const auto back = unpack_manifest(bytes, "manifest");
  ASSERT_TRUE(back.ok()) << to_text(back.error());
  EXPECT_TRUE(back->operators[0].in_flight);
}

TEST(manifest, refuses_what_cannot_be) {
  const auto code = [](auto change) {
    checkpoint_manifest m = full_manifest();
    change(m);
    const auto back = codec::decode_manifest(codec::encode_manifest(m));
    return back.ok() ? errc::internal : back.error().code;
  };
  EXPECT_EQ(code([](auto& m) { m.operators[0].subtask = 2; }), errc::state_corrupt);
  EXPECT_EQ(code([](auto& m) { m.operators[0].parallelism = 0; }), errc::state_corrupt);
  EXPECT_EQ(code([](auto& m) { m.max_parallelism = 0; }), errc::state_corrupt);
  EXPECT_EQ(code([](auto& m) { m.operators[0].range.first = 200; }), errc::state_corrupt);
  EXPECT_EQ(code([](auto& m) { m.operators[0].files[0].location = "../x"; }), errc::state_corrupt);
  EXPECT_EQ(code([](auto& m) { m.operators[0].files[0].location = "/etc/passwd"; }),
            errc::state_corrupt);
  EXPECT_EQ(code([](auto& m) { m.operators[0].files[0].local_name = "a/../../b"; }),
            errc::state_corrupt);
  EXPECT_EQ(code([](auto& m) { m.operators[0].files[0].offset = UINT64_MAX; }),
            errc::state_corrupt);
  EXPECT_EQ(code([](auto& m) {
              m.operators[0].tables[0].slots[0].kind = static_cast<tables::slot_kind>(9);
            }),
            errc::state_corrupt);
}

// Behind the hash a wrong message is no accident, but it still must not do harm.
TEST(manifest, survives_any_message) {
  const std::string good = codec::encode_manifest(full_manifest());
  std::mt19937 random(5);
  std::size_t refused = 0;
  for (int round = 0; round < 5000; ++round) {
    std::string bad = good;
    for (std::uint32_t flips = 1 + random() % 4; flips > 0; --flips) {
      bad[random() % bad.size()] ^= static_cast<char>(1 + random() % 255);
    }
    if (random() % 8 == 0) bad.resize(random() % bad.size());
    refused += codec::decode_manifest(bad).ok() ? 0 : 1;
  }
  EXPECT_GT(refused, 500U);
}

TEST(manifest, file_notices_every_flipped_bit_and_every_cut) {
  const std::string good = pack_manifest(manifest_of(1, {})).bytes;
  ASSERT_TRUE(unpack_manifest(good, "m").ok());
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    std::string bad = good;
    bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ (1 << (bit % 8)));
    ASSERT_FALSE(unpack_manifest(bad, "m").ok()) << "bit " << bit;
  }
  for (std::size_t size = 0; size < good.size(); ++size) {
    ASSERT_FALSE(unpack_manifest(good.substr(0, size), "m").ok()) << "cut to " << size;
  }
}

TEST(job_pointer, comes_back_and_notices_every_flipped_bit) {
  const job_pointer pointer{
      4,
      "run",
      checkpoint_id(25),
      {{checkpoint_id(9), std::string(32, 'a')}, {checkpoint_id(8), std::string(32, 'b')}}};
  const std::string good = to_text(pointer);
  EXPECT_EQ(parse_pointer(good).value(), pointer);
  EXPECT_EQ(parse_pointer(to_text(job_pointer{})).value(), job_pointer{});
  for (std::size_t bit = 0; bit < good.size() * 8; ++bit) {
    std::string bad = good;
    bad[bit / 8] = static_cast<char>(bad[bit / 8] ^ (1 << (bit % 8)));
    ASSERT_FALSE(parse_pointer(bad).ok()) << "bit " << bit;
  }
  for (std::size_t size = 0; size < good.size(); ++size) {
    ASSERT_FALSE(parse_pointer(good.substr(0, size)).ok()) << "cut to " << size;
  }
}

}  // namespace
}  // namespace millrace::state
