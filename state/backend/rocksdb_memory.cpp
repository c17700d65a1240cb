#include "state/backend/rocksdb_memory.hpp"

#include <rocksdb/cache.h>
#include <rocksdb/write_buffer_manager.h>

namespace millrace::state {

namespace {

// Few: each shard keeps its share of the capacity to itself, and must hold what readers pin.
constexpr int shard_bits = 1;

}  // namespace

rocksdb_memory::rocksdb_memory(std::size_t bytes)
    : cache(rocksdb::NewLRUCache(bytes, shard_bits, true)),
      write_buffers(std::make_shared<rocksdb::WriteBufferManager>(bytes / 4, cache)) {}

}  // namespace millrace::state
