#include "state/storage/direct_file.hpp"

#include <algorithm>
#include <cstring>
#include <new>

namespace millrace::state {

namespace {

constexpr std::size_t buffer_size = 1U << 20;
static_assert(buffer_size % file::direct_page == 0);

}  // namespace

result<direct_file> direct_file::create(const std::string& path) {
  MILLRACE_TRY(file to, file::create_direct(path));
  return direct_file(std::move(to));
}

result<void> direct_file::write(std::string_view bytes) {
  if (!pages_) {
    pages_.reset(static_cast<char*>(std::aligned_alloc(file::direct_page, buffer_size)));
    if (!pages_) throw std::bad_alloc();
  }
  while (!bytes.empty()) {
    const std::size_t n = std::min(bytes.size(), buffer_size - used_);
    std::memcpy(pages_.get() + used_, bytes.data(), n);
    bytes.remove_prefix(n);
    used_ += n;
    if (used_ < buffer_size) continue;
    MILLRACE_CHECK(file_.write({pages_.get(), buffer_size}));
    used_ = 0;
  }
  return {};
}

// What fills no page goes through the page cache.
result<void> direct_file::finish() {
  const std::size_t whole = used_ / file::direct_page * file::direct_page;
  MILLRACE_CHECK(file_.write({pages_.get(), whole}));
  MILLRACE_CHECK(file_.write({pages_.get() + whole, used_ - whole}));
  used_ = 0;
  return file_.sync();
}

}  // namespace millrace::state
