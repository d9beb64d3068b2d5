#include <gtest/gtest.h>

#include <array>
#include <map>
#include <set>

#include "e2e/program.h"
#include "songmap/core/csv.h"
#include "songmap/core/random.h"
#include "songmap/run/tables.h"

/// No label reaches a model, a clustering or a map; the condition of a conditional model reaches that model alone.
namespace songmap::e2e {
namespace {

constexpr int kTracks = 60;

/// Features that have nothing to do with the labels, and labels drawn with a seed.
std::string table(std::uint64_t label_seed, std::uint64_t language_seed) {
  Random values(1);
  Random labels(label_seed);
  Random languages(language_seed);
  std::string text = "track_id,mfcc_a,mfcc_b,c,d,e,f,genre,language,label\r\n";
  for (int i = 0; i < kTracks; ++i) {
    text += "t" + std::to_string(i);
    for (int j = 0; j < 6; ++j) text += "," + csv_number(values.normal() + (j == i % 3 ? 4.0 : 0.0));
    text += "," + std::string(1, "xyz"[labels.below(3)]) + "," + (languages.below(2) == 0 ? "bn" : "en") + "," +
            std::string(1, "pq"[labels.below(2)]) + "\r\n";
  }
  return text;
}

std::string words() {
  Random random(3);
  constexpr std::array<const char*, 6> kWords{"river", "stone", "night", "light", "home", "train"};
  std::string text = "track_id,lyrics\r\n";
  for (int i = 0; i < kTracks; ++i) {
    text += "t" + std::to_string(i) + ",";
    for (int j = 0; j < 12; ++j) text += std::string(kWords[random.below(kWords.size())]) + " ";
    text += "\r\n";
  }
  return text;
}

class LabelLeak : public ProgramTest {
 protected:
  LabelLeak() { figures_ = false; }

  /// A run on the table with these labels, its folder named after it.
  fs::path run(const std::string& name, const std::string& table_text, std::vector<std::string> extra) {
    write_file(folder_ / name / "features.csv", table_text);
    write_file(folder_ / name / "words.csv", words());
    std::vector<std::string> arguments{"run",
                                       name + "/features.csv",
                                       "-o",
                                       name + "/run",
                                       "--quiet",
                                       "-k",
                                       "3",
                                       "--lyrics-table",
                                       name + "/words.csv",
                                       "--seeds",
                                       "2"};
    for (const char* setting :
         {"evaluation.permutations=19", "evaluation.bootstrap=20", "evaluation.shuffles=2", "train.epochs=3",
          "projection.umap=false", "projection.three_dimensions=false", "run.fit_size_to_collection=false"}) {
      arguments.insert(arguments.end(), {"--set", setting});
    }
    arguments.insert(arguments.end(), extra.begin(), extra.end());
    const Outcome outcome = songmap(arguments);
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    return folder_ / name / "run";
  }

  /// Everything that was computed without a label, by its name in the run folder.
  static std::map<std::string, std::string> computed(const fs::path& run) {
    std::map<std::string, std::string> files;
    for (const char* folder : {"spaces", "models"}) {
      for (const auto& entry : fs::directory_iterator(run / folder)) {
        files[std::string(folder) + "/" + entry.path().filename().string()] = read_file(entry.path());
      }
    }
    for (const char* file : {"labels.csv", "map.csv", "curves.csv", "clusterings.csv"}) {
      files[file] = read_file(run / file);
    }
    return files;
  }

  /// Names of what differs between two runs.
  static std::set<std::string> differing(const fs::path& a, const fs::path& b) {
    const auto first = computed(a);
    const auto second = computed(b);
    std::set<std::string> names;
    for (const auto& [name, content] : first) {
      if (!second.contains(name) || second.at(name) != content) names.insert(name);
    }
    EXPECT_EQ(first.size(), second.size());
    EXPECT_GT(first.size(), 8U);
    return names;
  }
};

TEST_F(LabelLeak, NothingThatIsComputedDependsOnALabel) {
  const std::vector<std::vector<std::string>> ways{
      {},
      {"--preset", "hard", "--set", "models.beta-vae.train.epochs=3"},
      {"--preset", "hard", "--protocol", "strict", "--set", "models.beta-vae.train.epochs=3"}};
  for (std::size_t i = 0; i < ways.size(); ++i) {
    const std::string name = "way" + std::to_string(i);
    const fs::path one = run(name + "a", table(10, 20), ways[i]);
    const fs::path other = run(name + "b", table(11, 21), ways[i]);
    EXPECT_EQ(differing(one, other), std::set<std::string>()) << "way " << i;
    EXPECT_NE(read_file(one / "scores.csv"), read_file(other / "scores.csv")) << "the scores do see the labels";
  }
}

TEST_F(LabelLeak, AConditionReachesItsModelAlone) {
  const std::vector<std::string> conditional{"--condition", "language"};
  const fs::path run_a = run("a", table(10, 20), conditional);
  EXPECT_EQ(differing(run_a, run("b", table(11, 20), conditional)), std::set<std::string>())
      << "other labels do not reach it";

  const std::set<std::string> changed = differing(run_a, run("c", table(10, 21), conditional));
  EXPECT_TRUE(changed.contains("spaces/conditional-vae.npy")) << "the condition does reach it";
  for (const std::string& name : changed) {
    const bool of_model = name.find("conditional-vae") != std::string::npos;
    const bool of_all = name == "labels.csv" || name == "clusterings.csv" || name == "curves.csv";
    EXPECT_TRUE(of_model || of_all) << name;
  }
  for (const run::ScoreRow& row : run::load_scores(run_a / "scores.csv")) {
    EXPECT_FALSE(row.target == "language" && row.space.starts_with("conditional-vae"))
        << row.metric << ": a model is not scored against what it was told";
  }
  EXPECT_NE(read_file(run_a / "manifest.json").find("\"condition\": \"language\""), std::string::npos);
}

}  // namespace
}  // namespace songmap::e2e
