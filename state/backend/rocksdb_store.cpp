#include "state/backend/rocksdb_store.hpp"

#include "state/backend/status.hpp"

#include <rocksdb/cache.h>
#include <rocksdb/db.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/sst_file_writer.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>
#include <rocksdb/write_buffer_manager.h>

#include <atomic>
#include <filesystem>
#include <mutex>
#include <utility>
#include <vector>

namespace millrace::state {
namespace {

using tables::delta_entry;

// Smaller deltas go through the write buffer: a file of its own costs an fsync.
constexpr std::size_t smallest_file = 256 << 10;
constexpr std::size_t block_rows = 1024;
// Section, key group, table and hash: what all entries of one key of a table begin with.
constexpr std::size_t prefix_size = 2 + 2 + 2 + 8;

rocksdb::Slice slice(std::string_view bytes) { return {bytes.data(), bytes.size()}; }
std::string_view view(const rocksdb::Slice& bytes) { return {bytes.data(), bytes.size()}; }

void append_u16(std::string& to, std::uint32_t number) {
  to.push_back(static_cast<char>(number >> 8));
  to.push_back(static_cast<char>(number));
}

rocksdb::Options make_options(const rocksdb_memory& memory) {
  rocksdb::BlockBasedTableOptions blocks;
  blocks.block_cache = memory.cache;
  blocks.cache_index_and_filter_blocks = true;
  blocks.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  blocks.whole_key_filtering = false;  // reads are by prefix
  blocks.index_type = rocksdb::BlockBasedTableOptions::kTwoLevelIndexSearch;
  blocks.partition_filters = true;
  blocks.metadata_block_size = 4096;
  rocksdb::Options options;
  options.create_if_missing = true;
  options.error_if_exists = true;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(blocks));
  options.prefix_extractor.reset(rocksdb::NewCappedPrefixTransform(prefix_size));
  options.write_buffer_manager = memory.write_buffers;
  options.write_buffer_size = 1 << 20;
  options.arena_block_size = 64 << 10;
  options.compression = rocksdb::kNoCompression;
  options.max_open_files = 256;
  options.info_log_level = rocksdb::FATAL_LEVEL;
  options.keep_log_file_num = 1;
  options.stats_dump_period_sec = 0;
  options.stats_persist_period_sec = 0;
  options.target_file_size_base = 8 << 20;
  options.max_bytes_for_level_base = 64 << 20;
  options.compaction_readahead_size = 256 << 10;
  return options;
}

class database final : public rocksdb_store {
 public:
  database(std::string folder, std::shared_ptr<rocksdb_memory> memory)
      : folder_(std::move(folder)), memory_(std::move(memory)) {}
  ~database() override {
    db_.reset();
    std::error_code ignored;
    if (opened_.load()) std::filesystem::remove_all(folder_, ignored);
  }

  std::unique_ptr<tables::state_store> section(std::uint16_t number) override;

  /// Null before the first write.
  [[nodiscard]] rocksdb::DB* db() const { return opened_.load() ? db_.get() : nullptr; }
  [[nodiscard]] result<rocksdb::DB*> open();
  /// A path for a file to be ingested.
  [[nodiscard]] std::string next_file() {
    return folder_ + "/delta-" + std::to_string(files_.fetch_add(1)) + ".sst";
  }
  [[nodiscard]] const rocksdb::Options& options() const { return options_; }
  [[nodiscard]] std::string doing(const char* what) const {
    return std::string(what) + " spilled state in " + folder_;
  }

 private:
  std::string folder_;
  std::shared_ptr<rocksdb_memory> memory_;
  rocksdb::Options options_;
  std::mutex opening_;
  std::unique_ptr<rocksdb::DB> db_;
  std::atomic<bool> opened_{false};
  std::atomic<std::uint64_t> files_{0};
};

result<rocksdb::DB*> database::open() {
  const std::scoped_lock hold(opening_);
  if (db_) return db_.get();
  options_ = make_options(*memory_);
  rocksdb::DB* made = nullptr;
  MILLRACE_CHECK(checked(rocksdb::DB::Open(options_, folder_, &made), doing("open")));
  db_.reset(made);
  opened_.store(true);
  return made;
}

/// Ranges of keys, each with the prefix that its entries share, read one behind the other.
class range_reader final : public tables::delta_reader {
 public:
  range_reader(std::shared_ptr<const database> owner, std::vector<std::string> prefixes,
               bool by_key)
      : owner_(std::move(owner)), prefixes_(std::move(prefixes)) {
    if (owner_->db() == nullptr) prefixes_.clear();
    if (prefixes_.empty()) return;
    rocksdb::ReadOptions how;
    how.total_order_seek = !by_key;
    how.prefix_same_as_start = by_key;
    how.fill_cache = by_key;
    how.verify_checksums = true;
    rows_.reset(owner_->db()->NewIterator(how));
  }

  [[nodiscard]] result<std::span<const delta_entry>> next() override {
    block_.clear();
    bytes_.clear();
    for (std::size_t rows = 0; rows < block_rows && prefix_ < prefixes_.size();) {
      const std::string& prefix = prefixes_[prefix_];
      if (!std::exchange(inside_, true)) rows_->Seek(slice(prefix));
      if (rows_->Valid() && rows_->key().starts_with(slice(prefix))) {
        keep(rows_->key(), rows_->value());
        ++rows;
        rows_->Next();
        continue;
      }
      MILLRACE_CHECK(checked(rows_->status(), owner_->doing("read")));
      inside_ = false;
      ++prefix_;
    }
    return entries();
  }

 private:
  struct piece {
    std::size_t at;
    std::size_t key;
    std::size_t value;
  };
  // The section in front of the delta key is ours.
  void keep(const rocksdb::Slice& key, const rocksdb::Slice& value) {
    pieces_.push_back({bytes_.size(), key.size() - 2, value.size()});
    bytes_.append(key.data() + 2, key.size() - 2);
    bytes_.append(value.data(), value.size());
  }
  [[nodiscard]] std::span<const delta_entry> entries() {
    const std::string_view all = bytes_;
    for (const piece& p : pieces_) {
      block_.push_back({all.substr(p.at, p.key), all.substr(p.at + p.key, p.value), false});
    }
    pieces_.clear();
    return block_;
  }

  std::shared_ptr<const database> owner_;
  std::vector<std::string> prefixes_;
  std::unique_ptr<rocksdb::Iterator> rows_;
  std::size_t prefix_ = 0;
  bool inside_ = false;
  std::string bytes_;
  std::vector<piece> pieces_;
  std::vector<delta_entry> block_;
};

/// Collects a delta: in memory while it is small, then in a file. Nothing is visible before
/// `finish`; what was collected is dropped otherwise.
class delta_sink {
 public:
  delta_sink(database& owner, const std::string& section) : owner_(owner), key_(section) {}
  ~delta_sink() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove(path_, ignored);
  }

  result<void> add(const delta_entry& e) {
    key_.resize(2);
    key_.append(e.key);
    if (file_) return add_to_file(key_, e.tombstone ? nullptr : &e.value);
    MILLRACE_CHECK(checked(e.tombstone ? small_.Delete(key_) : small_.Put(key_, slice(e.value)),
                           owner_.doing("collect")));
    if (small_.GetDataSize() < smallest_file) return {};
    return begin_file();
  }

  result<void> finish() {
    if (!file_ && small_.Count() == 0) return {};
    MILLRACE_TRY(rocksdb::DB* const db, owner_.open());
    if (!file_) {
      rocksdb::WriteOptions how;
      how.disableWAL = true;
      return checked(db->Write(how, &small_), owner_.doing("write"));
    }
    MILLRACE_CHECK(checked(file_->Finish(), owner_.doing("write")));
    rocksdb::IngestExternalFileOptions how;
    how.move_files = true;
    how.write_global_seqno = false;  // the file stays as its checksum says
    return checked(db->IngestExternalFile({path_}, how), owner_.doing("ingest"));
  }

 private:
  /// Replays what was collected into a file.
  struct replay final : rocksdb::WriteBatch::Handler {
    explicit replay(delta_sink& s) : sink(s) {}
    rocksdb::Status PutCF(std::uint32_t, const rocksdb::Slice& key,
                          const rocksdb::Slice& value) override {
      return sink.file_->Put(key, value);
    }
    rocksdb::Status DeleteCF(std::uint32_t, const rocksdb::Slice& key) override {
      return sink.file_->Delete(key);
    }
    delta_sink& sink;
  };

  result<void> begin_file() {
    MILLRACE_CHECK(owner_.open());
    path_ = owner_.next_file();
    file_ = std::make_unique<rocksdb::SstFileWriter>(rocksdb::EnvOptions(), owner_.options());
    MILLRACE_CHECK(checked(file_->Open(path_), owner_.doing("write")));
    replay to(*this);
    MILLRACE_CHECK(checked(small_.Iterate(&to), owner_.doing("write")));
    small_.Clear();
    return {};
  }
  result<void> add_to_file(std::string_view key, const std::string_view* value) {
    return checked(value ? file_->Put(slice(key), slice(*value)) : file_->Delete(slice(key)),
                   owner_.doing("write"));
  }

  database& owner_;
  std::string key_;
  rocksdb::WriteBatch small_;
  std::unique_ptr<rocksdb::SstFileWriter> file_;
  std::string path_;
};

class store_section final : public tables::state_store {
 public:
  store_section(std::shared_ptr<database> owner, std::uint16_t number)
      : owner_(std::move(owner)), number_(number) {
    append_u16(section_, number);
  }

  result<void> write(tables::delta_reader& delta) override {
    delta_sink sink(*owner_, section_);
    for (;;) {
      MILLRACE_TRY(const auto block, delta.next());
      if (block.empty()) return sink.finish();
      for (const delta_entry& e : block) MILLRACE_CHECK(sink.add(e));
    }
  }

  result<std::unique_ptr<tables::delta_reader>> read(
      std::span<const key_group> groups) const override {
    std::vector<std::string> prefixes;
    for (const key_group g : groups) prefixes.push_back(prefix_of(g.value));
    return std::unique_ptr<tables::delta_reader>(
        std::make_unique<range_reader>(owner_, std::move(prefixes), false));
  }

  result<std::unique_ptr<tables::delta_reader>> read_prefixes(
      std::span<const std::string> prefixes) const override {
    std::vector<std::string> all;
    for (const std::string& p : prefixes) all.push_back(section_ + p);
    return std::unique_ptr<tables::delta_reader>(
        std::make_unique<range_reader>(owner_, std::move(all), true));
  }

  result<std::vector<key_group>> groups() const override;
  result<void> drop(std::span<const key_group> groups) override;
  std::uint64_t stored_bytes() const override;

 private:
  [[nodiscard]] std::string prefix_of(std::uint32_t group) const {
    std::string prefix = section_;
    append_u16(prefix, group);
    return prefix;
  }
  // In front of all keys behind a group's; behind the last group begins the next section.
  [[nodiscard]] std::string end_of(std::uint32_t group) const {
    const std::uint32_t next = (std::uint32_t{number_} << 16 | group) + 1;
    std::string end;
    append_u16(end, next >> 16);
    append_u16(end, next);
    return end;
  }

  std::shared_ptr<database> owner_;
  std::uint16_t number_;
  std::string section_;
};

result<std::vector<key_group>> store_section::groups() const {
  std::vector<key_group> all;
  if (owner_->db() == nullptr) return all;
  rocksdb::ReadOptions how;
  how.total_order_seek = true;
  const std::unique_ptr<rocksdb::Iterator> rows(owner_->db()->NewIterator(how));
  rows->Seek(section_);
  while (rows->Valid() && rows->key().starts_with(section_)) {
    const std::uint16_t group = tables::group_of_key(view(rows->key()).substr(2));
    all.emplace_back(group);
    rows->Seek(end_of(group));
  }
  MILLRACE_CHECK(checked(rows->status(), owner_->doing("read")));
  return all;
}

result<void> store_section::drop(std::span<const key_group> groups) {
  rocksdb::DB* const db = owner_->db();
  if (db == nullptr) return {};
  rocksdb::WriteBatch ranges;
  for (const key_group g : groups) {
    MILLRACE_CHECK(
        checked(ranges.DeleteRange(prefix_of(g.value), end_of(g.value)), owner_->doing("drop")));
  }
  rocksdb::WriteOptions how;
  how.disableWAL = true;
  return checked(db->Write(how, &ranges), owner_->doing("drop"));
}

std::uint64_t store_section::stored_bytes() const {
  rocksdb::DB* const db = owner_->db();
  if (db == nullptr) return 0;
  const std::string begin = prefix_of(0);
  const std::string end = end_of(tables::unkeyed_group);
  const rocksdb::Range all(begin, end);
  rocksdb::SizeApproximationOptions how;
  how.include_memtables = true;
  std::uint64_t bytes = 0;
  return db->GetApproximateSizes(how, db->DefaultColumnFamily(), &all, 1, &bytes).ok() ? bytes : 0;
}

std::unique_ptr<tables::state_store> database::section(std::uint16_t number) {
  return std::make_unique<store_section>(std::static_pointer_cast<database>(shared_from_this()),
                                         number);
}

}  // namespace

std::shared_ptr<rocksdb_store> rocksdb_store::make(std::string folder,
                                                   std::shared_ptr<rocksdb_memory> memory) {
  return std::make_shared<database>(std::move(folder), std::move(memory));
}

}  // namespace millrace::state
