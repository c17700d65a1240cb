#include "cli/process_metrics.hpp"

#include "core/base/clock.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <memory>

namespace millrace::cli {

using runtime::metric_id;
using runtime::metric_sample;

namespace {

double seconds_of(const timeval& t) {
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
}

std::int64_t resident_bytes() {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> from(
      std::fopen("/proc/self/statm", "r"),
      [](std::FILE* f) { return f == nullptr ? 0 : std::fclose(f); });
  long long all = 0;
  long long resident = 0;
  if (!from || std::fscanf(from.get(), "%lld %lld", &all, &resident) != 2) return 0;
  return resident * ::sysconf(_SC_PAGESIZE);
}

// The one that reads the folder is among them.
std::int64_t open_files() {
  std::error_code failed;
  std::int64_t count = 0;
  const std::filesystem::directory_iterator end;
  for (std::filesystem::directory_iterator at("/proc/self/fd", failed); !failed && at != end;
       at.increment(failed)) {
    ++count;
  }
  return count;
}

std::uint64_t most_files() {
  rlimit limit{};
  return ::getrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_cur : 0;
}

const timestamp_ms process_start = system_clock().now();

}  // namespace

void add_process(std::vector<metric_sample>& out) {
  rusage use{};
  ::getrusage(RUSAGE_SELF, &use);
  out.push_back({metric_id::process_cpu, {}, seconds_of(use.ru_utime) + seconds_of(use.ru_stime)});
  out.push_back({metric_id::process_memory, {}, static_cast<double>(resident_bytes())});
  out.push_back({metric_id::process_start, {}, static_cast<double>(process_start) / 1e3});
  out.push_back({metric_id::process_files, {}, static_cast<double>(open_files())});
  out.push_back({metric_id::process_most_files, {}, static_cast<double>(most_files())});
}

void add_budget(std::vector<metric_sample>& out, const memory_budget& budget) {
  out.push_back({metric_id::memory_limit, {}, static_cast<double>(budget.limit())});
  out.push_back({metric_id::memory_used, {}, static_cast<double>(budget.used())});
}

}  // namespace millrace::cli
