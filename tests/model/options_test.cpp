#include "songmap/model/options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <string>

#include "songmap/core/error.h"
#include "songmap/model/backend.h"
#include "songmap/model/checkpoint.h"

namespace songmap::model {
namespace {

using Change = std::function<void(VaeOptions&)>;

std::string complaint(const Change& change) {
  VaeOptions options;
  change(options);
  try {
    check(options);
  } catch (const InvalidArgument& error) {
    return error.what();
  }
  return "";
}

TEST(VaeOptions, ChecksNameTheOptionAndTheRule) {
  EXPECT_EQ(complaint([](VaeOptions&) {}), "");
  const std::vector<std::pair<std::string, Change>> wrong = {
      {"network = \"rnn\"", [](VaeOptions& vae) { vae.network = "rnn"; }},
      {"cycles = 0", [](VaeOptions& vae) { vae.cycles = 0; }},
      {"free_bits = -1", [](VaeOptions& vae) { vae.free_bits = -1; }},
      {"sigma = -0.1", [](VaeOptions& vae) { vae.sigma = -0.1; }},
      {"channels = [8, 0]",
       [](VaeOptions& vae) {
         vae.channels = {8, 0};
       }},
      {"channels is empty", [](VaeOptions& vae) { vae.network = "conv", vae.channels = {}; }},
      {"bands = 0", [](VaeOptions& vae) { vae.bands = 0; }},
      {"sigmoid = true", [](VaeOptions& vae) { vae.sigmoid = true; }},
      {"sigma = 0.5 is for objective = calibrated", [](VaeOptions& vae) { vae.objective = "study", vae.sigma = 0.5; }},
  };
  for (const auto& [text, change] : wrong) EXPECT_THAT(complaint(change), testing::HasSubstr(text));
}

TEST(TrainingFingerprint, DiffersWithEveryOptionAndWithTheData) {
  const Matrix x(3, 2, {1, 2, 3, 4, 5, 6});
  const Matrix condition(3, 2, {1, 0, 0, 1, 0, 0});
  const std::vector<Change> changes = {
      [](VaeOptions&) {},
      [](VaeOptions& vae) { vae.network = "conv"; },
      [](VaeOptions& vae) {
        vae.channels = {32, 64};
      },
      [](VaeOptions& vae) { vae.bands = 32; },
      [](VaeOptions& vae) { vae.sigmoid = true; },
      [](VaeOptions& vae) { vae.variational = false; },
      [](VaeOptions& vae) { vae.cycles = 2; },
      [](VaeOptions& vae) { vae.free_bits = 0.1; },
      [](VaeOptions& vae) { vae.sigma = 0.5; },
  };
  std::set<std::string> found;
  for (const Change& change : changes) {
    VaeOptions options;
    change(options);
    found.insert(training_fingerprint(x, options, {}));
  }
  found.insert(training_fingerprint({x, condition}, {}, {}));
  found.insert(training_fingerprint({x, Matrix(3, 2, {1, 0, 0, 1, 1, 0})}, {}, {}));
  EXPECT_EQ(found.size(), changes.size() + 2);
}

}  // namespace
}  // namespace songmap::model
