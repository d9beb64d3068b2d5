#include "songmap/report/report.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>

#include "songmap/core/error.h"
#include "songmap/core/npy.h"
#include "songmap/report/figures.h"
#include "songmap/run/cautions.h"
#include "tests/figures/pictures.h"
#include "tests/report/sample.h"

namespace songmap::report {
namespace {

namespace fs = std::filesystem;
using songmap::testing::markup_fault;
using songmap::testing::occurrences;
using songmap::testing::picture_folder;
using ::testing::HasSubstr;
using ::testing::Not;

std::string report_of(const fs::path& folder) {
  write_report(RunFolder(folder));
  return read_file(folder / "report.html");
}

/// What must hold for every report: sound markup, everything inside, nothing executed.
void expect_sound(const std::string& html) {
  EXPECT_EQ(markup_fault(html), "");
  EXPECT_THAT(html, HasSubstr("<html lang=\"en\">"));
  EXPECT_THAT(html, Not(HasSubstr("http://")));
  EXPECT_THAT(html, Not(HasSubstr("https://")));
  EXPECT_THAT(html, Not(HasSubstr("<script")));
  EXPECT_THAT(html, Not(HasSubstr("url(")));
  EXPECT_THAT(html, Not(HasSubstr("@import")));
  EXPECT_EQ(occurrences(html, "src=\""), occurrences(html, "src=\"data:image/"));
  EXPECT_EQ(occurrences(html, "<img "), occurrences(html, "alt=\""));
  EXPECT_EQ(occurrences(html, "<table>"), occurrences(html, "<caption>"));
  EXPECT_THAT(html, Not(HasSubstr("nan")));
}

TEST(Report, ACompleteRunHasEverySectionAndPicture) {
  SONGMAP_NEEDS_GNUPLOT();
  const fs::path folder = picture_folder();
  write_sample_run(folder);
  const std::vector<fs::path> files = draw_figures(RunFolder(folder));
  const std::string html = report_of(folder);
  expect_sound(html);
  // Every picture is inside, or linked to where too many are folded away.
  const std::size_t n_linked = occurrences(html, "<li><a href=\"figures/");
  EXPECT_EQ(occurrences(html, "<img ") + n_linked, files.size() / 2);
  EXPECT_LT(n_linked, files.size() / 4);
  for (const char* id :
       {"map", "groups", "trust", "scores", "collection", "computed", "model", "odd", "files", "words", "repeat"}) {
    EXPECT_THAT(html, HasSubstr("<section id=\"" + std::string(id) + "\""));
    EXPECT_THAT(html, HasSubstr("href=\"#" + std::string(id) + "\""));
  }
  for (const char* text : {"60 tracks", "বাউল", "broken/text.mp3", "no audio stream was found", "default-vae",
                           "songmap run demo --seed 7", "not defined", "null 0.080", "Most typical"}) {
    EXPECT_THAT(html, HasSubstr(text));
  }
}

TEST(Report, TheTablesOfAModelOfSoundAndWordsAndOfErrorsBecomeSections) {
  const fs::path folder = picture_folder();
  write_sample_run(folder);
  EXPECT_THAT(report_of(folder), Not(HasSubstr("Sound and words</h2>")));
  EXPECT_THAT(report_of(folder), HasSubstr("Tracks the model finds odd</h2>"));
  run::save_cross_modal(folder / "cross_modal.csv", {{"joint-vae", 0, "r2_from_other", "lyrics", 0.3, 0.01}});
  const std::vector<run::TrackRow> tracks = run::load_tracks(folder / "tracks.csv");
  run::save_reconstruction(folder / "reconstruction.csv",
                           {{tracks[3].track_id, tracks[3].path, "default-vae", 0.4, 3.5}});
  const std::string html = report_of(folder);
  expect_sound(html);
  EXPECT_THAT(html, HasSubstr("Sound and words</h2>"));
  EXPECT_THAT(html, HasSubstr("Tracks that the model understands least</h2>"));
  EXPECT_THAT(html, HasSubstr("3.5 ×"));
  EXPECT_THAT(html, HasSubstr("Does the model add anything?</h2>"));
}

std::string decoded_base64(std::string_view text) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string bytes;
  std::uint32_t bits = 0;
  int n_bits = 0;
  for (const char c : text.substr(0, text.find('='))) {
    bits = bits << 6 | static_cast<std::uint32_t>(kDigits.find(c));
    if ((n_bits += 6) >= 8) bytes += static_cast<char>(bits >> (n_bits -= 8) & 0xff);
  }
  return bytes;
}

TEST(Report, PicturesAreInsideByteForByte) {
  const fs::path folder = picture_folder();
  write_sample_run(folder);
  const std::vector<std::pair<std::string, std::string>> pictures{
      {"scores-genre", "<svg>1</svg>"}, {"scores-language", "<svg>12</svg>"}, {"scores-internal", "<svg>123</svg>"}};
  for (const auto& [name, content] : pictures) write_file(folder / "figures" / (name + ".svg"), content);
  const std::string html = report_of(folder);
  constexpr std::string_view kStart = "src=\"data:image/svg+xml;base64,";
  std::size_t at = 0;
  for (const auto& [name, content] : pictures) {
    at = html.find(kStart, at);
    ASSERT_NE(at, std::string::npos) << name;
    at += kStart.size();
    EXPECT_EQ(decoded_base64(html.substr(at, html.find('"', at) - at)), content);
  }
}

TEST(Report, ALargePictureIsTakenAsPixelsWhereThatIsSmaller) {
  const fs::path folder = picture_folder();
  write_sample_run(folder);
  write_file(folder / "figures" / "scores-genre.svg", "<svg>" + std::string(400'000, ' ') + "</svg>");
  EXPECT_THAT(report_of(folder), HasSubstr("data:image/svg+xml"));
  write_file(folder / "figures" / "scores-genre.png", "pixels");
  const std::string html = report_of(folder);
  EXPECT_THAT(html, HasSubstr("data:image/png;base64,cGl4ZWxz"));
  EXPECT_THAT(html, Not(HasSubstr("data:image/svg+xml")));
}

TEST(Report, GroupsNameTheirTypicalAndTheirBorderTracks) {
  const fs::path folder = picture_folder();
  std::vector<TrackRow> tracks(5);
  std::vector<LabelRow> labels;
  // One group on a line: the middle of 0, 1, 2, 3, 14 is 4, so the order by distance is d, c, b, a, e.
  const char* names[] = {"a", "b", "c", "d", "e"};
  for (std::size_t i = 0; i < 5; ++i) {
    tracks[i].track_id = tracks[i].title = names[i];
    labels.push_back({names[i], "", "audio", "line", "k-means", 0, 0, i == 1 ? 0.4 : i == 4 ? 0.1 : 0.8});
  }
  run::save_tracks(folder / "tracks.csv", tracks);
  run::save_labels(folder / "labels.csv", labels);
  write_npy(folder / "spaces" / "line.npy", Matrix(5, 1, {0, 1, 2, 3, 14}));
  const std::string html = report_of(folder);
  const auto item = [](const std::string& name) {
    return "<li><span class=\"track\" title=\"\">" + name + "</span></li>";
  };
  EXPECT_THAT(html, HasSubstr("<h4>Most typical</h4><ul>" + item("d") + item("c") + item("b") + "</ul>"));
  EXPECT_THAT(html, HasSubstr("<h4>On the border</h4><ul>" + item("e") + "</ul>"));
}

TEST(Report, CohesionIsRelativeToWhatTheGroupsSizeAllows) {
  const fs::path folder = picture_folder();
  std::vector<TrackRow> tracks(20);
  std::vector<LabelRow> labels;
  // 4 of 20 tracks: at most 3 of a track's 15 nearest are of its own group. Here all of them, half of them for one.
  for (std::size_t i = 0; i < tracks.size(); ++i) {
    tracks[i].track_id = fmt::format("{}", i);
    const double own = i < 3 ? 3.0 / 15 : i == 3 ? 1.5 / 15 : 12.0 / 15;
    labels.push_back({tracks[i].track_id, "", "audio", "s", "k-means", 0, i < 4 ? 0 : 1, own});
  }
  run::save_tracks(folder / "tracks.csv", tracks);
  run::save_labels(folder / "labels.csv", labels);
  const std::string html = report_of(folder);
  EXPECT_THAT(html, HasSubstr("4 tracks, 20 % of all · cohesion 0.88"));  // (1 + 1 + 1 + 0.5) / 4
  EXPECT_THAT(html, HasSubstr("16 tracks, 80 % of all · cohesion 0.80"));
  EXPECT_THAT(html, Not(HasSubstr("On the border")));
}

TEST(Report, AFailuresReasonDoesNotRepeatItsPath) {
  const fs::path folder = picture_folder();
  write_sample_run(folder);
  run::save_failures(folder / "failures.csv",
                     {{"", "a/b.mp3", "decode", "cannot decode '/music/a/b.mp3': the file is empty"}});
  EXPECT_THAT(report_of(folder), HasSubstr("<td>the file is empty</td>"));
}

TEST(Report, LyricsThatCannotBeUsedAreNoLostTracks) {
  const fs::path folder = picture_folder();
  write_sample_run(folder);
  run::save_failures(folder / "failures.csv", {{"t1", "a.mp3", "lyrics", "the lyrics (file) cannot be used: empty"}});
  const std::string html = report_of(folder);
  EXPECT_THAT(html, HasSubstr("1 text of lyrics could not be used"));
  EXPECT_THAT(html, Not(HasSubstr("files could not be used")));
  EXPECT_THAT(html, Not(HasSubstr("are in no group and no score")));
}

TEST(Report, NamesExcerptedAndDamagedTracks) {
  const fs::path folder = picture_folder();
  write_sample_run(folder);
  const std::vector<TrackRow> tracks = run::load_tracks(folder / "tracks.csv");
  Manifest manifest = run::load_manifest(folder / "manifest.json");
  manifest.input.excerpted = {tracks[5].path};
  manifest.input.damaged = {tracks[6].path + ": 2 frames <lost>"};
  run::save_manifest(folder / "manifest.json", manifest);
  const std::string html = report_of(folder);
  expect_sound(html);
  EXPECT_THAT(html, HasSubstr("described by excerpts"));
  EXPECT_THAT(html, HasSubstr(tracks[5].title));
  EXPECT_THAT(html, HasSubstr(tracks[6].path + "</span></td><td>2 frames &lt;lost&gt;"));
}

TEST(Report, APartThatIsScoredAloneIsToldAsSuch) {
  const fs::path folder = picture_folder();
  write_sample_run(folder);
  Manifest manifest = run::load_manifest(folder / "manifest.json");
  manifest.evaluated_rows = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
  run::save_manifest(folder / "manifest.json", manifest);
  EXPECT_THAT(report_of(folder), HasSubstr("trained the model default-vae on 50 of them 3 times from different random "
                                           "starts (and likewise beta-vae), and sorted the other 10 into"));
}

TEST(Report, FoldedPicturesThatWeighTooMuchAreLinkedTo) {
  const fs::path folder = picture_folder();
  write_sample_run(folder);
  const std::string large = "<svg>" + std::string(340'000, ' ') + "</svg>";
  for (const char* name :
       {"map-audio-pca-2d-by-cluster", "map-audio-pca-2d-by-genre", "map-audio-umap-2d-by-cluster"}) {
    write_file(folder / "figures" / (std::string(name) + ".svg"), large);
  }
  const std::string html = report_of(folder);
  expect_sound(html);
  EXPECT_EQ(occurrences(html, "src=\"data:"), 2U);
  EXPECT_THAT(html, HasSubstr("More pictures of the map: 3 pictures"));
  EXPECT_THAT(html, HasSubstr("<a href=\"figures/map-audio-umap-2d-by-cluster.svg\">"));
}

TEST(Report, WithoutPicturesItSaysWhereTheCoordinatesAre) {
  const fs::path folder = picture_folder();
  write_sample_run(folder);
  const std::string html = report_of(folder);
  expect_sound(html);
  EXPECT_EQ(occurrences(html, "<img "), 0U);
  EXPECT_THAT(html, HasSubstr("gnuplot was not found"));
}

TEST(Report, DataCannotBreakOut) {
  const fs::path folder = picture_folder();
  write_sample_run(folder, {.hostile = true});
  if (!draw_figures(RunFolder(folder)).empty()) {
    for (const fs::directory_entry& entry : fs::directory_iterator(folder / "figures")) {
      if (entry.path().extension() != ".svg") continue;
      EXPECT_EQ(markup_fault(read_file(entry.path())), "") << entry.path();
    }
  }
  const std::string html = report_of(folder);
  expect_sound(html);
  EXPECT_THAT(html, HasSubstr("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;"));
  EXPECT_FALSE(fs::exists("hacked"));
}

TEST(Report, AnyFileMayBeMissing) {
  const fs::path folder = picture_folder();
  for (const char* gone :
       {"manifest.json", "tracks.csv", "failures.csv", "labels.csv", "map.csv", "scores.csv", "curves.csv", "spaces"}) {
    fs::remove_all(folder);
    write_sample_run(folder);
    fs::remove_all(folder / gone);
    SCOPED_TRACE(gone);
    expect_sound(report_of(folder));
  }
  fs::remove_all(folder);
  fs::create_directories(folder);
  expect_sound(report_of(folder));
}

TEST(Report, SameFilesSameBytes) {
  const fs::path folder = picture_folder();
  write_sample_run(folder);
  const std::string first = report_of(folder);
  EXPECT_EQ(report_of(folder), first);
}

TEST(Report, StudyPresetsStandBesideTheStudysFigures) {
  const fs::path folder = picture_folder();
  write_sample_run(folder, {.preset = "easy"});
  std::vector<ScoreRow> scores = run::load_scores(folder / "scores.csv");
  for (ScoreRow& row : scores) {
    if (row.space == "pca" && row.metric == "silhouette" && row.scored_in == "pca") row.value = kNotDefined;
  }
  run::save_scores(folder / "scores.csv", scores);
  const std::string html = report_of(folder);
  expect_sound(html);
  EXPECT_THAT(html, HasSubstr("Known faults of the study's design"));
  EXPECT_THAT(html, HasSubstr("<strong>0.410</strong> <span class=\"aside\">study 0.307</span>"));
  // An empty cell of our table is not defined, and not 0.
  EXPECT_THAT(html, HasSubstr("not defined</span> <span class=\"aside\">study 0.211</span>"));
  EXPECT_THAT(html, HasSubstr("scored 200 tracks; here 60 are scored"));
  EXPECT_THAT(html, Not(HasSubstr("DBSCAN uses one radius")));

  write_sample_run(folder);
  EXPECT_THAT(report_of(folder), Not(HasSubstr("Known faults")));
}

TEST(Report, AFaultIsKeptOrChangedAsTheManifestSays) {
  const fs::path folder = picture_folder();
  write_sample_run(folder, {.preset = "hard"});
  Manifest manifest = run::load_manifest(folder / "manifest.json");
  const std::string fault = "<strong>Feature values are standardised across one track";
  const auto kept = [&](const char* protocol, const char* scaling) {
    manifest.protocol = protocol;
    manifest.options["features.scaling"] = scaling;
    manifest.n_clusters_source = "labels";
    run::save_manifest(folder / "manifest.json", manifest);
    const std::string html = report_of(folder);
    expect_sound(html);
    EXPECT_THAT(html, HasSubstr(fault));
    return html.find(fault) < html.find("Changed in this run");
  };
  EXPECT_TRUE(kept("study", "\"track\""));
  EXPECT_THAT(read_file(folder / "report.html"), HasSubstr("--protocol strict leaves them out"));
  EXPECT_FALSE(kept("strict", "\"logzc\""));
  EXPECT_THAT(read_file(folder / "report.html"), HasSubstr("strict protocol, used here"));
}

/// What stands between two pieces of a page, tags and all.
std::string part_of(const std::string& html, const std::string& from, const std::string& to) {
  const std::size_t start = html.find(from);
  EXPECT_NE(start, std::string::npos) << from;
  return start == std::string::npos ? "" : html.substr(start, html.find(to, start) - start);
}

/// The row of the first table after `table` whose heading begins with `name`.
std::string row_of(const std::string& html, const std::string& table, const std::string& name) {
  return part_of(html.substr(std::min(html.find(table), html.size())), "<th scope=\"row\">" + name, "</tr>");
}

TEST(Report, TheMediumTierShowsWhatTheStudyWroteForNothing) {
  const fs::path folder = picture_folder();
  write_sample_run(folder, {.preset = "medium"});
  Manifest manifest = run::load_manifest(folder / "manifest.json");
  manifest.models[0].name = manifest.spaces[0].model = manifest.spaces[1].model = "conv-vae";
  run::save_manifest(folder / "manifest.json", manifest);
  const std::string html = report_of(folder);
  expect_sound(html);
  const std::string direct = row_of(html, "medium tier: this run", "Direct K-Means (baseline)");
  EXPECT_THAT(direct, HasSubstr("study 0.062"));
  EXPECT_THAT(direct, HasSubstr("study 1.389"));
  EXPECT_THAT(direct, HasSubstr("No network"));
  EXPECT_THAT(html, HasSubstr("scored 30 tracks (with so few tracks random labels reach an NMI of .49)"));
  const std::string hybrid = row_of(html, "medium tier: this run", "Hybrid K-Means (audio+lyrics)");
  EXPECT_THAT(hybrid, HasSubstr("here each track has its own. They do better than the words of other tracks."));

  // DBSCAN on the model's space, and it comes to nothing.
  manifest.spaces[0].methods.emplace_back("dbscan");
  manifest.lyrics.pairing = "cycle";
  run::save_manifest(folder / "manifest.json", manifest);
  std::vector<ClusteringRow> clusterings = run::load_clusterings(folder / "clusterings.csv");
  clusterings.push_back({"audio", "default-vae.decoded", "dbscan", 0, 0, 0, "every track is noise", "eps=0.5"});
  run::save_clusterings(folder / "clusterings.csv", clusterings);
  const std::string cycled = report_of(folder);
  const std::string nothing = row_of(cycled, "medium tier: this run", "DBSCAN (audio)");
  EXPECT_THAT(nothing, HasSubstr("study infinite"));
  EXPECT_THAT(nothing, HasSubstr("Not defined here: every track is noise. The study wrote 0 and infinity"));
  EXPECT_THAT(row_of(cycled, "medium tier: this run", "Hybrid K-Means"), HasSubstr("belong to none of the tracks"));
  EXPECT_THAT(cycled, HasSubstr("dealt out to the tracks in turn"));
}

TEST(Report, OneTableHoldsEveryGroupingWithWhatItMustBeComparedWith) {
  const fs::path folder = picture_folder();
  write_sample_run(folder);
  const std::string html = report_of(folder);
  const std::string genre = "Every grouping, compared with genre";
  const std::string main = row_of(html, genre, "K-Means on VAE <span class=\"badge\">main");
  EXPECT_THAT(main, HasSubstr("<strong>0.86</strong> ± 0.02<span class=\"aside\">0.80 to 0.91</span>"));   // AMI
  EXPECT_THAT(main, HasSubstr("chance 0.31</span><span class=\"aside\">one group 0.18"));                  // purity
  EXPECT_THAT(main, HasSubstr("null 0.08</span><span class=\"aside\">noise 0.04"));                        // silhouette
  EXPECT_THAT(main, HasSubstr("<strong>1.00</strong> ± 0.00</td><td class=\"n\"><strong>0.93</strong>"));  // coverage
  const std::string fused = row_of(html, genre, "K-Means on VAE + lyrics");
  EXPECT_THAT(fused, HasSubstr("others’ words 0.37"));
  EXPECT_THAT(row_of(html, genre, "DBSCAN on features"), HasSubstr("not defined: one cluster only, of 90 %"));
  EXPECT_THAT(part_of(html, genre, "</table>"), HasSubstr("<th scope=\"rowgroup\" colspan=\"9\">Words alone"));
  // The second label has a table of its own, without what the first has said.
  const std::string language = part_of(html, "Every grouping, compared with language", "</table>");
  EXPECT_THAT(language, HasSubstr("p = 0.41"));
  EXPECT_THAT(language, Not(HasSubstr("stability")));
  EXPECT_THAT(row_of(html, "own words beside those of other tracks", "K-Means on VAE + lyrics"),
              HasSubstr("beats others’ words, but not those of its language"));
}

TEST(Report, AConditionIsNamedWithWhatItLeavesOut) {
  const fs::path folder = picture_folder();
  write_sample_run(folder);
  EXPECT_THAT(report_of(folder), Not(HasSubstr("was told the")));
  Manifest manifest = run::load_manifest(folder / "manifest.json");
  manifest.models[1].condition = "language";
  run::save_manifest(folder / "manifest.json", manifest);
  const std::string html = report_of(folder);
  expect_sound(html);
  EXPECT_THAT(html, HasSubstr("The model beta-vae was told the language of each track."));
  EXPECT_THAT(html, HasSubstr("not scored against language"));
  const RunData run = load_run(RunFolder(folder));
  const std::vector<PlannedFigure> plan = plan_figures(run);
  const auto caption = [&](const char* name) { return std::ranges::find(plan, name, &PlannedFigure::name)->caption; };
  EXPECT_THAT(caption("map-beta-vae-pca-2d-by-language"), HasSubstr("which the model was told"));
  EXPECT_THAT(caption("map-beta-vae-pca-2d-by-genre"), HasSubstr("which the model never saw"));
}

TEST(Report, LyricsAreToldWithSourceLanguageAndPairing) {
  const fs::path folder = picture_folder();
  write_sample_run(folder);
  const std::string html = report_of(folder);
  EXPECT_THAT(html, HasSubstr("57 of 60 tracks have lyrics: 1 from files beside the tracks and 1 from their tags. "
                              "Together they are 42 words. Each of these tracks has its own."));
  EXPECT_THAT(html, HasSubstr("it does not count as having empty ones"));
  EXPECT_THAT(html, HasSubstr("<em>unsure</em> <span class=\"aside\">2</span>"));
}

TEST(Report, ATraversalThatDoesNothingSaysSo) {
  const fs::path folder = picture_folder();
  write_sample_run(folder);
  const auto caption = [&] {
    const RunData run = load_run(RunFolder(folder));
    const std::vector<PlannedFigure> plan = plan_figures(run);
    return std::ranges::find(plan, "traversal-beta-vae", &PlannedFigure::name)->caption;
  };
  EXPECT_THAT(caption(), Not(HasSubstr("next to nothing")));
  const fs::path file = folder / "inspections" / "beta-vae.traversal.npy";
  Matrix traversal = read_npy(file);
  for (float& value : traversal.values()) value = 5 + 0.01F * value;
  write_npy(file, traversal);
  EXPECT_THAT(caption(), HasSubstr("next to nothing"));
}

TEST(Report, RefusesWhatIsNoRun) {
  const fs::path folder = picture_folder();
  EXPECT_THROW(write_report(RunFolder(folder / "absent")), IoError);
  write_file(folder / "manifest.json", "{ not json");
  EXPECT_THROW(write_report(RunFolder(folder)), FormatError);
  EXPECT_FALSE(fs::exists(folder / "report.html"));
}

TEST(Report, AManifestMayBePartial) {
  const fs::path folder = picture_folder();
  write_sample_run(folder);
  for (const char* manifest :
       {"{}", R"({"input": null, "options": null})", R"({"models": [{}], "projections": [{}], "k": {}, "labels": {}})",
        R"({"models": [{"name": "default-vae"}], "input": {"kind": "table"}, "k": {"source": "labels"}})"}) {
    SCOPED_TRACE(manifest);
    write_file(folder / "manifest.json", manifest);
    expect_sound(report_of(folder));
  }
}

TEST(Report, EachCautionIsToldOnce) {
  const fs::path folder = picture_folder();
  write_sample_run(folder, {.n_tracks = 60, .n_groups = 6, .collapsed = true});
  const fs::path file = RunFolder(folder).manifest();
  Manifest manifest = run::load_manifest(file);
  manifest.n_clusters_source = "labels";
  manifest.warnings["cluster"] = {*run::caution_of_few_tracks(60, 6), run::caution_of_label_k(6, "genre")};
  manifest.warnings["train"] = {*run::caution_of_collapse(manifest.models.front()), "The cat sat on it: it is warm."};
  run::save_manifest(file, manifest);
  const std::string html = report_of(folder);
  for (const char* heading : {"There are few tracks a group.", "The number of groups came from the labels.",
                              "The latent space of default-vae has collapsed.", "The cat sat on it.</strong> It is"}) {
    EXPECT_EQ(occurrences(html, heading), 1U) << heading;
  }
}

TEST(Report, MakingItWithoutGnuplotWarnsOnce) {
  const fs::path folder = picture_folder();
  write_sample_run(folder);
  const std::string path = std::getenv("PATH");
  setenv("PATH", folder.c_str(), 1);
  std::vector<std::string> warnings;
  run::StageContext context;
  context.warn = [&](const std::string& sentence) { warnings.push_back(sentence); };
  make_report(RunFolder(folder), context);
  setenv("PATH", path.c_str(), 1);
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_THAT(warnings.front(), HasSubstr("gnuplot"));
  EXPECT_TRUE(fs::exists(folder / "report.html"));
}

}  // namespace
}  // namespace songmap::report
