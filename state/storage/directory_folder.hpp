#pragma once

#include "state/storage/job_lock.hpp"
#include "state/storage/object_folder.hpp"

namespace millrace::state {

/// A local directory as checkpoint storage. `swap` compares and then renames: behind a lock of the
/// object's own, `NAME.lock`, unless this folder holds the directory's (see `lock`).
class directory_folder : public object_folder {
 public:
  explicit directory_folder(std::string path) : path_(std::move(path)) {}

  [[nodiscard]] std::string place_of(std::string_view name) const override;
  [[nodiscard]] result<bool> lock(const std::string& name) override;
  [[nodiscard]] result<void> make_folder(const std::string& folder) override;
  [[nodiscard]] result<std::unique_ptr<object_writer>> create(const std::string& name) override;
  [[nodiscard]] result<std::unique_ptr<object_reader>> open(const std::string& name) const override;
  [[nodiscard]] result<void> replace(const std::string& name, std::string_view bytes) override;
  [[nodiscard]] result<void> swap(const std::string& name,
                                  const std::optional<std::string>& expected,
                                  const std::string& next) override;
  [[nodiscard]] result<void> take_in(const std::string& path, const std::string& name) override;
  [[nodiscard]] result<void> bring_out(const std::string& name,
                                       const std::string& path) const override;
  [[nodiscard]] result<std::vector<std::string>> folders() const override;
  [[nodiscard]] result<std::vector<std::string>> names_in(const std::string& folder) const override;
  void remove(const std::string& name) override;
  void remove_folder(const std::string& folder) override;
  /// Files `*.tmp` of the directory itself.
  void remove_leftovers() override;

 private:
  std::string path_;
  std::optional<job_lock> lock_;
};

}  // namespace millrace::state
