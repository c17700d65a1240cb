#include "tests/bench/exchange/sample_rows.hpp"

#include "core/data/column_builder.hpp"
#include "core/expr/key_hash.hpp"

#include <random>
#include <utility>

namespace millrace::bench {
namespace {

using data::data_type;
using data::type_id;

constexpr int batches_of_a_sample = 16;  // more than the caches of a core hold

template <class Append>
sample make_sample(std::string name, data::schema rows, Append append) {
  std::mt19937_64 random(1);
  sample made{std::move(name), std::move(rows), {}};
  const std::vector<std::uint32_t> key = {0};
  for (int i = 0; i < batches_of_a_sample; ++i) {
    data::batch_builder builder(made.rows);
    for (std::uint32_t row = 0; row < data::default_batch_rows; ++row) {
      append(builder, random);
      builder.end_row();
    }
    const auto batch = builder.finish();
    made.batches.push_back(batch->with_hashes(expr::hash_keys(*batch, key)));
  }
  return made;
}

void append_numbers(data::batch_builder& to, std::mt19937_64& random) {
  for (std::size_t c = 0; c < 4; ++c) to.column_at(c).append(static_cast<std::int64_t>(random()));
}

void append_texts(data::batch_builder& to, std::mt19937_64& random) {
  to.column_at(0).append(static_cast<std::int64_t>(random()));
  to.column_at(1).append_text(std::string(20 + random() % 40, 'x'));
  to.column_at(2).append_text("Zürich, " + std::to_string(random() % 1000));
}

}  // namespace

std::vector<sample> make_samples() {
  const data_type number(type_id::bigint);
  std::vector<sample> all;
  all.push_back(make_sample("four BIGINT",
                            {{{"a", number}, {"b", number}, {"c", number}, {"d", number}}},
                            append_numbers));
  all.push_back(make_sample(
      "BIGINT and two STRING",
      {{{"a", number}, {"b", data_type::string()}, {"c", data_type::string()}}}, append_texts));
  return all;
}

}  // namespace millrace::bench
