#include "core/coordination/split_enumerator.hpp"

#include <utility>

namespace millrace::coordination {

split_enumerator::split_enumerator(std::uint32_t readers, bool bounded, bool discovers)
    : readers_(readers), bounded_(bounded), discovers_(discovers) {}

std::vector<split_enumerator::answer> split_enumerator::on_discovered(
    std::vector<connectors::source_split> splits) {
  discovered_ = true;
  for (auto& split : splits) {
    if (known_.insert(split.id).second) splits_.push_back(std::move(split));
  }
  return bounded_ ? serve() : deal_evenly();
}

std::vector<split_enumerator::answer> split_enumerator::on_request(subtask_index reader) {
  hungry_.push_back(reader);
  return serve();
}

std::vector<split_enumerator::answer> split_enumerator::deal_evenly() {
  std::vector<answer> answers;
  while (!splits_.empty()) {
    answers.push_back({subtask_index(next_reader_), give()});
    next_reader_ = (next_reader_ + 1) % readers_;
  }
  auto ends = serve();
  answers.insert(answers.end(), std::make_move_iterator(ends.begin()),
                 std::make_move_iterator(ends.end()));
  return answers;
}

connectors::source_split split_enumerator::give() {
  given_.push_back(std::move(splits_.front()));
  splits_.pop_front();
  return given_.back();
}

void split_enumerator::take_over(std::vector<connectors::source_split> given) {
  for (auto& split : given) {
    known_.insert(split.id);
    taken_over_.insert(split.id);
    given_.push_back(std::move(split));
  }
}

void split_enumerator::add(std::vector<connectors::source_split> splits) {
  for (auto& split : splits) {
    if (!taken_over_.contains(split.id)) splits_.push_back(std::move(split));
  }
}

std::vector<split_enumerator::answer> split_enumerator::restore(
    const std::vector<std::string>& seen, std::vector<connectors::source_split> reading,
    std::vector<connectors::source_split> waiting) {
  known_.insert(seen.begin(), seen.end());
  add(std::move(reading));
  auto answers = deal_evenly();
  add(std::move(waiting));
  discovered_ = true;
  auto more = bounded_ ? serve() : deal_evenly();
  answers.insert(answers.end(), std::make_move_iterator(more.begin()),
                 std::make_move_iterator(more.end()));
  return answers;
}

enumerator_state split_enumerator::snapshot(const std::set<std::string, std::less<>>& read) const {
  enumerator_state state;
  state.seen.assign(known_.begin(), known_.end());
  for (const auto& split : given_) {
    if (!read.contains(split.id)) state.waiting.push_back(split);
  }
  state.waiting.insert(state.waiting.end(), splits_.begin(), splits_.end());
  return state;
}

std::vector<split_enumerator::answer> split_enumerator::serve() {
  std::vector<answer> answers;
  while (discovered_ && !hungry_.empty()) {
    if (splits_.empty() && discovers_) break;
    answer a{hungry_.front(), std::nullopt};
    hungry_.pop_front();
    if (!splits_.empty()) a.split = give();
    answers.push_back(std::move(a));
  }
  return answers;
}

}  // namespace millrace::coordination
