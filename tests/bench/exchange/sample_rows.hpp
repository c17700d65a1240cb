#pragma once

#include "core/data/record_batch.hpp"
#include "core/data/types.hpp"

#include <string>
#include <vector>

namespace millrace::bench {

/// What is sent: a handful of batches, over and over, each with key hashes as behind a hash
/// exchange.
struct sample {
  std::string name;
  data::schema rows;
  std::vector<data::batch_ptr> batches;
};

/// Four BIGINT columns; and a BIGINT with two texts, one ASCII and one that is not.
[[nodiscard]] std::vector<sample> make_samples();

}  // namespace millrace::bench
