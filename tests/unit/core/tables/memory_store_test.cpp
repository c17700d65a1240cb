#include "core/tables/memory_store.hpp"

#include "tests/support/state_store_contract.hpp"

namespace millrace::tables {

INSTANTIATE_TEST_SUITE_P(memory, state_store_contract, ::testing::Values(state_store_factory([] {
                           return std::make_unique<memory_store>();
                         })));

}  // namespace millrace::tables
