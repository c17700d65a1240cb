#include "cli/cluster/secrets.hpp"

#include "cli/cluster/addresses.hpp"
#include "cli/cluster/keygen.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace millrace::cli {
namespace {

namespace fs = std::filesystem;

struct secrets_test : testing::Test {
  secrets_test() {
    std::string name = (fs::temp_directory_path() / "millrace-secrets-XXXXXX").string();
    folder = mkdtemp(name.data());
  }
  ~secrets_test() override { fs::remove_all(folder); }

  std::string file(const std::string& name, const std::string& text) const {
    const fs::path path = folder / name;
    std::ofstream(path) << text;
    fs::permissions(path, fs::perms::owner_read | fs::perms::owner_write);
    return path.string();
  }
  secrets made(const std::vector<std::string>& hosts) const {
    EXPECT_EQ(run_keygen({(folder / "keys").string(), hosts}), 0);
    return read_secrets((folder / "keys").string(), "").value();
  }
  fs::path folder;
};

TEST_F(secrets_test, are_made_and_read) {
  const secrets all = made({"localhost"});
  EXPECT_TRUE(all.keys.given());
  EXPECT_EQ(all.tokens.front().name, "default");
  EXPECT_EQ(all.tokens.front().value.size(), 64u);
  EXPECT_EQ(all.certificate_key, (folder / "keys" / "tls.key").string());
  for (const char* secret : {"cluster.key", "token", "tls.key"}) {
    EXPECT_EQ(fs::status(folder / "keys" / secret).permissions(),
              fs::perms::owner_read | fs::perms::owner_write)
        << secret;
  }
}

TEST_F(secrets_test, are_never_replaced) {
  static_cast<void>(made({}));
  EXPECT_EQ(run_keygen({(folder / "keys").string(), {}}), 2);
}

TEST_F(secrets_test, are_refused_when_everybody_can_read_them) {
  const std::string open = file("token", "0123456789abcdef\n");
  fs::permissions(open, fs::perms::others_read, fs::perm_options::add);
  const auto refused = read_tokens(open);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, errc::config_file_unreadable);
  EXPECT_NE(refused.error().hint.find("chmod"), std::string::npos);
}

TEST_F(secrets_test, tokens_have_names) {
  const auto all = read_tokens(file("token", "# people\nalice a1\n\nb2\n")).value();
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].name + "=" + all[0].value, "alice=a1");
  EXPECT_EQ(all[1].name + "=" + all[1].value, "default=b2");
  EXPECT_FALSE(read_tokens(file("empty", "\n")).ok());
  EXPECT_FALSE(read_tokens((folder / "none").string()).ok());
}

TEST_F(secrets_test, loopback_needs_none) {
  for (const char* host : {"127.0.0.1", "127.3.2.1", "localhost", "[::1]"}) {
    EXPECT_TRUE(check_links(host, {}).ok()) << host;
    EXPECT_TRUE(check_rest(host, {}).ok()) << host;
  }
}

TEST_F(secrets_test, other_addresses_need_them) {
  const secrets all = made({"localhost"});
  secrets no_token = all;
  no_token.tokens.clear();
  secrets weak = all;
  weak.tokens.push_back({"eve", "short"});
  secrets plain = all;
  plain.keys = {};
  plain.certificate.clear();
  for (const char* host : {"0.0.0.0", "10.0.0.5", "[::]", "127.example.com", "millrace.svc", ""}) {
    EXPECT_TRUE(check_links(host, all).ok()) << host;
    EXPECT_TRUE(check_rest(host, all).ok()) << host;
    for (const secrets& less : {no_token, weak, plain, secrets()}) {
      EXPECT_FALSE(check_links(host, less).ok()) << host;
      EXPECT_FALSE(check_rest(host, less).ok()) << host;
    }
  }
  const auto refused = check_links("0.0.0.0", plain);
  EXPECT_NE(to_text(refused.error()).find("without the keys of a cluster"), std::string::npos);
}

TEST(tool_address, takes_no_token_over_plain_http) {
  EXPECT_TRUE(check_tool_address("127.0.0.1:8081", true).ok());
  EXPECT_TRUE(check_tool_address("https://millrace.example:8081", true).ok());
  EXPECT_TRUE(check_tool_address("http://millrace.example:8081", false).ok());
  EXPECT_FALSE(check_tool_address("http://millrace.example:8081", true).ok());
  EXPECT_FALSE(check_tool_address("millrace.example", false).ok());
}

TEST(addresses, have_a_host_and_a_port) {
  EXPECT_EQ(read_address("[::1]:80")->host, "[::1]");
  EXPECT_EQ(bare_host("[::1]"), "::1");
  EXPECT_EQ(read_address("a:6123")->port, 6123);
  for (const char* wrong : {"", "a", "a:", ":80", "a:x", "a:70000", "a:1x"}) {
    EXPECT_FALSE(read_address(wrong).ok()) << wrong;
  }
}

}  // namespace
}  // namespace millrace::cli
