#include "cli/cluster/busiest.hpp"

#include "cli/cluster/job_texts.hpp"
#include "cli/figures.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <functional>
#include <utility>

namespace millrace::cli {

namespace {

using nlohmann::json;

std::pair<double, double> load_of(const json& subtask) {
  return {subtask["busy"].get<double>(), subtask["rows_in_per_second"].get<double>()};
}

std::string share(const json& of) { return share_text(of.get<double>()); }
std::string rate(const json& a_second) {
  return with_commas(static_cast<std::uint64_t>(a_second.get<double>() + 0.5));
}
std::string size(const json& bytes) { return bytes_text(bytes.get<std::uint64_t>()); }

}  // namespace

json busiest(const std::vector<json>& jobs, std::size_t most) {
  std::vector<json> all;
  for (const json& job : jobs) {
    for (const json& vertex : job["vertices"]) {
      for (const json& subtask : vertex["subtasks"]) {
        all.push_back(subtask);
        all.back()["job"] = job["id"];
        all.back()["name"] = job["name"];
        all.back()["vertex"] = vertex["name"];
      }
    }
  }
  std::ranges::stable_sort(all, std::greater<>(), load_of);
  all.resize(std::min(all.size(), most));
  return json(std::move(all));
}

std::string busiest_page(const json& subtasks, std::size_t columns) {
  std::vector<text_row> rows;
  for (const json& s : subtasks) {
    rows.push_back({share(s["busy"]), share(s["backpressured"]), rate(s["rows_in_per_second"]),
                    rate(s["rows_out_per_second"]), size(s["queued_bytes"]), size(s["state_bytes"]),
                    plain_text(s["name"]),
                    plain_text(s["vertex"]) + " (" + plain_text(s["subtask"]) + ")",
                    plain_text(s["worker"])});
  }
  return text_table({"busy", "held back", "in a second", "out a second", "queued", "state", "job",
                     "subtask", "worker"},
                    rows, columns);
}

}  // namespace millrace::cli
