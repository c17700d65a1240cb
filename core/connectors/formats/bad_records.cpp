#include "core/connectors/formats/bad_records.hpp"

#include "core/connectors/formats/json/json_text.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace millrace::connectors::formats {

struct bad_records::letter_file {
  std::string path;
  std::FILE* file = nullptr;
  letter_file(std::string p, std::FILE* f) : path(std::move(p)), file(f) {}
  letter_file(const letter_file&) = delete;
  letter_file& operator=(const letter_file&) = delete;
  ~letter_file() { std::fclose(file); }
};

bad_records::bad_records(policy what, operators::operator_metrics* metrics)
    : what_(what), metrics_(metrics) {}

bad_records::~bad_records() = default;

result<void> bad_records::keep_in(const std::string& path) {
  std::FILE* file = std::fopen(path.c_str(), "ae");
  if (file == nullptr)
    return make_error(errc::connector_io,
                      fmt::format("cannot write '{}': {}", path, std::strerror(errno)),
                      "'bad-records.path' must be a file in a folder that exists");
  out_ = std::make_unique<letter_file>(path, file);
  return {};
}

void bad_records::start(std::string_view file, std::uint64_t offset, std::uint64_t row) {
  file_ = file;
  offset_ = offset;
  row_ = row;
}

result<void> bad_records::reject(errc code, std::uint64_t at, std::uint64_t row,
                                 std::string_view reason, std::string_view bytes) {
  if (what_ == policy::fail)
    return make_error(
        code, fmt::format("{}, row {}, byte {}: {}", file_, row_ + row, offset_ + at, reason),
        "mend the record, or skip bad ones with the format's "
        "'ignore-parse-errors' = 'true' or with 'bad-records.path'");
  ++rejected_;
  if (metrics_ != nullptr) metrics_->rejected_rows.fetch_add(1, std::memory_order_relaxed);
  return keep(code, at, row, reason, bytes);
}

result<void> bad_records::note_field(std::uint64_t at, std::uint64_t row, std::string_view reason,
                                     std::string_view bytes) {
  return keep(errc::connector_bad_record, at, row, reason, bytes);
}

result<void> bad_records::keep(errc code, std::uint64_t at, std::uint64_t row,
                               std::string_view reason, std::string_view bytes) {
  if (!out_) return {};
  std::string line = "{\"file\":";
  json::append_quoted(line, file_);
  line += fmt::format(",\"row\":{},\"offset\":{},\"code\":{},\"reason\":", row_ + row, offset_ + at,
                      static_cast<int>(code));
  json::append_quoted(line, reason);
  line += fmt::format(",\"size\":{},\"bytes\":", bytes.size());
  json::append_quoted(line, bytes.substr(0, kept_bytes));
  line += "}\n";
  if (std::fwrite(line.data(), 1, line.size(), out_->file) == line.size() &&
      std::fflush(out_->file) == 0)
    return {};
  return make_error(errc::connector_io,
                    fmt::format("cannot write '{}': {}", out_->path, std::strerror(errno)));
}

}  // namespace millrace::connectors::formats
