#include "songmap/core/options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "songmap/core/error.h"

namespace songmap {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

struct Sample {
  std::size_t n_clusters = 8;
  double rate = 0.5;
  bool l2 = true;
  std::string kind = "plain";
  std::vector<std::size_t> hidden = {4, 2};

  OptionSet described() {
    OptionSet set;
    set.section("kmeans");
    set.add("n_clusters", &n_clusters, Range{1, 100}, "How many.");
    set.add("rate", &rate, at_least(0), "How fast.");
    set.add("l2", &l2, "Whether.");
    set.add("kind", kind, {"plain", "fancy"}, "Which.");
    set.add("hidden", &hidden, "Layers.");
    return set;
  }
};

std::string failure_of(const std::string& assignment) {
  Sample sample;
  try {
    sample.described().assign(assignment, "--set");
  } catch (const InvalidArgument& error) {
    return error.what();
  }
  return {};
}

TEST(OptionSet, SetsEveryKindOfValueFromText) {
  Sample sample;
  OptionSet set = sample.described();
  set.assign("kmeans.n_clusters = 12", "--set");
  set.assign("kmeans.rate=1e-3", "--set");
  set.assign("kmeans.l2=false", "--set");
  set.assign("kmeans.kind=\"fancy\"", "--set");
  set.assign("kmeans.hidden=[256, 128]", "--set");
  EXPECT_EQ(sample.n_clusters, 12U);
  EXPECT_EQ(sample.rate, 1e-3);
  EXPECT_FALSE(sample.l2);
  EXPECT_EQ(sample.kind, "fancy");
  EXPECT_THAT(sample.hidden, ElementsAre(256U, 128U));
}

TEST(OptionSet, ValuesReadBackAsThemselves) {
  Sample sample;
  OptionSet set = sample.described();
  for (const OptionField& field : std::vector(set.fields())) {
    const std::string before = field.value();
    set.set(field.name, before, "round trip");
    EXPECT_EQ(field.value(), before);
  }
}

TEST(OptionSet, NamesMayHoldCommasAndQuotes) {
  std::vector<std::string> names{"a, b", "say \"c\"", "back\\slash", "don't", ""};
  const std::vector<std::string> before = names;
  OptionSet set;
  set.add("names", &names, "Of columns.");
  set.set("names", std::string(set.fields().front().value()), "round trip");
  EXPECT_EQ(names, before);
  set.set("names", "plain, don't, 'single, quoted', \"never closed, x", "--set");
  EXPECT_THAT(names, ElementsAre("plain", "don't", "single, quoted", "\"never closed", "x"));
}

TEST(OptionSet, AMistypedNameOffersTheNearest) {
  EXPECT_THAT(failure_of("kmeans.n_cluster=3"), HasSubstr("did you mean 'kmeans.n_clusters'?"));
  EXPECT_THAT(failure_of("n_clusters=3"), HasSubstr("did you mean 'kmeans.n_clusters'?"));
  EXPECT_THAT(failure_of("zzzzzzzzz=3"), testing::Not(HasSubstr("did you mean")));
}

TEST(OptionSet, AValueOutOfItsRangeNamesTheRule) {
  EXPECT_THAT(failure_of("kmeans.n_clusters=0"), HasSubstr("a whole number from 1 to 100"));
  EXPECT_THAT(failure_of("kmeans.n_clusters=-1"), HasSubstr("a whole number from 1 to 100"));
  EXPECT_THAT(failure_of("kmeans.n_clusters=3.5"), HasSubstr("a whole number"));
  EXPECT_THAT(failure_of("kmeans.rate=nan"), HasSubstr("a number of at least 0"));
  EXPECT_THAT(failure_of("kmeans.kind=odd"), HasSubstr("one of plain | fancy"));
  EXPECT_THAT(failure_of("kmeans.l2=yes"), HasSubstr("true or false"));
  EXPECT_THAT(failure_of("kmeans.l2"), HasSubstr("name=value"));
}

}  // namespace
}  // namespace songmap
