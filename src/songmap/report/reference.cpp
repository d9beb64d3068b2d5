#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>

#include "songmap/report/html.h"
#include "songmap/report/sections.h"

/// The parts of the report for looking things up: the files beside it and the words that it uses.
namespace songmap::report {
namespace {

namespace fs = std::filesystem;

struct Entry {
  const char* name;
  const char* meaning;
};

struct RunFile {
  fs::path path;
  const char* meaning;
};

std::vector<RunFile> files_of(const RunFolder& folder) {
  return {{folder.tracks(), "the tracks, their tags and labels; all other files name tracks by its track_id"},
          {folder.failures(), "files that could not be used, and why"},
          {folder.labels(), "the group of each track, for each method and seed"},
          {folder.map(), "the coordinates of the pictures"},
          {folder.clusterings(), "each grouping: groups, coverage, what the method chose, why it means nothing"},
          {folder.candidates(), "what speaks for each number of groups"},
          {folder.comparisons(), "methods compared on the same tracks"},
          {folder.cross_modal(), "what sound and words tell of each other by the joint model"},
          {folder.lyrics(), "the words of the tracks that have some"},
          {folder.inspections(), "what models reconstruct, and what each latent dimension does"},
          {folder.scores(), "all scores of this report, one a row"},
          {folder.curves(), "the training, epoch by epoch"},
          {folder.manifest(), "everything needed to repeat the run"},
          {folder.spaces(), "one NumPy matrix a space, rows as in tracks.csv"},
          {folder.models(), "the trained models"},
          {folder.figures(), "the pictures as SVG and PNG"},
          {folder.results(), "the study's tables, in its own columns"}};
}

constexpr std::array<Entry, 42> kGlossary{
    {{"Active latent dimensions", "Those latent dimensions in which tracks differ; the others carry nothing."},
     {"Agglomerative (Ward)",
      "Joins the two groups whose union grows the spread least, again and again, until so many are left."},
     {"AMI, adjusted mutual information",
      "How much groups and labels tell about each other, corrected for chance: 0 is chance, 1 is perfect."},
     {"ARI, adjusted Rand index",
      "How often two tracks are together in both groups and labels, corrected for chance: 0 is chance, 1 is perfect."},
     {"Autoencoder, VAE",
      "Networks that squeeze a track through few numbers and rebuild it; a VAE also keeps these numbers near a common "
      "cloud, and beta says how strongly."},
     {"BIC",
      "How well a mixture of so many bell-shaped groups describes the tracks, less a price for its size; lower is "
      "better."},
     {"Calinski-Harabasz", "Spread between groups over spread inside them; higher is tighter, without an upper end."},
     {"Chance", "What the score would be for random groups of the same sizes."},
     {"Completeness", "1 when all tracks of a label are in one group."},
     {"Condition", "A label that a model is told, so that its latent space need not carry it."},
     {"Coverage", "Share of the tracks that a method puts into a group; the rest is noise."},
     {"Davies-Bouldin", "How much groups overlap; lower is tighter, 0 is best."},
     {"DBSCAN",
      "Groups are dense regions: tracks with enough others within a radius (eps), and what is near them. Others are "
      "noise."},
     {"Dendrogram", "The tree of what joins what when groups are merged from many to one."},
     {"Eigengap", "How clearly the tracks' neighbourhoods fall into so many parts; a peak speaks for that number."},
     {"Gaussian mixture", "Groups as bell-shaped clouds, each with its own spread."},
     {"Gap statistic", "How much better so many groups fit the tracks than tracks whose values were shuffled."},
     {"Holm's correction",
      "With many comparisons some look good by luck; this raises p so that all of them may be read together."},
     {"HDBSCAN", "As DBSCAN, for regions of different density at once."},
     {"Homogeneity", "1 when every group holds tracks of one label only."},
     {"Hybrid, fused", "Sound and words of a track side by side in one space."},
     {"k-means", "Sorts points into k groups, so that each is near its group's centre."},
     {"KL", "How much the latent space says about the tracks, in the model's own units; near 0 it says nothing."},
     {"Latent space", "The few numbers that the model keeps of each track."},
     {"Majority share", "The purity of putting all tracks into one group: the share of the most frequent label."},
     {"NMI, normalised mutual information",
      "As AMI but not corrected for chance, so that many small groups score high."},
     {"Noise", "Tracks that a method puts into no group."},
     {"Null, noise",
      "What structureless data scores: with the same spread as the space (null), or spread equally in all directions "
      "(noise)."},
     {"p", "Share of random groupings that score at least as well; below .05 is taken as more than chance."},
     {"Protocol",
      "study: the published experiment with its own choices; strict: the same models by the right practice."},
     {"Purity", "Share of tracks that carry the most frequent label of their group; many small groups score high."},
     {"Seed", "The number that random choices start from; another seed shows how much of a result is luck."},
     {"Silhouette", "How much closer tracks are to their own group than to the next one, from −1 to 1."},
     {"Shuffled lyrics",
      "The same fused grouping made with the words of other tracks: what the words are worth is what it exceeds this "
      "by."},
     {"Silhouette of noise", "What structureless noise of the same number of tracks, values and groups scores."},
     {"Space",
      "The numbers by which tracks are compared: features (scaled), pca, a model's name for its latent space, and with "
      ".decoded what it makes of the features."},
     {"Stability", "How much the groups of different seeds are alike (mean ARI); 1 is always the same."},
     {"Spectral clustering", "Cuts the graph of each track's nearest tracks where it is thinnest."},
     {"t-SNE, UMAP, PCA",
      "Ways to lay out many dimensions on a flat picture; the first two keep neighbours, not distances."},
     {"Traversal", "What the model makes of a latent dimension that moves while all others stay at their mean."},
     {"Trustworthiness",
      "How far the neighbours on a flat picture are neighbours in the full space; 1 is all of them."},
     {"V-measure", "Homogeneity and completeness in one number (their harmonic mean); the same as NMI here."}}};

std::string size_of(const fs::path& path) {
  std::error_code ignored;
  if (fs::is_directory(path)) {
    const auto n =
        static_cast<std::size_t>(std::distance(fs::directory_iterator(path, ignored), fs::directory_iterator()));
    return counted(n, "file");
  }
  const double bytes = double(fs::file_size(path, ignored));
  if (bytes >= 1e6) return fmt::format("{:.1f} MB", bytes / 1e6);
  return bytes >= 1e3 ? fmt::format("{:.0f} kB", bytes / 1e3) : fmt::format("{:.0f} bytes", bytes);
}

}  // namespace

std::string files_html(const RunData& run) {
  std::vector<std::vector<std::string>> rows;
  for (const RunFile& file : files_of(run.folder)) {
    if (!fs::exists(file.path)) continue;
    rows.push_back({fmt::format("<a href=\"{0}\"><code>{0}</code></a>", file.path.filename().string()),
                    escaped(file.meaning), escaped(size_of(file.path))});
  }
  if (rows.empty()) return "";
  return table_html("Beside this report, in the same folder", {{"file"}, {"what it holds"}, {"size", true}}, rows);
}

std::string glossary_html() {
  std::string html = "<dl class=\"glossary\">\n";
  for (const Entry& word : kGlossary) {
    html += fmt::format("<div><dt>{}</dt><dd>{}</dd></div>\n", escaped(word.name), escaped(word.meaning));
  }
  return html + "</dl>\n";
}

}  // namespace songmap::report
