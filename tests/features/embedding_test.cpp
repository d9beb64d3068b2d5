#include "songmap/features/embedding.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <limits>
#include <string>

#include "songmap/core/error.h"
#include "songmap/core/npy.h"
#include "songmap/core/text_file.h"

namespace songmap::features {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

class Embedding : public testing::Test {
 protected:
  Embedding() {
    const auto* test = testing::UnitTest::GetInstance()->current_test_info();
    folder_ = fs::path(testing::TempDir()) / (std::string("songmap_embedding_") + test->name());
    fs::create_directories(folder_);
  }
  ~Embedding() override { fs::remove_all(folder_); }

  fs::path csv(const std::string& text) const {
    write_file(folder_ / "e.csv", text);
    return folder_ / "e.csv";
  }
  fs::path npy(const Matrix& x) const {
    write_npy(folder_ / "e.npy", x);
    return folder_ / "e.npy";
  }
  MatchedEmbedding matched(const fs::path& file, std::size_t n_listed = 5) const {
    return match_embedding(file, read_embedding(file), tracks_, n_listed);
  }
  static std::string complaint(const std::function<void()>& step) {
    try {
      step();
    } catch (const FormatError& error) {
      EXPECT_THAT(error.what(), HasSubstr("e."));
      return error.what();
    }
    return "nothing was thrown";
  }
  std::string complaint_of(const fs::path& file, std::size_t n_listed = 5) const {
    return complaint([&] { (void)matched(file, n_listed); });
  }

  fs::path folder_;
  /// Three tracks of a collection of five, whose second and fourth failed.
  std::vector<EmbeddedTrack> tracks_{
      {"aa01", "rock/one.mp3", 0}, {"bb02", "rock/two.mp3", 2}, {"cc03", "pop/x.wav", 4}};
};

TEST_F(Embedding, IdsAreTrackIdsOrPathsOrFileNamesInAnyOrder) {
  const MatchedEmbedding found = matched(csv("filename,a,b\nx.wav,5,6\nrock/./two.mp3,3,4\naa01,1,2\n"));
  EXPECT_EQ(found.rows, Matrix(3, 2, {1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(found.n_tracks, 3U);
  EXPECT_TRUE(found.unknown_ids.empty());
}

TEST_F(Embedding, LabelsTagsLengthsAndRowNumbersAreNoValues) {
  const EmbeddingTable table = read_embedding(csv(",path,v1,genre,length,Artist,v2\n0,x.wav,1,rock,30,Somebody,2\n"));
  EXPECT_EQ(table.values, Matrix(1, 2, {1, 2}));
  EXPECT_THAT(table.left_out, ElementsAre("", "genre", "length", "Artist"));
}

TEST_F(Embedding, ATrackWithoutARowOrWithAnEmptyOneIsARowOfNaN) {
  const MatchedEmbedding found = matched(csv("track_id,a,b\naa01,1,2\nbb02,,\nzz99,3,4\n"));
  EXPECT_EQ(found.n_tracks, 1U);
  EXPECT_THAT(found.rows.row(0), ElementsAre(1, 2));
  for (const std::size_t i : {1U, 2U}) EXPECT_TRUE(std::isnan(found.rows(i, 0)) && std::isnan(found.rows(i, 1)));
  EXPECT_THAT(found.unknown_ids, ElementsAre("zz99"));
}

TEST_F(Embedding, RowsOfAnArrayAreTheCollectionOrTheTracksThatCouldBeDescribed) {
  EXPECT_EQ(matched(npy(Matrix(5, 1, {0, 1, 2, 3, 4})), 5).rows, Matrix(3, 1, {0, 2, 4}));
  EXPECT_EQ(matched(npy(Matrix(3, 1, {7, 8, 9})), 5).rows, Matrix(3, 1, {7, 8, 9}));
  EXPECT_THAT(complaint_of(npy(Matrix(4, 1)), 5),
              AllOf(HasSubstr("4 rows"), HasSubstr("5 tracks (3 of them could be described)")));
}

TEST_F(Embedding, ARowOfNaNInAnArrayIsATrackWithoutVector) {
  const MatchedEmbedding found = matched(npy(Matrix(3, 2, {1, 2, kNaN, kNaN, 5, 6})));
  EXPECT_EQ(found.n_tracks, 2U);
  EXPECT_TRUE(std::isnan(found.rows(1, 1)));
}

TEST_F(Embedding, OneValueThatIsNotFiniteIsNamedByItsPlace) {
  EXPECT_THAT(complaint_of(npy(Matrix(3, 2, {1, 2, 3, kNaN, 5, 6}))), HasSubstr("row 1, column 1 (from 0) is nan"));
  const float infinite = std::numeric_limits<float>::infinity();
  EXPECT_THAT(complaint_of(npy(Matrix(3, 2, {1, 2, 3, 4, infinite, 6}))), HasSubstr("row 2, column 0 (from 0) is inf"));
  EXPECT_THAT(complaint_of(csv("path,a,b\nx.wav,1,nan\n")), HasSubstr("line 2, column b: 'nan'"));
  EXPECT_THAT(complaint_of(csv("path,a,b\naa01,1,2\nx.wav,1e39,2\n")), HasSubstr("line 3, column a: '1e39'"));
  EXPECT_THAT(complaint_of(csv("path,a,b\nx.wav,,2\n")), HasSubstr("line 2, column a: ''"));
}

TEST_F(Embedding, EveryOtherFaultOfAFileIsOneSentence) {
  EXPECT_THAT(complaint_of(csv("")), HasSubstr("is empty"));
  EXPECT_THAT(complaint_of(csv("path,a\n")), HasSubstr("a header and no rows"));
  EXPECT_THAT(complaint_of(csv("path,genre\nx.wav,pop\n")), HasSubstr("no column of values"));
  EXPECT_THAT(complaint_of(csv("song,a\nx.wav,1\n")), AllOf(HasSubstr("no column track_id"), HasSubstr("'song', 'a'")));
  EXPECT_THAT(complaint_of(csv("path,a\nx.wav,loud\n")), HasSubstr("line 2, column a: 'loud' is not a number"));
  EXPECT_THAT(complaint_of(csv("path,a\n,1\n")), HasSubstr("line 2, column path: empty"));
  EXPECT_THAT(complaint_of(csv("path,a\nx.wav,1,2\n")), HasSubstr("line 2: 3 cells"));
  EXPECT_THAT(complaint_of(csv("path,a\nx.wav,1\ncc03,2\n")), HasSubstr("line 3: 'cc03' is the track of line 2 again"));
  EXPECT_THAT(complaint_of(csv("path,a\nq,1\nr,2\n")),
              AllOf(HasSubstr("none of its 2 ids ('q', 'r')"), HasSubstr("'aa01', 'rock/one.mp3'")));
  EXPECT_THAT(complaint_of(csv("path,a\nx.wav,\n")), HasSubstr("no values for any of the 3 tracks"));
  EXPECT_THAT(complaint_of(csv(std::string("PK\x03\x04 zip"))), HasSubstr("neither an NPY array nor a CSV"));
  EXPECT_THAT(complaint_of(npy(Matrix(0, 4))), HasSubstr("0 rows and 4 columns"));
  write_file(folder_ / "e.npy", "path,a\nx.wav,1\n");
  EXPECT_THAT(complaint_of(folder_ / "e.npy"), HasSubstr("not a NumPy .npy file"));
}

TEST_F(Embedding, AFileNameThatSeveralTracksHaveNamesNone) {
  tracks_.push_back({"dd04", "jazz/one.mp3", 5});
  EXPECT_THAT(complaint_of(csv("filename,a\none.mp3,1\n")),
              AllOf(HasSubstr("file name of 2 tracks"), HasSubstr("rock/one.mp3, jazz/one.mp3")));
  EXPECT_EQ(matched(csv("filename,a\njazz/one.mp3,1\n")).rows(3, 0), 1);
}

}  // namespace
}  // namespace songmap::features
