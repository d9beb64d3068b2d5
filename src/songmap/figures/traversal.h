#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "songmap/core/matrix.h"

namespace songmap::figures {

/// What a decoder gives while one latent dimension moves over its range and all others stay at their mean.
struct TraversalPanel {
  std::string title = {};                       ///< "Dimension 3".
  std::string note = {};                        ///< How active it is, e.g. "KL 1.24 nats".
  std::vector<std::string> feature_names = {};  ///< One a column of `values`.
  Matrix values = {};                           ///< [steps, features], from the lowest step to the highest.
};

struct TraversalOptions {
  std::string title = {};
  std::string subtitle = {};
  std::vector<std::string> steps = {};  ///< What each step is, e.g. "−3", "−2" …; one a row of every panel.
  std::string unit = {};                ///< Of the values, above the colour bar, e.g. "std. dev.". Short.
  std::size_t n_features = 8;           ///< Rows of a panel: those that change most.
};

/// One panel a dimension, two side by side: a row is one of the features that change most along it, a column a step.
/// Shown is the change from the middle step, all panels on one signed colour scale; the ends are printed.
///
/// How to read it: brown rises, blue falls. A row that goes from blue to brown says that the feature grows with the
/// dimension; the features of one panel move together, which is what the dimension means. A pale panel means a
/// dimension that the decoder ignores.
///
/// Writes NAME.svg and NAME.png.
/// @throws InvalidArgument  no panel, names, steps and values that do not fit, fewer than two steps.
/// @throws IoError
void draw_traversals(const std::filesystem::path& without_extension, const std::vector<TraversalPanel>& panels,
                     const TraversalOptions& options);

/// The same for a decoder of spectrograms.
struct SpectrogramTraversal {
  std::string title = {};
  std::string note = {};
  std::vector<Matrix> steps = {};  ///< [bands, frames] each, row 0 the lowest band.
};

/// One row a dimension of small spectrograms: the middle step as it sounds (bright is loud), the steps left and right
/// of it as their difference from the middle (brown: louder, blue: quieter), on two scales common to all rows.
///
/// How to read it: bands of colour across a picture are registers that the dimension makes louder or quieter; upright
/// stripes are beats that it adds or takes. Left and right of the middle mirror each other where its effect is even.
///
/// `options.n_features` has no meaning here. Writes NAME.svg and NAME.png.
/// @throws InvalidArgument  no row, steps or shapes that do not fit, fewer than two steps.
/// @throws IoError
void draw_spectrogram_traversals(const std::filesystem::path& without_extension,
                                 const std::vector<SpectrogramTraversal>& rows, const TraversalOptions& options);

}  // namespace songmap::figures
