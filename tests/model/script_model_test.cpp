#include "songmap/model/script_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <string>

#include "songmap/core/error.h"
#include "songmap/core/parallel.h"

namespace songmap::model {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

/// Modules of tests/reference/make_script_models.py.
fs::path module_file(const std::string& name) {
  return fs::path(SONGMAP_SOURCE_DIR) / "tests/reference/script_models" / (name + ".pt");
}

template <class Kind>
std::string complaint(const std::string& name, const ScriptOptions& options = {}) {
  try {
    (void)load_script_model(module_file(name), options);
  } catch (const Kind& error) {
    EXPECT_THAT(error.what(), AllOf(HasSubstr(name + ".pt"), Not(HasSubstr("\n"))));
    return error.what();
  }
  return "nothing was thrown";
}

TEST(ScriptModel, GivesTheNumbersThatAreWorkedOutByHand) {
  const auto model = load_script_model(module_file("level"));
  EXPECT_EQ(model->rate_hz(), 8000);
  EXPECT_EQ(model->window_s(), 0.5);
  ASSERT_EQ(model->window_samples(), 4000U);
  ASSERT_EQ(model->n_columns(), 2U);
  Matrix windows(3, 4000);
  for (std::size_t i = 0; i < 4000; ++i) {
    windows(1, i) = i % 2 == 0 ? 0.5F : -0.5F;
    windows(2, i) = i < 1000 ? 1.0F : 0.0F;
  }
  const Matrix vectors = model->embed(windows);
  const Matrix expected(3, 2, {0, 0, 0.5, 0.5, 0.5, 0.25});
  ASSERT_EQ(vectors.rows(), 3U);
  for (std::size_t i = 0; i < 6; ++i) EXPECT_NEAR(vectors.data()[i], expected.data()[i], 1e-6) << i;
}

TEST(ScriptModel, RateAndWindowComeFromTheOptionsElseFromTheModule) {
  const auto declared = load_script_model(module_file("declared"));
  EXPECT_EQ(declared->rate_hz(), 8000);
  EXPECT_EQ(declared->window_samples(), 4000U);
  const auto given = load_script_model(module_file("declared"), {16000, 0.25});
  EXPECT_EQ(given->rate_hz(), 16000);
  EXPECT_EQ(given->window_samples(), 4000U);
  EXPECT_EQ(load_script_model(module_file("silent"), {22050, 2})->window_samples(), 44100U);
  EXPECT_THAT(complaint<InvalidArgument>("silent"), HasSubstr("--audio-model-rate"));
  EXPECT_THAT(complaint<InvalidArgument>("silent", {16000, 0}), HasSubstr("--audio-model-window"));
  EXPECT_THAT(complaint<InvalidArgument>("silent", {500, 1}), HasSubstr("songmap_rate_hz"));
  EXPECT_THAT(complaint<InvalidArgument>("silent", {16000, 1000}), HasSubstr("songmap_window_s"));
}

TEST(ScriptModel, WhatIsNoModelOfSoundIsToldInOneSentence) {
  EXPECT_THAT(complaint<FormatError>("pair"), HasSubstr("gives a Tuple"));
  EXPECT_THAT(complaint<FormatError>("flat"), HasSubstr("shape [2] for 2 windows"));
  EXPECT_THAT(complaint<FormatError>("not_finite"), HasSubstr("not finite"));
  EXPECT_THAT(complaint<FormatError>("two_inputs"), HasSubstr("argument 'y'"));
  EXPECT_THAT(complaint<FormatError>("strict"), HasSubstr("12345 samples are wanted"));
  EXPECT_THAT(complaint<FormatError>("weights"), HasSubstr("is not a TorchScript module"));
  EXPECT_THAT(complaint<IoError>("nowhere"), HasSubstr("cannot read"));
  EXPECT_THROW((void)load_script_model(fs::path(SONGMAP_SOURCE_DIR) / "README.md"), FormatError);
  EXPECT_THROW((void)load_script_model(fs::path(SONGMAP_SOURCE_DIR)), IoError);
}

TEST(ScriptModel, ValuesThatAreNotFiniteAreAFailureOfThoseWindows) {
  const auto model = load_script_model(module_file("only_loud"));
  Matrix loud(1, 4000);
  std::ranges::fill(loud.values(), 0.3F);
  EXPECT_NEAR(model->embed(loud)(0, 0), 0.5, 1e-6);
  EXPECT_THROW((void)model->embed(Matrix(1, 4000)), FormatError);
  EXPECT_THROW((void)model->embed(Matrix(1, 3999)), InvalidArgument);
}

TEST(ScriptModel, ThreadsGiveTheSameBitsInEveryCall) {
  const auto model = load_script_model(module_file("level"));
  Matrix windows(4, 4000);
  for (std::size_t i = 0; i < windows.values().size(); ++i) {
    windows.data()[i] = std::sin(static_cast<float>(i) * 0.013F);
  }
  const Matrix first = model->embed(windows);
  parallel_for(40, 4, [&](std::size_t) { EXPECT_EQ(model->embed(windows), first); });
}

}  // namespace
}  // namespace songmap::model
