#include "net/http/access_token.hpp"
#include "net/http/api_client.hpp"
#include "net/http/api_server.hpp"
#include "net/http/self_signed.hpp"

#include <gtest/gtest.h>

#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace millrace::net {
namespace {

constexpr int done = 200;
constexpr int not_allowed = 401;

const std::vector<access_token> tokens = {{"alice", "0123456789abcdef"},
                                          {"bob", "fedcba9876543210"}};

std::vector<api_route> routes() {
  constexpr auto get = api_route::method::get;
  return {{get, "/who",
           [](const api_request& r) {
             return api_answer{done, r.who};
           }},
          {get, "/open",
           [](const api_request&) {
             return api_answer{done, "open"};
           },
           true}};
}

api_options guarded() {
  api_options options;
  options.tokens = tokens;
  return options;
}

std::unique_ptr<api_server> serve(api_options options) {
  auto server = api_server::listen(std::move(options), routes());
  EXPECT_TRUE(server.ok());
  return std::move(*server);
}

std::string address_of(const api_server& server, const std::string& scheme) {
  return scheme + "127.0.0.1:" + std::to_string(server.port());
}

TEST(access_tokens, are_found_by_their_value) {
  EXPECT_EQ(find_token(tokens, "0123456789abcdef")->name, "alice");
  EXPECT_EQ(find_token(tokens, "fedcba9876543210")->name, "bob");
  for (const char* wrong : {"", "0", "0123456789abcde", "0123456789abcdef0", "0123456789abcdee"}) {
    EXPECT_EQ(find_token(tokens, wrong), nullptr) << wrong;
  }
  EXPECT_EQ(find_token(std::vector<access_token>{{"nobody", ""}}, ""), nullptr);
  EXPECT_EQ(find_token({}, ""), nullptr);
}

TEST(api_access, asks_for_a_token_and_knows_whose_it_is) {
  std::vector<std::string> refused;
  api_options options = guarded();
  options.on_refused = [&](const auto&, const std::string& path) { refused.push_back(path); };
  const auto server = serve(std::move(options));
  const std::string address = address_of(*server, "");
  EXPECT_EQ(api_client({address, "fedcba9876543210", {}}).get("/who")->body, "bob");
  const auto answer = api_client({address, "wrong", {}}).get("/who");
  EXPECT_EQ(answer->status, not_allowed);
  EXPECT_NE(answer->body.find("--token-file"), std::string::npos);
  EXPECT_EQ(api_client({address, {}, {}}).get("/nowhere")->status, not_allowed);
  EXPECT_EQ(refused, (std::vector<std::string>{"/who", "/nowhere"}));
}

TEST(api_access, leaves_open_routes_open) {
  const auto server = serve(guarded());
  EXPECT_EQ(api_client({address_of(*server, ""), {}, {}}).get("/open")->status, done);
}

TEST(api_access, asks_nobody_without_tokens) {
  const auto server = serve({});
  EXPECT_EQ(api_client({address_of(*server, ""), {}, {}}).get("/who")->body, "");
}

struct tls_test : testing::Test {
  tls_test() {
    std::string name = (std::filesystem::temp_directory_path() / "millrace-tls-XXXXXX").string();
    folder = mkdtemp(name.data());
  }
  ~tls_test() override { std::filesystem::remove_all(folder); }

  api_options options_for(const std::string& host) const {
    const auto made = make_certificate({host}).value();
    std::ofstream(folder / "tls.crt") << made.certificate;
    std::ofstream(folder / "tls.key") << made.key;
    api_options options = guarded();
    options.certificate = folder / "tls.crt";
    options.key = folder / "tls.key";
    return options;
  }
  client_options client_of(const api_server& server) const {
    return {address_of(server, "https://"), tokens.front().value, folder / "tls.crt"};
  }
  std::filesystem::path folder;
};

TEST_F(tls_test, encrypts) {
  const auto server = serve(options_for("127.0.0.1"));
  EXPECT_EQ(api_client(client_of(*server)).get("/who")->body, "alice");
}

TEST_F(tls_test, answers_nothing_in_plain) {
  const auto server = serve(options_for("127.0.0.1"));
  auto client = client_of(*server);
  client.address = address_of(*server, "http://");
  EXPECT_FALSE(api_client(client).get("/open").ok());
}

TEST_F(tls_test, goes_to_nobody_whose_certificate_is_unknown) {
  const auto server = serve(options_for("127.0.0.1"));
  auto client = client_of(*server);
  client.authority.clear();
  const auto refused = api_client(client).get("/who");
  ASSERT_FALSE(refused.ok());
  EXPECT_NE(refused.error().hint.find("--ca-file"), std::string::npos);
}

TEST_F(tls_test, goes_to_nobody_whose_certificate_is_for_another_host) {
  const auto server = serve(options_for("other.example"));
  EXPECT_FALSE(api_client(client_of(*server)).get("/who").ok());
}

TEST_F(tls_test, does_not_start_without_a_certificate) {
  api_options options;
  options.certificate = folder / "none.crt";
  options.key = folder / "none.key";
  const auto refused = api_server::listen(std::move(options), {});
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, errc::config_file_unreadable);
}

TEST(certificates, are_for_hosts_only) {
  for (const char* wrong : {"", "a,IP:1.2.3.4", "a b"}) {
    const auto refused = make_certificate({wrong});
    ASSERT_FALSE(refused.ok()) << wrong;
    EXPECT_EQ(refused.error().code, errc::config_bad_value);
  }
  EXPECT_FALSE(make_certificate({}).ok());
  EXPECT_TRUE(make_certificate({"a.example", "*.b.example", "10.0.0.5", "::1"}).ok());
}

}  // namespace
}  // namespace millrace::net
