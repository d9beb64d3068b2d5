#include "songmap/report/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "songmap/core/text_file.h"
#include "songmap/figures/gnuplot.h"
#include "songmap/report/figures.h"
#include "songmap/report/findings.h"
#include "songmap/report/groups.h"
#include "songmap/report/html.h"
#include "songmap/report/plan.h"
#include "songmap/report/sections.h"
#include "songmap/report/study.h"
#include "songmap/report/style.h"

namespace songmap::report {
namespace {

namespace fs = std::filesystem;

/// So many bytes of pictures that a reader must unfold are inside the page; the rest are linked to.
constexpr std::size_t kFoldedBytes = 1'000'000;

/// A picture that is in the folder, ready for the page.
struct ShownFigure {
  FigureTopic topic;
  std::string fold;
  std::string name;
  std::string title;
  std::string html;
};

struct Section {
  const char* id;
  const char* title;
  std::string body;
};

std::vector<ShownFigure> shown_figures(const RunData& run) {
  std::vector<ShownFigure> shown;
  for (const PlannedFigure& figure : plan_figures(run)) {
    const std::string alternative = fmt::format("{} {}", figure.title, figure.caption);
    if (auto html = figure_html(run.folder.figures(), figure.name, alternative, figure.caption)) {
      shown.push_back({figure.topic, figure.fold, figure.name, figure.title, std::move(*html)});
    }
  }
  return shown;
}

/// The pictures of a topic: those always shown, then the others fold by fold.
std::string figures_of(const RunData& run, const std::vector<ShownFigure>& figures, FigureTopic topic) {
  struct Fold {
    std::string title;
    std::size_t n = 0;
    std::string inside = {};
    std::string links = {};
  };
  std::string html;
  std::vector<Fold> folds;
  std::size_t bytes = 0;
  for (const ShownFigure& figure : figures) {
    if (figure.topic != topic) continue;
    if (figure.fold.empty()) {
      html += figure.html;
      continue;
    }
    auto fold = std::ranges::find(folds, figure.fold, &Fold::title);
    if (fold == folds.end()) fold = folds.insert(fold, {figure.fold});
    ++fold->n;
    if (bytes + figure.html.size() <= kFoldedBytes) {
      bytes += figure.html.size();
      fold->inside += figure.html;
    } else {
      fold->links += fmt::format("<li><a href=\"{}/{}.svg\">{}</a></li>", run.folder.figures().filename().string(),
                                 figure.name, escaped(figure.title));
    }
  }
  for (const Fold& fold : folds) {
    const std::string links =
        fold.links.empty() ? "" : fmt::format("<p>As files beside this report:</p>\n<ul>{}</ul>\n", fold.links);
    html += folded_html(fmt::format("{}: {}", fold.title, counted(fold.n, "picture")), fold.inside + links);
  }
  return html;
}

std::string run_title(const RunData& run) {
  fs::path path = run.manifest.input.path.empty() ? run.folder.path() : fs::path(run.manifest.input.path);
  if (!path.has_filename()) path = path.parent_path();
  std::string name = path.filename().string();
  // A list of tracks is named after its folder, unless it has a name of its own.
  if (path.extension() == ".csv") name = path.stem() == "tracks" ? path.parent_path().filename() : path.stem();
  return name.empty() || name == "." ? "A collection of music" : name;
}

/// "2026-05-01 12:00 UTC" for 2026-05-01T12:00:07Z; anything else as it is.
std::string created_title(const std::string& created) {
  if (created.size() != 20 || created[10] != 'T' || created.back() != 'Z') return created;
  return fmt::format("{} {} UTC", created.substr(0, 10), created.substr(11, 5));
}

std::string header_html(const RunData& run, const std::vector<Section>& sections) {
  std::vector<std::string> facts;
  if (!run.manifest.preset.empty()) facts.push_back("preset " + run.manifest.preset);
  if (!run.manifest.protocol.empty()) facts.push_back("protocol " + run.manifest.protocol);
  if (!run.manifest.created.empty()) facts.push_back(created_title(run.manifest.created));
  if (!run.manifest.version.empty()) facts.push_back("songmap " + run.manifest.version);
  std::string meta;
  for (const std::string& fact : facts) meta += (meta.empty() ? "" : " · ") + escaped(fact);
  std::string links;
  for (const Section& section : sections) {
    if (!section.body.empty())
      links += fmt::format("<li><a href=\"#{}\">{}</a></li>", section.id, escaped(section.title));
  }
  return fmt::format(
      "<header class=\"top\">\n<h1>{}</h1>\n<p class=\"meta\">{}</p>\n<nav aria-label=\"Sections\"><ul>{}"
      "</ul></nav>\n</header>\n",
      escaped(run_title(run)), meta, links);
}

std::string found_html(const RunData& run) {
  std::string html;
  if (const Grouping* main = run.main_grouping()) {
    std::vector<std::ptrdiff_t> sizes;
    for (const std::int32_t name : main->names()) {
      if (name != kNoise) sizes.push_back(std::ranges::count(main->clusters, std::optional(name)));
    }
    const auto n_noise = std::ranges::count(main->clusters, std::optional(kNoise));
    std::string text;
    if (sizes.size() > 1) {
      const auto [low, high] = std::ranges::minmax(sizes);
      text = low == high ? fmt::format("Each group holds {}.", counted(static_cast<std::size_t>(low), "track"))
                         : fmt::format("The groups hold {} {} {} tracks.", low, high - low == 1 ? "or" : "to", high);
    } else if (sizes.size() == 1) {
      text = "All tracks that are in a group are in the same one: no structure was found.";
    } else {
      text = "No group was found.";
    }
    if (n_noise > 0) {
      text += fmt::format(" {} {} into none.", counted(static_cast<std::size_t>(n_noise), "track"),
                          n_noise == 1 ? "fits" : "fit");
    }
    html += paragraph_html(text);
  }
  for (const std::string& column : run.label_columns) {
    const std::string sentence = agreement_sentence(run, column);
    if (sentence.empty()) continue;
    std::string text = sentence;
    for (const std::string& more :
         {comparison_sentence(run, column), views_sentence(run, column), control_sentence(run, column)}) {
      if (!more.empty()) text += " " + more;
    }
    html += paragraph_html(text);
  }
  return html.empty() ? paragraph_html("There is nothing to show yet.") : html;
}

std::string tiles_html(const RunData& run) {
  std::string html;
  const auto tile = [&](const std::string& value, const std::string& meaning) {
    html += fmt::format("<li><strong>{}</strong><span>{}</span></li>", escaped(value), escaped(meaning));
  };
  tile(spelled_count(run.tracks.size()), run.tracks.size() == 1 ? "track" : "tracks");
  if (const std::size_t n = run.manifest.evaluated_rows.size(); n > 0)
    tile(spelled_count(n), "of them grouped and scored");
  double seconds = 0;
  for (const TrackRow& track : run.tracks) seconds += std::isfinite(track.length_s) ? track.length_s : 0;
  if (seconds > 0)
    tile(seconds < 60 ? spelled_duration(seconds) : spelled_duration(60 * std::round(seconds / 60)), "of music");
  if (const std::size_t k = main_group_count(run); k > 0) tile(spelled_count(k), k == 1 ? "group" : "groups");
  for (const std::string& column : run.label_columns) {
    const ScoreRow* row = main_agreement(run, column);
    if (row == nullptr) continue;
    tile(spelled_number(row->value),
         fmt::format("agreement with {} ({}; 0 chance, 1 perfect)", target_title(column), metric_title(row->metric)));
  }
  if (const std::size_t n = run.n_failed_tracks(); n > 0) tile(spelled_count(n), "files that could not be used");
  return fmt::format("<ul class=\"tiles\">{}</ul>\n", html);
}

std::string summary_html(const RunData& run, const std::vector<Finding>& findings) {
  return fmt::format(
      "<section class=\"card summary\" aria-label=\"Summary\">\n<h2>What was done</h2>\n{}<h2>What was "
      "found</h2>\n{}<h2>How far to trust it</h2>\n{}</section>\n{}",
      paragraph_html(what_was_done(run)), found_html(run), paragraph_html(trust_summary(findings)), tiles_html(run));
}

std::string map_html(const RunData& run, const std::vector<ShownFigure>& figures) {
  std::string html = figures_of(run, figures, FigureTopic::kMap);
  if (html.empty() && !run.maps.empty()) {
    return paragraph_html("No pictures were drawn: gnuplot was not found. The coordinates are in map.csv.");
  }
  return html;
}

}  // namespace

void make_report(const RunFolder& folder, const run::StageContext& context) {
  if (!figures::available() && context.warn) {
    context.warn("There will be no pictures: gnuplot is not in PATH (on Debian: the package gnuplot-nox).");
  }
  draw_figures(folder, context.execution);
  write_report(folder);
}

void write_report(const RunFolder& folder) {
  const RunData run = load_run(folder);
  const std::vector<Finding> findings = trust_findings(run);
  const std::vector<ShownFigure> figures = shown_figures(run);
  const std::string study = study_html(run);
  const std::string least = least_understood_html(run);

  const std::vector<Section> sections{
      {"map", "The map", map_html(run, figures)},
      {"groups", "The groups", groups_html(run) + figures_of(run, figures, FigureTopic::kGroups)},
      {"proof", "Does the model add anything?", proof_html(run) + figures_of(run, figures, FigureTopic::kProof)},
      {"sound-and-words", "Sound and words", sound_and_words_html(run)},
      {"trust", "How far to trust this", trust_html(findings)},
      {"study", "The study", study},
      {"scores", "Scores", scores_html(run) + figures_of(run, figures, FigureTopic::kScores)},
      {"collection", "The collection", collection_html(run) + lyrics_html(run)},
      {"computed", "What was computed", computed_html(run)},
      {"model", run.manifest.models.size() > 1 ? "The models" : "The model",
       choice_html(run) + figures_of(run, figures, FigureTopic::kModel)},
      least.empty() ? Section{"odd", "Tracks the model finds odd", worst_reconstructed_html(run)}
                    : Section{"odd", "Tracks that the model understands least", least},
      {"files", "Files", files_html(run)},
      {"words", "Words used here", glossary_html()},
      {"repeat", "Run it again", repeat_html(run)},
  };
  std::string body;
  for (const Section& section : sections) {
    if (!section.body.empty()) body += section_html(section.id, section.title, section.body);
  }
  write_file(folder.report(),
             fmt::format(
                 "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" "
                 "content=\"width=device-width, initial-scale=1\">\n<title>{} – songmap</title>\n<style>{}</style>\n"
                 "</head>\n<body>\n{}<main>\n{}{}</main>\n<footer>Made by songmap. Everything on this page was "
                 "computed from the files beside it.</footer>\n</body>\n</html>\n",
                 escaped(run_title(run)), kReportStyle, header_html(run, sections), summary_html(run, findings), body));
}

}  // namespace songmap::report
