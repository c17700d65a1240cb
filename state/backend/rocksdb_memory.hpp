#pragma once

#include <cstddef>
#include <memory>

namespace rocksdb {
class Cache;
class WriteBufferManager;
}  // namespace rocksdb

namespace millrace::state {

/// The memory that all databases of a process share: a strict cache of blocks, indexes and filters,
/// with the write buffers charged to it. Nothing is allocated before a database is opened. Thread
/// safe; outlives the databases.
struct rocksdb_memory {
  explicit rocksdb_memory(std::size_t bytes);

  std::shared_ptr<rocksdb::Cache> cache;
  std::shared_ptr<rocksdb::WriteBufferManager> write_buffers;
};

}  // namespace millrace::state
