#include "songmap/report/sections.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "songmap/figures/text.h"
#include "songmap/report/html.h"

namespace songmap::report {
namespace {

constexpr std::size_t kMostRows = 50;

std::string label_counts_html(const RunData& run) {
  std::string html;
  for (const std::string& column : run.label_columns) {
    std::map<std::string, std::size_t> counts;
    for (const std::string& label : run.labels_of(column)) ++counts[label];
    std::vector<std::pair<std::string, std::size_t>> by_size(counts.begin(), counts.end());
    std::ranges::stable_sort(by_size, [](const auto& a, const auto& b) {
      return a.second != b.second ? a.second > b.second : figures::natural_less(a.first, b.first);
    });
    std::string chips;
    for (std::size_t i = 0; i < by_size.size() && i < kMostRows; ++i) {
      const auto& [label, n] = by_size[i];
      chips += fmt::format("<li>{} <span class=\"aside\">{}</span></li>",
                           label.empty() ? "<em>no label</em>" : escaped(label), spelled_count(n));
    }
    if (by_size.size() > kMostRows) chips += fmt::format("<li>{} more</li>", by_size.size() - kMostRows);
    html += fmt::format("<h3>{}</h3>\n<ul class=\"chips\">{}</ul>\n", escaped(column), chips);
  }
  return html;
}

/// The reason without the path that stands beside it already.
std::string reason_of(const FailureRow& failure) {
  const std::string path = failure.path + "': ";
  const std::size_t at = failure.path.empty() ? std::string::npos : failure.reason.find(path);
  return at == std::string::npos ? failure.reason : failure.reason.substr(at + path.size());
}

/// "3 files and 2 texts of lyrics"
std::string what_failed(const RunData& run) {
  const std::size_t n_tracks = run.n_failed_tracks();
  const std::size_t n_lyrics = run.failures.size() - n_tracks;
  std::vector<std::string> parts;
  if (n_tracks > 0) parts.push_back(counted(n_tracks, "file"));
  if (n_lyrics > 0) parts.push_back(fmt::format("{} of lyrics", counted(n_lyrics, "text")));
  return joined(parts);
}

std::string failures_html(const RunData& run) {
  if (run.failures.empty()) return "";
  std::vector<std::vector<std::string>> rows;
  for (const FailureRow& failure : run.failures) {
    if (rows.size() == kMostRows) break;
    rows.push_back({fmt::format("<span class=\"path\">{}</span>", escaped(failure.path)), escaped(failure.stage),
                    escaped(reason_of(failure))});
  }
  std::string html =
      table_html(fmt::format("{} could not be used", what_failed(run)), {{"file"}, {"stage"}, {"reason"}}, rows);
  if (run.failures.size() > kMostRows) {
    html += paragraph_html(fmt::format("{} more are in failures.csv.", run.failures.size() - kMostRows));
  }
  return html;
}

/// The options of a section: the part of a name before its last dot.
std::map<std::string, std::vector<std::pair<std::string, std::string>>> by_section(const Manifest& manifest) {
  std::map<std::string, std::vector<std::pair<std::string, std::string>>> sections;
  for (const auto& [name, value] : manifest.options) {
    const std::size_t dot = name.rfind('.');
    const std::string section = dot == std::string::npos ? "run" : name.substr(0, dot);
    sections[section].emplace_back(dot == std::string::npos ? name : name.substr(dot + 1), value);
  }
  return sections;
}

/// "batch_size 32, epochs 50", markup.
std::string settings_html(const std::vector<std::pair<std::string, std::string>>& settings) {
  std::string html;
  for (const auto& [name, value] : settings) {
    html += fmt::format("{}<span class=\"setting\">{} <code>{}</code></span>", html.empty() ? "" : " ", escaped(name),
                        value.empty() ? "–" : escaped(value));
  }
  return html;
}

std::string range_of(const std::vector<double>& values, int decimals) {
  const auto [low, high] = std::ranges::minmax(values);
  const std::string first = spelled_number(low, decimals);
  const std::string last = spelled_number(high, decimals);
  return first == last ? first : fmt::format("{} to {}", first, last);
}

/// What the run called the source of its labels, in words.
std::string label_source_title(const std::string& source) {
  static const std::map<std::string, std::string> kTitles{{"auto", "the columns of the CSV"},
                                                          {"csv", "the columns of the CSV"},
                                                          {"genre", "the genre tags"},
                                                          {"folder", "the names of the folders"},
                                                          {"prefix", "the file names, up to the first dot"}};
  const auto found = kTitles.find(source);
  return found == kTitles.end() ? source : found->second;
}

std::string k_source_title(const std::string& source) {
  if (source == "labels") return "from the labels";
  if (source == "gap statistic") return "by the gap statistic";
  if (source == "pseudo-languages") return "as many as the languages of the words";
  return source == "none found" ? "the gap statistic found no groups" : source;
}

/// Title and path of tracks that need a remark, and the remark. `entries` are "path" or "path: remark".
std::string remarked_tracks_html(const RunData& run, const std::vector<std::string>& entries,
                                 const std::string& caption) {
  if (entries.empty()) return "";
  std::vector<std::vector<std::string>> rows;
  bool remarks = false;
  for (const std::string& entry : entries) {
    if (rows.size() == kMostRows) break;
    const auto track = std::ranges::find_if(run.tracks, [&](const TrackRow& candidate) {
      return entry == candidate.path || entry.starts_with(candidate.path + ": ");
    });
    const std::string path = track == run.tracks.end() ? entry : track->path;
    const std::string remark = entry.size() > path.size() + 2 ? entry.substr(path.size() + 2) : "";
    remarks = remarks || !remark.empty();
    rows.push_back({track == run.tracks.end() ? escaped(entry) : escaped(display_name(*track)),
                    fmt::format("<span class=\"path\">{}</span>", escaped(path)), escaped(remark)});
  }
  std::vector<HtmlColumn> columns{{"track"}, {"file"}, {"what is wrong"}};
  if (!remarks) {
    columns.pop_back();
    for (auto& row : rows) row.pop_back();
  }
  std::string html = table_html(caption, columns, rows);
  if (entries.size() > rows.size()) {
    html += paragraph_html(fmt::format("{} more are in manifest.json.", entries.size() - rows.size()));
  }
  return html;
}

std::string model_paragraph(const ModelRecord& model) {
  std::string text = fmt::format("{} is a model of kind {}", model.name, model.kind.empty() ? "unknown" : model.kind);
  if (model.n_inputs > 0 && model.n_latent > 0) {
    text += fmt::format(" that squeezes {} numbers a track through {} and tries to get them back", model.n_inputs,
                        model.n_latent);
  }
  text += ".";
  if (model.beta != 1 && model.kind != "autoencoder")
    text += fmt::format(" Its KL term weighs {:g} times.", model.beta);
  if (!model.condition.empty()) {
    text +=
        fmt::format(" It was told the {} of each track, so that it need not find it in the sound.", model.condition);
  }
  if (!model.seeds.empty()) {
    std::vector<std::string> seeds;
    for (const std::uint64_t seed : model.seeds) seeds.push_back(fmt::format("{}", seed));
    text += fmt::format(" It was trained with {} {}.", seeds.size() == 1 ? "seed" : "seeds", joined(seeds));
  }
  if (!model.active_units.empty()) {
    text += fmt::format(" Latent dimensions in use: {}", range_of(model.active_units, 0));
    if (!model.predicted_active.empty()) {
      text += fmt::format(" (the data's own variances predict {})", range_of(model.predicted_active, 0));
    }
    text += ".";
  }
  if (const auto collapsed = std::ranges::count(model.collapsed, true); collapsed > 0) {
    text += fmt::format(" It has collapsed with {} of {}.", collapsed, counted(model.collapsed.size(), "seed"));
  }
  if (!model.sigma.empty())
    text += fmt::format(" Noise that it assumes around a reconstruction (sigma): {}.", range_of(model.sigma, 3));
  return text;
}

/// "For comparison: k-means and ward in regular-vae and lyrics; k-means in pca and features."
std::string other_groupings(const RunData& run) {
  std::vector<std::pair<std::string, std::vector<std::string>>> methods_of;  // By space, in order.
  for (const Grouping& grouping : run.groupings) {
    auto found =
        std::ranges::find(methods_of, grouping.space, &std::pair<std::string, std::vector<std::string>>::first);
    if (found == methods_of.end()) found = methods_of.insert(found, {grouping.space, {}});
    if (std::ranges::find(found->second, grouping.method) == found->second.end()) {
      found->second.push_back(grouping.method);
    }
  }
  std::vector<std::pair<std::vector<std::string>, std::vector<std::string>>> spaces_of;  // By methods.
  std::size_t n = 0;
  for (const auto& [space, methods] : methods_of) {
    auto found = std::ranges::find_if(spaces_of, [&](const auto& entry) { return entry.first == methods; });
    if (found == spaces_of.end()) found = spaces_of.insert(found, {methods, {}});
    found->second.push_back(space);
    n += methods.size();
  }
  if (n < 2) return "";
  std::string text;
  for (const auto& [methods, spaces] : spaces_of) {
    text += fmt::format("{}{} in {}", text.empty() ? "" : "; ", joined(methods), joined(spaces));
  }
  return fmt::format("{} groupings were made in all: {}.", n, text);
}

std::string section_title(const std::string& section) {
  std::string title = section;
  std::ranges::replace(title, '_', ' ');
  return title;
}

}  // namespace

std::string collection_html(const RunData& run) {
  double total_s = 0;
  std::size_t n_lengths = 0;
  for (const TrackRow& track : run.tracks) {
    if (!std::isfinite(track.length_s)) continue;
    total_s += track.length_s;
    ++n_lengths;
  }
  std::string text = fmt::format("{} in all", counted(run.tracks.size(), "track"));
  if (n_lengths > 0) text += fmt::format(", together {} long", spelled_duration(total_s));
  text += ".";
  if (const double s = run.manifest.input.audio_s; s > 0)
    text += fmt::format(" {} of audio were analysed.", spelled_duration(s));
  if (!run.manifest.label_source.empty() && !run.label_columns.empty()) {
    text += fmt::format(" Labels come from {}.", label_source_title(run.manifest.label_source));
  }
  return paragraph_html(text) + label_counts_html(run) + failures_html(run) +
         remarked_tracks_html(run, run.manifest.input.damaged, "Read in spite of damage") +
         remarked_tracks_html(run, run.manifest.input.excerpted, "Longer than 15 minutes: described by excerpts");
}

std::string computed_html(const RunData& run) {
  const Manifest& manifest = run.manifest;
  std::string html;
  std::string recipe;
  for (const auto& [name, key] : manifest.recipes) {
    recipe +=
        fmt::format("{}<code>{}</code> (key <code>{}</code>)", recipe.empty() ? "" : ", ", escaped(name), escaped(key));
  }
  if (!recipe.empty()) {
    html += fmt::format(
        "<p><strong>Features.</strong> Each track was described by the recipe {}. The same audio and the same "
        "key always give the same numbers.</p>\n",
        recipe);
  }
  for (const ModelRecord& model : manifest.models) {
    html += fmt::format("<p><strong>Model.</strong> {}</p>\n", escaped(model_paragraph(model)));
  }
  if (const Grouping* main = run.main_grouping()) {
    std::string text = fmt::format("The main groups come from {} in the space {}", main->method, main->space);
    if (manifest.n_clusters > 0) text += fmt::format(", with k = {}", manifest.n_clusters);
    if (!manifest.n_clusters_source.empty()) text += fmt::format(" ({})", k_source_title(manifest.n_clusters_source));
    text += ". " + other_groupings(run);
    for (const auto& [view, k] : manifest.view_clusters) {
      if (view == main->view) continue;
      text += fmt::format(" The {} view has {} of its own ({}).", view, counted(k, "group"),
                          k_source_title(run::n_clusters_source_of(manifest, view)));
    }
    html += fmt::format("<p><strong>Groups.</strong> {}</p>\n", escaped(text));
  }
  std::string settings;
  for (const auto& [section, values] : by_section(manifest)) {
    settings += fmt::format("<dt>{}</dt><dd>{}</dd>\n", escaped(section_title(section)), settings_html(values));
  }
  if (!settings.empty()) {
    html += fmt::format("<details><summary>All {} settings</summary><dl class=\"settings\">\n{}</dl></details>\n",
                        manifest.options.size(), settings);
  }
  return html;
}

std::string trust_html(const std::vector<Finding>& findings) {
  if (findings.empty()) return "";
  std::string html = "<ul class=\"findings\">\n";
  for (const Finding& finding : findings) {
    const char* kind = finding.trust == Trust::kGood ? "good" : finding.trust == Trust::kCaution ? "caution" : "note";
    const char* word = finding.trust == Trust::kGood ? "Fine" : finding.trust == Trust::kCaution ? "Caution" : "Note";
    html += fmt::format("<li class=\"{}\"><span class=\"mark\">{}</span><div><strong>{}.</strong> {}</div></li>\n",
                        kind, word, escaped(finding.heading), escaped(finding.text));
  }
  return html + "</ul>\n";
}

std::string repeat_html(const RunData& run) {
  const Manifest& manifest = run.manifest;
  if (manifest.command.empty()) return "";
  std::string html = fmt::format("<pre><code>{}</code></pre>\n", escaped(manifest.command));
  std::string text = "The same command on the same machine gives the same numbers, bit for bit";
  text += fmt::format(", with seed {}", manifest.seed);
  if (manifest.threads > 0) text += fmt::format(" and {}", counted(manifest.threads, "thread"));
  text += ".";
  if (!manifest.version.empty()) text += fmt::format(" This was songmap {}.", manifest.version);
  return html + paragraph_html(text);
}

}  // namespace songmap::report
