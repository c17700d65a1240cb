#pragma once

#include "core/base/result.hpp"
#include "core/coordination/job_entry.hpp"

#include <string>
#include <string_view>

namespace millrace::codec {

/// An entry as a message of `schemas/jobs.capnp`, segment table in front.
[[nodiscard]] std::string encode_job(const coordination::job_entry& entry);

/// Reads what `encode_job` wrote and checks it; the bytes need not be aligned. Of more exceptions
/// than are kept, the oldest are left out. Errors: state_corrupt.
[[nodiscard]] result<coordination::job_entry> decode_job(std::string_view bytes);

}  // namespace millrace::codec
