#include "state/catalog/file_catalog.hpp"

#include "state/storage/file_io.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

namespace millrace::state {
namespace {

using sql::stored_kind;

class kept_in_files : public ::testing::Test {
 protected:
  kept_in_files() {
    std::string pattern = ::testing::TempDir() + "catalog-XXXXXX";
    path_ = ::mkdtemp(pattern.data());
  }
  ~kept_in_files() override { remove_all(path_); }

  std::shared_ptr<sql::catalog_store> open() {
    auto store = open_file_catalog({{"type", "file"}, {"path", path_ + "/objects"}});
    EXPECT_TRUE(store.ok());
    return *store;
  }
  /// `database.name: statement` of all objects, by line.
  std::string kept() {
    std::string out;
    const auto objects = open()->objects();
    for (const auto& o : *objects) out += o.at.database + "." + o.at.name + ": " + o.statement;
    return out;
  }

  std::string path_;
};

TEST_F(kept_in_files, objects_outlive_the_store) {
  ASSERT_TRUE(open()->write({{"d", stored_kind::table, "t"}, "CREATE TABLE t"}).ok());
  ASSERT_TRUE(open()->write({{"d", stored_kind::view, "v"}, "CREATE VIEW v"}).ok());
  ASSERT_TRUE(open()->write({{"d", stored_kind::table, "t"}, "CREATE TABLE t2"}).ok());
  EXPECT_EQ(kept(), "d.t: CREATE TABLE t2;\nd.v: CREATE VIEW v;\n");
  ASSERT_TRUE(open()->erase({"d", stored_kind::table, "t"}).ok());
  EXPECT_EQ(kept(), "d.v: CREATE VIEW v;\n");
}

TEST_F(kept_in_files, no_name_leaves_the_directory) {
  for (const std::string name : {"../../x", "a/b", ".", "..", "%41", "x.table.sql", "größe"})
    ASSERT_TRUE(open()->write({{name, stored_kind::table, name}, "s"}).ok()) << name;
  EXPECT_EQ(names_in(path_), std::vector<std::string>{"objects"});
  const auto databases = open()->databases();
  EXPECT_EQ(databases->size(), 7U);
  EXPECT_NE(kept().find("../../x.../../x: s;\n"), std::string::npos);
  EXPECT_NE(kept().find("größe.größe: s;\n"), std::string::npos);
}

TEST_F(kept_in_files, files_of_others_stay) {
  ASSERT_TRUE(open()->write({{"d", stored_kind::table, "t"}, "s"}).ok());
  const std::string other = path_ + "/objects/d/notes.txt";
  ASSERT_TRUE(replace_file(other, "mine").ok());
  EXPECT_FALSE(open()->drop_database("d").ok());
  EXPECT_EQ(*read_file(other, 10), "mine");
  EXPECT_EQ(kept(), "");
}

TEST_F(kept_in_files, an_empty_database_is_kept_and_dropped) {
  ASSERT_TRUE(open()->create_database("d").ok());
  EXPECT_EQ(*open()->databases(), std::vector<std::string>{"d"});
  ASSERT_TRUE(open()->drop_database("d").ok());
  EXPECT_TRUE(open()->databases()->empty());
}

TEST_F(kept_in_files, a_name_too_long_for_a_file_is_refused) {
  const auto done = open()->write({{"d", stored_kind::table, std::string(70, '.')}, "s"});
  ASSERT_FALSE(done.ok());
  EXPECT_EQ(done.error().code, errc::config_bad_value);
}

TEST_F(kept_in_files, a_path_is_needed) {
  const auto store = open_file_catalog({{"type", "file"}});
  ASSERT_FALSE(store.ok());
  EXPECT_EQ(store.error().code, errc::config_bad_value);
}

}  // namespace
}  // namespace millrace::state
