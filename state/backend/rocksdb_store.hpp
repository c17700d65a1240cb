#pragma once

#include "core/tables/state_store.hpp"
#include "state/backend/rocksdb_memory.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace millrace::state {

/// One RocksDB database that holds the spilled tables of one task.
///
/// Owner: the sections, together. Life: nothing exists on disk before the first write, which makes
/// the folder; the folder is removed with the last section. Thread safe.
class rocksdb_store : public std::enable_shared_from_this<rocksdb_store> {
 public:
  /// `folder` must not exist; its parent must.
  [[nodiscard]] static std::shared_ptr<rocksdb_store> make(std::string folder,
                                                           std::shared_ptr<rocksdb_memory> memory);
  virtual ~rocksdb_store() = default;

  /// The part of one operator; each number, below 65535, once.
  [[nodiscard]] virtual std::unique_ptr<tables::state_store> section(std::uint16_t number) = 0;
};

}  // namespace millrace::state
