#include "songmap/explorer/server.h"

#include <gmock/gmock.h>
#include <httplib.h>

#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <thread>

#include "atlas/made_atlas.h"
#include "songmap/core/error.h"
#include "songmap/core/text_file.h"

namespace songmap::explorer {
namespace {

using ::testing::HasSubstr;

/// A server over the made library, of whose first track the file is there.
class ServerTest : public ::testing::Test {
 protected:
  ServerTest() {
    const std::filesystem::path file = made_.atlas().file_of(made_.atlas().tracks()[0]);
    std::filesystem::create_directories(file.parent_path());
    for (int i = 0; i < 200'000; ++i) sound_ += static_cast<char>('a' + i % 26);
    write_file(file, sound_);
    write_file(made_.made.folder.path() / "secret.txt", "secret");
    library_ = std::make_unique<Library>(made_.made.folder);
  }
  ~ServerTest() override {
    if (server_) server_->stop();
    if (answering_.joinable()) answering_.join();
    std::filesystem::remove_all(made_.atlas().root());
  }

  httplib::Client serve(const ServerOptions& options = {}) {
    server_ = std::make_unique<Server>(*library_, page_files(), options);
    answering_ = std::thread([this] { server_->run(); });
    httplib::Client client("127.0.0.1", server_->port());
    client.set_connection_timeout(5);
    return client;
  }

  atlas::testing::MadeAtlas made_;
  std::string sound_;
  std::unique_ptr<Library> library_;
  std::unique_ptr<Server> server_;
  std::thread answering_;
};

TEST_F(ServerTest, ThePageComesWithAPolicyThatLetsNothingOut) {
  httplib::Client client = serve();
  const auto page = client.Get("/");
  ASSERT_TRUE(page);
  EXPECT_EQ(page->status, 200);
  EXPECT_THAT(page->body, HasSubstr("<canvas id=\"map\""));
  EXPECT_THAT(page->get_header_value("Content-Security-Policy"), HasSubstr("default-src 'none'"));
  EXPECT_EQ(page->get_header_value("X-Content-Type-Options"), "nosniff");
  for (const PageFile& file : page_files()) {
    const auto asset = client.Get("/" + std::string(file.path));
    ASSERT_TRUE(asset);
    EXPECT_EQ(asset->status, 200) << file.path;
    EXPECT_EQ(asset->body.size(), file.bytes.size()) << file.path;
    EXPECT_THAT(std::string(file.bytes), ::testing::Not(HasSubstr("https://cdn"))) << file.path;
  }
}

TEST_F(ServerTest, TheLibraryIsToldWhole) {
  made_.atlas().state().rename(1, "Late piano");
  library_ = std::make_unique<Library>(made_.made.folder);
  httplib::Client client = serve();
  const auto summary = nlohmann::json::parse(client.Get("/api/v1/library")->body);
  EXPECT_EQ(summary["n_tracks"], 20);
  EXPECT_EQ(summary["title"], "music");
  EXPECT_EQ(summary["groups"][1]["name"], "Late piano");
  EXPECT_EQ(summary["maps"][0]["name"], "pca_2d");
  const auto tracks = nlohmann::json::parse(client.Get("/api/v1/tracks", {{"Accept-Encoding", "identity"}})->body);
  for (const char* column : {"id", "title", "artist", "album", "length_s", "group", "strength", "placed", "path"}) {
    EXPECT_EQ(tracks[column].size(), 20U) << column;
  }
  // Whoever takes gzip gets the same, packed.
  const auto packed = client.Get("/api/v1/tracks", {{"Accept-Encoding", "br, gzip"}});
  EXPECT_EQ(packed->get_header_value("Content-Encoding"), "gzip");
  EXPECT_EQ(nlohmann::json::parse(packed->body), tracks);  // the client has unpacked it
  const auto map = client.Get("/api/v1/maps/pca_2d");
  ASSERT_EQ(map->body.size(), 20 * 2 * sizeof(float));
  float x = 0;
  std::memcpy(&x, map->body.data() + 7 * 2 * sizeof(float), sizeof(float));
  EXPECT_EQ(x, 7);
  EXPECT_EQ(client.Get("/api/v1/maps/umap_3d")->status, 404);
  const auto near = nlohmann::json::parse(client.Get("/api/v1/tracks/0005track/similar?n=2")->body);
  ASSERT_EQ(near["tracks"].size(), 2U);
  EXPECT_EQ(near["tracks"][0]["index"], 4);
  EXPECT_EQ(client.Get("/api/v1/groups/7")->status, 404);
  const auto way = nlohmann::json::parse(client.Get("/api/v1/path?from=0001track&to=0009track&n=5")->body);
  ASSERT_EQ(way["tracks"].size(), 5U);
  EXPECT_EQ(way["tracks"][0]["index"], 1);
  EXPECT_EQ(way["tracks"][4]["index"], 9);
  EXPECT_EQ(client.Get("/api/v1/path?from=0001track&to=0001track")->status, 404);
  EXPECT_EQ(client.Get("/api/v1/path?from=0001track&to=nobody")->status, 404);
}

TEST_F(ServerTest, TrainingScoresAndWarningsAreTold) {
  run::Manifest manifest = run::load_manifest(made_.made.folder.manifest());
  manifest.main_method = "k-means";
  manifest.warnings["score"] = {"There are few tracks."};
  run::ModelRecord model;
  model.name = "vae";
  manifest.models.push_back(model);
  run::save_manifest(made_.made.folder.manifest(), manifest);
  run::save_curves(made_.made.folder.curves(), {{"vae", 3, 1, 9, 8, 1, 10}, {"vae", 3, 2, 7, 6, 1}});
  run::ScoreRow score;
  score.view = "audio";
  score.space = score.scored_in = "features";
  score.method = "k-means";
  score.metric = "silhouette";
  score.value = 0.25;
  run::ScoreRow other = score;
  other.method = "ward";
  run::save_scores(made_.made.folder.scores(), {score, other});
  library_ = std::make_unique<Library>(made_.made.folder);
  httplib::Client client = serve();
  const auto view = nlohmann::json::parse(client.Get("/api/v1/model")->body);
  EXPECT_EQ(view["warnings"], nlohmann::json({"There are few tracks."}));
  ASSERT_EQ(view["scores"].size(), 1U);
  EXPECT_EQ(view["scores"][0]["value"], 0.25);
  EXPECT_TRUE(view["scores"][0]["p"].is_null());
  const auto& seed = view["models"][0]["seeds"][0];
  EXPECT_EQ(seed["epochs"], nlohmann::json({1, 2}));
  EXPECT_EQ(seed["held_out"][0], 10);
  EXPECT_TRUE(seed["held_out"][1].is_null());
}

TEST_F(ServerTest, ColumnsAndLyricsAreToldTrackByTrack) {
  std::vector<run::TrackRow> tracks = run::load_tracks(made_.made.folder.tracks());
  for (std::size_t i = 0; i < tracks.size(); ++i) tracks[i].labels["language"] = i % 2 == 0 ? "bn" : "";
  run::save_tracks(made_.made.folder.tracks(), tracks);
  run::save_lyrics(made_.made.folder.lyrics(),
                   {{"0004track", "file", "bn", 3, "নদী বয়ে যায়"}, {"0005track", "file", "en", 2, "The RIVER runs"}});
  library_ = std::make_unique<Library>(made_.made.folder);
  httplib::Client client = serve();
  const auto columns = nlohmann::json::parse(client.Get("/api/v1/columns")->body)["columns"];
  ASSERT_GE(columns.size(), 3U);  // language, strength, length
  EXPECT_EQ(columns[0]["title"], "language");
  EXPECT_EQ(columns[0]["kind"], "label");
  const auto values = nlohmann::json::parse(client.Get("/api/v1/columns/n0")->body)["values"];
  ASSERT_EQ(values.size(), 20U);
  EXPECT_EQ(values[4], "bn");
  EXPECT_TRUE(values[5].is_null());
  EXPECT_EQ(client.Get("/api/v1/columns/n99")->status, 404);
  EXPECT_EQ(nlohmann::json::parse(client.Get("/api/v1/lyrics?find=river")->body)["tracks"], nlohmann::json({5}));
  EXPECT_EQ(nlohmann::json::parse(client.Get("/api/v1/lyrics?find=%E0%A6%A8%E0%A6%A6%E0%A7%80")->body)["tracks"],
            nlohmann::json({4}));
}

TEST_F(ServerTest, ATrackIsHeardByRanges) {
  httplib::Client client = serve();
  const auto whole = client.Get("/api/v1/tracks/0000track/audio");
  ASSERT_TRUE(whole);
  EXPECT_EQ(whole->status, 200);
  EXPECT_EQ(whole->get_header_value("Content-Type"), "audio/mpeg");
  EXPECT_EQ(whole->body, sound_);
  const auto part = client.Get("/api/v1/tracks/0000track/audio", {{"Range", "bytes=100000-170000"}});
  EXPECT_EQ(part->status, 206);
  EXPECT_EQ(part->body, sound_.substr(100000, 70001));
  const auto end = client.Get("/api/v1/tracks/0000track/audio", {{"Range", "bytes=-26"}});
  EXPECT_EQ(end->body, sound_.substr(sound_.size() - 26));
  EXPECT_EQ(client.Get("/api/v1/tracks/0001track/audio")->status, 404);  // its file is not there
  EXPECT_EQ(client.Get("/api/v1/tracks/nobody/audio")->status, 404);
}

TEST_F(ServerTest, NoOtherFileIsEverRead) {
  httplib::Client client = serve();
  client.set_url_encode(false);
  for (const char* path :
       {"/../secret.txt", "/..%2fsecret.txt", "/%2e%2e/secret.txt", "/assets/../../secret.txt", "/secret.txt",
        "/api/v1/tracks/../secret.txt/audio", "/api/v1/tracks/..%2f..%2fsecret.txt/audio", "//etc/passwd",
        "/api/v1/maps/../../secret", "/api/v1/tracks/%2fetc%2fpasswd/audio", "/etc/passwd%00.html"}) {
    const auto answer = client.Get(path);
    ASSERT_TRUE(answer) << path;
    EXPECT_GE(answer->status, 400) << path;
    EXPECT_THAT(answer->body, ::testing::Not(HasSubstr("secret"))) << path;
    EXPECT_THAT(answer->body, ::testing::Not(HasSubstr("root:"))) << path;
  }
}

TEST_F(ServerTest, OtherPagesAndOtherNamesAreRefused) {
  httplib::Client client = serve();
  EXPECT_EQ(client.Get("/api/v1/library", {{"Host", "evil.example"}})->status, 403);
  EXPECT_EQ(client.Get("/api/v1/library", {{"Host", "127.0.0.1:1"}})->status, 403);
  EXPECT_EQ(client.Get("/api/v1/library", {{"Origin", "http://evil.example"}})->status, 403);
  EXPECT_EQ(client.Get("/api/v1/library", {{"Origin", "null"}})->status, 403);
  const std::string own = "127.0.0.1:" + std::to_string(server_->port());
  EXPECT_EQ(client.Get("/api/v1/library", {{"Host", own}, {"Origin", "http://" + own}})->status, 200);
  EXPECT_EQ(client.Post("/api/v1/library", "{}", "application/json")->status, 405);
  EXPECT_EQ(client.Delete("/api/v1/tracks/0000track")->status, 405);
}

TEST_F(ServerTest, WithATokenOnlyWhoHasItIsAnswered) {
  EXPECT_THROW(Server(*library_, page_files(), {.host = "0.0.0.0"}), InvalidArgument);
  httplib::Client client = serve({.token = "abc123"});
  EXPECT_THAT(server_->url(), HasSubstr("?token=abc123"));
  EXPECT_EQ(client.Get("/api/v1/library")->status, 401);
  EXPECT_EQ(client.Get("/api/v1/library?token=wrong")->status, 401);
  EXPECT_EQ(client.Get("/api/v1/library?token=abc123")->status, 200);
  EXPECT_EQ(client.Get("/api/v1/library", {{"X-Songmap-Token", "abc123"}})->status, 200);
}

TEST_F(ServerTest, ASlowClientDoesNotBlockOthers) {
  httplib::Client client = serve();
  // Connections that send half a request and wait.
  std::vector<int> slow;
  for (int i = 0; i < 8; ++i) {
    const int descriptor = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(server_->port()));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ASSERT_EQ(connect(descriptor, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
    ASSERT_GT(send(descriptor, "GET / HT", 8, 0), 0);
    slow.push_back(descriptor);
  }
  client.set_read_timeout(3);
  const auto answer = client.Get("/api/v1/library");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  for (const int descriptor : slow) close(descriptor);
}

TEST_F(ServerTest, StoppingIsHeardWheneverItComes) {
  for (int i = 0; i < 20; ++i) {
    Server server(*library_, page_files(), {});
    std::thread answering([&] { server.run(); });
    if (i % 2 == 0) std::this_thread::yield();
    server.stop();
    answering.join();
  }
  Server never(*library_, page_files(), {});
  never.stop();
  never.run();  // returns at once
}

TEST_F(ServerTest, APortThatIsTakenIsSaid) {
  (void)serve();
  EXPECT_THROW(Server(*library_, page_files(), {.port = server_->port()}), IoError);
}

}  // namespace
}  // namespace songmap::explorer
