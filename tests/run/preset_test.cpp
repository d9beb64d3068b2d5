#include "songmap/run/preset.h"

#include <gmock/gmock.h>

#include "run/made_run.h"
#include "songmap/core/error.h"
#include "songmap/core/text_file.h"

namespace songmap::run {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;
using ::testing::UnorderedElementsAre;

RunOptions read(const std::string& preset, const std::string& protocol) {
  RunOptions options;
  apply_preset(preset, protocol, options);
  return options;
}

TEST(Preset, EachIsReadUnderBothProtocols) {
  EXPECT_THAT(preset_names(), UnorderedElementsAre("default", "easy", "medium", "hard"));
  for (const std::string& preset : preset_names()) {
    if (preset == "default") continue;
    EXPECT_EQ(default_protocol(preset), "study");
    const RunOptions study = read(preset, "study");
    const RunOptions strict = read(preset, "strict");
    EXPECT_EQ(resolved(study), resolved(read(preset, "")));
    // The study's choices that its own figures suffer from, and the same models without them.
    EXPECT_EQ(study.vae.objective, "study");
    EXPECT_EQ(strict.vae.objective, "calibrated");
    EXPECT_EQ(study.cluster.n_clusters_from, "labels");
    EXPECT_EQ(strict.cluster.n_clusters_from, "gap");
    EXPECT_EQ(study.evaluation.test_fraction, 0.2);
    EXPECT_EQ(strict.evaluation.test_fraction, 0);
    EXPECT_EQ(strict.evaluation.sample, 0U);
    EXPECT_EQ(study.models, strict.models);
    EXPECT_EQ(study.vae.hidden, strict.vae.hidden);
    EXPECT_EQ(study.evaluation.seeds, 10U);
    if (preset == "easy") continue;
    EXPECT_EQ(study.lyrics.pairing, "cycle");
    EXPECT_EQ(strict.lyrics.pairing, "track");
    EXPECT_EQ(study.clusterings.dbscan.eps, 0.5);
    EXPECT_EQ(strict.clusterings.dbscan.eps, 0);
  }
  EXPECT_EQ(read("medium", "study").evaluation.sample, 150U);
  EXPECT_EQ(read("hard", "study").evaluation.sample, 200U);
}

TEST(Preset, TheDefaultOneIsNotOfTheStudy) {
  EXPECT_EQ(default_protocol("default"), "");
  EXPECT_EQ(read("default", "").cluster.methods.front(), "spectral");
  EXPECT_THAT([] { read("default", "strict"); },
              ThrowsMessage<InvalidArgument>(HasSubstr("the preset default is not of the study")));
}

TEST(Preset, WhatThereIsNotIsNamedWithTheNearest) {
  EXPECT_THAT([] { read("esay", ""); },
              ThrowsMessage<InvalidArgument>(HasSubstr("there is no preset 'esay'; did you mean 'easy'?")));
  EXPECT_THAT([] { read("hard", "strikt"); },
              ThrowsMessage<InvalidArgument>(HasSubstr("there is no protocol 'strikt'; there are study, strict")));
  RunOptions options;
  EXPECT_THAT([&] { set_option(options, "lyrics.pairng", "track", "--set"); },
              ThrowsMessage<InvalidArgument>(HasSubstr("did you mean 'lyrics.pairing'?")));
  EXPECT_THAT([&] { assign_option(options, "lyrics.pairing", "--set"); },
              ThrowsMessage<InvalidArgument>(HasSubstr("should read name=value")));
}

TEST(Preset, OptionsOfOneModelAreCheckedWhenTheyAreSet) {
  RunOptions options;
  assign_option(options, "models.beta-vae.vae.beta=4", "--set");
  EXPECT_EQ(options.model_options.at("beta-vae.vae.beta"), "4");
  const auto sets = [&](const std::string& assignment) {
    return [&options, assignment] { assign_option(options, assignment, "--set"); };
  };
  EXPECT_THAT(sets("models.beta-vae.vae.beat=4"),
              ThrowsMessage<InvalidArgument>(HasSubstr("did you mean 'vae.beta'?")));
  EXPECT_THAT(sets("models.beta-vae.vae.beta=much"),
              ThrowsMessage<InvalidArgument>(HasSubstr("--set, model beta-vae")));
  EXPECT_THAT(sets("models.beta-vae.train.epochs=-3"), ThrowsMessage<InvalidArgument>(HasSubstr("train.epochs")));
  EXPECT_THAT(sets("models.beta-vae=4"), ThrowsMessage<InvalidArgument>(HasSubstr("should read models.NAME.vae.")));
  EXPECT_THAT(sets("models.beta-vae.cluster.space=latent"), ThrowsMessage<InvalidArgument>(HasSubstr("cluster.space")));
  EXPECT_EQ(options.model_options.size(), 1U);
}

TEST(Preset, ResolvedOptionsAreReadBackAsTheyAre) {
  for (const std::string& preset : preset_names()) {
    for (const std::string& protocol : {std::string(), std::string("strict")}) {
      if (preset == "default" && !protocol.empty()) continue;
      RunOptions options = read(preset, protocol);
      options.condition = "language";
      options.features.columns = {"a, b", "c\"d"};
      const auto values = resolved(options);
      RunOptions again;
      for (const auto& [name, value] : values) set_option(again, name, value, "manifest");
      EXPECT_EQ(resolved(again), values) << preset << " " << protocol;
      EXPECT_EQ(again.features.columns, options.features.columns);
      EXPECT_EQ(again.model_options, options.model_options) << preset << " " << protocol;
    }
  }
}

TEST(Preset, AConfigFileTellsFileAndLineOfWhatIsWrong) {
  testing::MadeRun made;
  const auto file = made.folder.path() / "mine.toml";
  write_file(file, "[evaluation]\nseeds = 3\n[models.mine.vae]\nbeta = 2.5\n");
  RunOptions options;
  apply_config(file, options);
  EXPECT_EQ(options.evaluation.seeds, 3U);
  EXPECT_EQ(options.model_options.at("mine.vae.beta"), "2.5");
  write_file(file, "[fusion]\n\nlyrics_weight = 1.5\n");
  EXPECT_THAT([&] { apply_config(file, options); },
              ThrowsMessage<InvalidArgument>(HasSubstr("mine.toml', line 3: fusion.lyrics_weight")));
  write_file(file, "[fusion\n");
  EXPECT_THAT([&] { apply_config(file, options); }, ThrowsMessage<FormatError>(HasSubstr("mine.toml', line 1")));
}

}  // namespace
}  // namespace songmap::run
