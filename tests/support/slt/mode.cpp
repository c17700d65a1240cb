#include "tests/support/slt/mode.hpp"

#include <nlohmann/json.hpp>

namespace millrace::testing {

result<std::vector<slt_mode>> parse_modes(std::string_view text) {
  const auto document = nlohmann::json::parse(text, nullptr, false);
  if (!document.is_array())
    return make_error(errc::config_bad_value, "modes.json must hold a list of modes");
  std::vector<slt_mode> modes;
  for (const auto& entry : document) {
    slt_mode mode;
    mode.name = entry.value("name", "");
    mode.barrier_after_feed = entry.value("barrier_after_feed", false);
    mode.crash = entry.value("crash", false);
    mode.rescale = entry.value("rescale", std::vector<std::uint32_t>());
    mode.keeps_order = entry.value("keeps_order", true);
    const auto options = entry.value("set", nlohmann::json::object());
    for (const auto& [key, value] : options.items()) mode.options[key] = value.get<std::string>();
    modes.push_back(std::move(mode));
  }
  return modes;
}

}  // namespace millrace::testing
