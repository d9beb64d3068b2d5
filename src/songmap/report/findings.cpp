#include "songmap/report/findings.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "songmap/report/html.h"
#include "songmap/report/plan.h"

namespace songmap::report {
namespace {

struct MainMethod {
  std::string view;
  std::string space;
  std::string method;
};

std::optional<MainMethod> main_method(const RunData& run) {
  if (const Grouping* main = run.main_grouping()) return MainMethod{main->view, main->space, main->method};
  if (!run.scores.empty()) return MainMethod{run.scores[0].view, run.scores[0].space, run.scores[0].method};
  return std::nullopt;
}

bool is_of(const ScoreRow& row, const MainMethod& main) {
  return row.view == main.view && row.space == main.space && row.method == main.method;
}

/// Words for an agreement that is above chance. The borders are a reading aid, not a test.
std::string_view strength_of(double value) {
  if (value < 0.1) return "only faintly";
  if (value < 0.3) return "in part";
  if (value < 0.6) return "clearly";
  if (value < 0.85) return "strongly";
  return "almost perfectly";
}

std::string model_name_of(const std::string& space) {
  const std::size_t ending = space.rfind(".decoded");
  return ending == std::string::npos ? space : space.substr(0, ending);
}

const ModelRecord* model_of(const RunData& run, const std::string& space) {
  const auto found = std::ranges::find(run.manifest.models, model_name_of(space), &ModelRecord::name);
  return found == run.manifest.models.end() ? nullptr : &*found;
}

}  // namespace

const ModelRecord* main_model(const RunData& run) {
  const std::optional<MainMethod> main = main_method(run);
  return main ? model_of(run, main->space) : nullptr;
}

bool may_be_chance(const ScoreRow& row) { return std::isfinite(row.p) && row.p > 0.05; }

const ScoreRow* main_score(const RunData& run, std::string_view metric, std::string_view target) {
  const std::optional<MainMethod> main = main_method(run);
  if (!main) return nullptr;
  for (const ScoreRow& row : run.scores) {
    const bool own_space = !target.empty() || row.scored_in.empty() || row.scored_in == row.space;
    if (row.metric == metric && row.target == target && own_space && is_of(row, *main)) return &row;
  }
  return nullptr;
}

const ScoreRow* main_agreement(const RunData& run, std::string_view target) {
  const ScoreRow* ami = main_score(run, "ami", target);
  return ami != nullptr && std::isfinite(ami->value) ? ami : main_score(run, "ari", target);
}

std::size_t main_group_count(const RunData& run) {
  if (const Grouping* main = run.main_grouping()) {
    const std::vector<std::int32_t> names = main->names();
    return names.size() - static_cast<std::size_t>(std::ranges::count(names, kNoise));
  }
  const std::optional<MainMethod> main = main_method(run);
  return main ? run.scores[0].k : 0;
}

std::string agreement_sentence(const RunData& run, const std::string& target) {
  const ScoreRow* row = main_agreement(run, target);
  if (row == nullptr) return "";
  const std::string metric = metric_title(row->metric);
  if (!std::isfinite(row->value))
    return fmt::format("Agreement with {} is not defined for these groups.", target_title(target));
  std::string numbers = fmt::format("{} {}", metric, spelled_number(row->value));
  if (std::isfinite(row->sd) && row->seeds > 1) {
    numbers += fmt::format(" ± {} over {} seeds", spelled_number(row->sd), row->seeds);
  }
  if (std::isfinite(row->p)) numbers += ", " + spelled_p(row->p);
  const std::string labels = target_title(target);
  if (may_be_chance(*row)) {
    return fmt::format("The groups agree with {} no better than random groups could ({}).", labels, numbers);
  }
  if (row->value <= 0) return fmt::format("The groups do not agree with {} ({}).", labels, numbers);
  return fmt::format("The groups agree {} with {} ({}; 0 is chance, 1 is perfect{}).", strength_of(row->value), labels,
                     numbers, std::isfinite(row->p) ? "" : "; not tested against chance");
}

std::string comparison_sentence(const RunData& run, const std::string& target) {
  const ScoreRow* ours = main_agreement(run, target);
  const std::optional<MainMethod> main = main_method(run);
  if (ours == nullptr || !main || !std::isfinite(ours->value)) return "";
  const ScoreRow* best = nullptr;
  for (const ScoreRow& row : run.scores) {
    const bool comparable = row.metric == ours->metric && row.target == target && std::isfinite(row.value);
    if (!comparable || is_of(row, *main)) continue;
    if (best == nullptr || row.value > best->value) best = &row;
  }
  if (best == nullptr || (may_be_chance(*ours) && !(best->p <= 0.05))) return "";
  const auto sd = [](const ScoreRow* row) { return std::isfinite(row->sd) ? row->sd : 0.0; };
  const double difference = ours->value - best->value;
  // Two standard deviations of the difference of two runs; never finer than the second digit that is printed.
  const double noise = std::max(0.01, 2 * std::hypot(sd(ours), sd(best)));
  const std::string verdict = difference > noise    ? "lower: the main method helped here"
                              : difference < -noise ? "higher than the main method"
                                                    : "no clear difference, given the spread over seeds";
  return fmt::format("The best other method, {}, reaches {} {} ({}).", grouping_title(best->method, best->space),
                     metric_title(best->metric), spelled_number(best->value), verdict);
}

std::string what_was_done(const RunData& run) {
  const Manifest& manifest = run.manifest;
  std::string text;
  const std::string tracks = counted(run.tracks.size(), "track");
  if (manifest.input.kind == "table") {
    text = fmt::format("songmap read a table that describes {}", tracks);
  } else {
    double seconds = manifest.input.audio_s;
    if (seconds <= 0) {
      for (const TrackRow& track : run.tracks) seconds += std::isfinite(track.length_s) ? track.length_s : 0;
    }
    text = fmt::format("songmap listened to {}{}", tracks,
                       seconds > 0 ? fmt::format(" ({} of audio)", spelled_duration(seconds)) : "");
  }
  const std::optional<MainMethod> main = main_method(run);
  if (!main) return text + ". No grouping was made.";
  const std::size_t n_scored = std::min(manifest.evaluated_rows.size(), run.tracks.size());
  if (const ModelRecord* model = model_of(run, main->space)) {
    const std::size_t times = std::max<std::size_t>(1, model->seeds.size());
    text += fmt::format(", trained the model {} on {}{}", model->name,
                        n_scored > 0 ? spelled_count(run.tracks.size() - n_scored) + " of them" : "them",
                        times > 1 ? fmt::format(" {} times from different random starts", times) : "");
  }
  const std::size_t k = main_group_count(run);
  text += fmt::format(", and sorted {} into {} with {}.",
                      n_scored > 0 ? fmt::format("the other {}", spelled_count(n_scored)) : "them", counted(k, "group"),
                      grouping_title(main->method, main->space));
  const std::string& source = manifest.n_clusters_source;
  if (source == "given") text += " The number of groups was given.";
  if (source == "labels") text += " The number of groups was taken from the labels.";
  if (source == "gap statistic") text += " The number of groups was chosen by the gap statistic.";
  if (source == "none found") text += " The gap statistic found no groups at all; two are shown all the same.";
  return text;
}

std::string trust_summary(const std::vector<Finding>& findings) {
  std::vector<std::string> cautions;
  for (const Finding& finding : findings) {
    if (finding.trust == Trust::kCaution) cautions.push_back(finding.heading);
  }
  if (findings.empty()) return "There are no scores to judge.";
  if (cautions.empty()) {
    return "None of the usual checks speaks against these numbers. They hold for this collection; another one may "
           "behave differently.";
  }
  const std::size_t shown = std::min<std::size_t>(cautions.size(), 3);
  std::string text = cautions.size() == 1 ? "One check asks for caution: "
                                          : fmt::format("{} checks ask for caution: ", cautions.size());
  for (std::size_t i = 0; i < shown; ++i) {
    std::string heading = cautions[i];
    if (!heading.empty()) heading[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(heading[0])));
    text += (i > 0 ? "; " : "") + heading;
  }
  if (shown < cautions.size()) text += fmt::format("; and {} more", cautions.size() - shown);
  return text + ". See “How far to trust this”.";
}

}  // namespace songmap::report
