#pragma once

#include "state/storage/object_folder.hpp"
#include "state/storage/s3_client.hpp"

namespace millrace::state {

/// A prefix of an S3 bucket as checkpoint storage. Folders are prefixes and need not be made; an
/// object's name is durable with it. There are no locks: runs keep each other away by `swap`, a PUT
/// under a condition. Memory: a part per open writer, a window of a part at most per reader.
class s3_folder final : public object_folder {
 public:
  explicit s3_folder(std::shared_ptr<s3_client> client) : client_(std::move(client)) {}

  [[nodiscard]] std::string place_of(std::string_view name) const override;
  [[nodiscard]] bool bytes_are_dear() const override { return true; }
  /// Always false. Errors: state_io.
  [[nodiscard]] result<bool> lock(const std::string& name) override;
  [[nodiscard]] result<void> make_folder(const std::string& folder) override;
  [[nodiscard]] result<std::unique_ptr<object_writer>> create(const std::string& name) override;
  [[nodiscard]] result<std::unique_ptr<object_reader>> open(const std::string& name) const override;
  [[nodiscard]] result<void> replace(const std::string& name, std::string_view bytes) override;
  /// Also checks, the first time, that the server heeds conditions. Errors: state_io when it does
  /// not.
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
  /// Multipart uploads below the prefix that were never completed.
  void remove_leftovers() override;

 private:
  /// An object as it is now; nothing when there is none.
  struct version {
    std::string bytes;
    std::string etag;
  };
  struct listed {
    std::vector<std::string> keys;
    std::vector<std::string> prefixes;
  };
  [[nodiscard]] std::string key_of(std::string_view name) const;
  [[nodiscard]] result<std::optional<version>> current(const std::string& name) const;
  [[nodiscard]] result<void> judge_swap(const std::string& name,
                                        const std::optional<std::string>& expected,
                                        const std::string& next, const s3_outcome& outcome) const;
  [[nodiscard]] result<void> check_conditions(const std::string& name, const std::string& bytes);
  [[nodiscard]] result<listed> list(const std::string& prefix, std::string_view delimiter) const;

  std::shared_ptr<s3_client> client_;
  bool conditions_checked_ = false;
};

}  // namespace millrace::state
