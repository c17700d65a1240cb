#include "core/data/buffer.hpp"

#include "core/base/assert.hpp"

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <new>
#include <vector>

namespace millrace::data {
namespace {

constexpr std::size_t alignment = 64;

// Only the owning thread writes its shard, so a plain load and store does; readers add all shards.
struct counter_shard;
struct counter_registry {
  std::mutex guard;
  std::vector<counter_shard*> live;
  copy_counters ended{};
};

counter_registry& registry() {
  // Leaked: threads that end after main still fold their counts in.
  static auto* instance = new counter_registry;
  return *instance;
}

struct counter_shard {
  std::atomic<std::uint64_t> allocated{0};
  std::atomic<std::uint64_t> copied{0};

  counter_shard() {
    const std::lock_guard lock(registry().guard);
    registry().live.push_back(this);
  }
  ~counter_shard() {
    const std::lock_guard lock(registry().guard);
    registry().ended.allocated_bytes += allocated.load(std::memory_order_relaxed);
    registry().ended.copied_bytes += copied.load(std::memory_order_relaxed);
    std::erase(registry().live, this);
  }
};

void add(std::atomic<std::uint64_t> counter_shard::*which, std::size_t bytes) {
  thread_local counter_shard shard;
  auto& counter = shard.*which;
  counter.store(counter.load(std::memory_order_relaxed) + bytes, std::memory_order_relaxed);
}

}  // namespace

std::shared_ptr<buffer> buffer::allocate(std::size_t size) {
  const std::size_t room = (size / alignment + 1) * alignment;
  auto* data = static_cast<std::byte*>(std::aligned_alloc(alignment, room));
  if (data == nullptr) throw std::bad_alloc();
  std::memset(data + size, 0, room - size);
  add(&counter_shard::allocated, room);
  return std::make_shared<buffer>(key{}, data, size, nullptr);
}

buffer_ref buffer::wrap(const std::byte* data, std::size_t size,
                        std::shared_ptr<const void> owner) {
  MILLRACE_ASSERT(owner != nullptr);
  MILLRACE_ASSERT(reinterpret_cast<std::uintptr_t>(data) % 8 == 0);
  // Shared as const only, so nobody writes through the pointer.
  return std::make_shared<const buffer>(key{}, const_cast<std::byte*>(data), size,
                                        std::move(owner));
}

buffer_ref buffer::copy_of(std::span<const std::byte> bytes) {
  auto out = allocate(bytes.size());
  if (!bytes.empty()) std::memcpy(out->mutable_data(), bytes.data(), bytes.size());
  count_copied(bytes.size());
  return out;
}

buffer::~buffer() {
  if (!owner_) std::free(data_);
}

copy_counters read_copy_counters() {
  const std::lock_guard lock(registry().guard);
  copy_counters sum = registry().ended;
  for (const auto* shard : registry().live) {
    sum.allocated_bytes += shard->allocated.load(std::memory_order_relaxed);
    sum.copied_bytes += shard->copied.load(std::memory_order_relaxed);
  }
  return sum;
}

void count_copied(std::size_t bytes) { add(&counter_shard::copied, bytes); }

}  // namespace millrace::data
