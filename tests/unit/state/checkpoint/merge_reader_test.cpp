#include "state/checkpoint/merge_reader.hpp"

#include "tests/unit/state/checkpoint/fixture.hpp"

namespace millrace::state {
namespace {

image merge(const std::vector<image>& oldest_first, std::size_t block) {
  std::vector<std::unique_ptr<tables::delta_reader>> readers;
  for (const image& i : oldest_first) {
    readers.push_back(std::make_unique<image_reader>(i, block + readers.size()));
  }
  merge_reader merged(std::move(readers));
  return drain(merged).value();
}

TEST(merge_reader, lets_the_newest_win_and_leaves_tombstones_out) {
  const std::string a = key_at(1, "a");
  const std::string b = key_at(1, "b");
  const std::string c = key_at(2, "c");
  const image base{{a, "1"}, {b, "2"}};
  const image first{{a, "3"}, {b, std::nullopt}, {c, "4"}};
  const image second{{b, "5"}, {c, std::nullopt}};
  EXPECT_EQ(merge({base, first, second}, 1), (image{{a, "3"}, {b, "5"}}));
}

TEST(merge_reader, of_nothing_is_empty) {
  EXPECT_EQ(merge({}, 1), image());
  EXPECT_EQ(merge({{}, {}}, 1), image());
}

TEST(merge_reader, agrees_with_a_map) {
  std::mt19937 random(4);
  for (int round = 0; round < 200; ++round) {
    std::vector<image> inputs;
    image expected;
    for (std::size_t i = 0; i < 1 + random() % 5; ++i) {
      inputs.push_back(random_image(random, static_cast<int>(random() % 300), i > 0));
      for (const auto& [key, value] : inputs.back()) expected[key] = value;
    }
    std::erase_if(expected, [](const auto& e) { return !e.second; });
    ASSERT_EQ(merge(inputs, 1 + random() % 9), expected) << "round " << round;
  }
}

}  // namespace
}  // namespace millrace::state
