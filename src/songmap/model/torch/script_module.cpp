#include "songmap/model/torch/script_module.h"

#include <ATen/core/grad_mode.h>
#include <torch/csrc/jit/api/module.h>
#include <torch/csrc/jit/runtime/graph_executor.h>
#include <torch/csrc/jit/serialization/import.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "songmap/core/error.h"
#include "songmap/model/torch/bridge.h"

namespace songmap::model {
namespace {

constexpr const char* kRate = "songmap_rate_hz";
constexpr const char* kWindow = "songmap_window_s";

/// The line of libtorch's message that says what was wrong: the last of a traceback, else the first.
std::string reason_of(const std::exception& error) {
  const auto* c10_error = dynamic_cast<const c10::Error*>(&error);
  std::string text = c10_error != nullptr ? c10_error->what_without_backtrace() : error.what();
  if (text.find("Traceback of TorchScript") != std::string::npos) {
    while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())) != 0) text.pop_back();
    const std::size_t line = text.find_last_of('\n');
    if (line != std::string::npos) text = text.substr(line + 1);
  }
  // libtorch's guesses at what the user may have done say less than what it found.
  text = text.substr(0, std::min(text.find('\n'), text.find(". This is ")));
  constexpr std::size_t kLongest = 200;
  return text.size() > kLongest ? text.substr(0, kLongest) + " …" : text;
}

/// The number that the module carries under `name`; 0 where it has none.
double declared(const torch::jit::Module& module, const torch::jit::ExtraFilesMap& extra, const char* name) {
  if (const std::string& text = extra.at(name); !text.empty()) return std::strtod(text.c_str(), nullptr);
  if (!module.hasattr(name)) return 0;
  const c10::IValue value = module.attr(name);
  if (value.isInt()) return static_cast<double>(value.toInt());
  return value.isDouble() ? value.toDouble() : 0;
}

class ScriptModule final : public ScriptModel {
 public:
  ScriptModule(const std::filesystem::path& file, const ScriptOptions& options) : name_(quoted(file)) {
    torch::jit::ExtraFilesMap extra{{kRate, ""}, {kWindow, ""}};
    try {
      module_ = torch::jit::load(file.string(), at::kCPU, extra);
      module_.eval();
    } catch (const std::exception& error) {
      throw FormatError(name_ + " is not a TorchScript module, as torch.jit.save writes it (torch.save does not): " +
                        reason_of(error));
    }
    rate_hz_ =
        settled(options.rate_hz, declared(module_, extra, kRate), "--audio-model-rate", kRate, "Hz", 1000, 384000);
    window_s_ =
        settled(options.window_s, declared(module_, extra, kWindow), "--audio-model-window", kWindow, "s", 0.01, 300);
    window_samples_ = static_cast<std::size_t>(std::lround(rate_hz_ * window_s_));
    try_out();
  }

  [[nodiscard]] int rate_hz() const override { return static_cast<int>(rate_hz_); }
  [[nodiscard]] double window_s() const override { return window_s_; }
  [[nodiscard]] std::size_t window_samples() const override { return window_samples_; }
  [[nodiscard]] std::size_t n_columns() const override { return n_columns_; }

  [[nodiscard]] Matrix embed(MatrixView windows) const override {
    require(windows.cols() == window_samples_, "windows have " + std::to_string(windows.cols()) + " samples, and " +
                                                   name_ + " reads " + std::to_string(window_samples_));
    const at::Tensor vectors = forward(windows);
    if (static_cast<std::size_t>(vectors.size(1)) != n_columns_) {
      throw FormatError(name_ + " gives " + std::to_string(vectors.size(1)) + " values, and gave " +
                        std::to_string(n_columns_) + " before");
    }
    return as_matrix(vectors);
  }

 private:
  [[nodiscard]] double settled(double given, double of_module, const char* option, const char* name, const char* unit,
                               double low, double high) const {
    const double value = given > 0 ? given : of_module;
    require(value > 0, name_ + " does not say its " + name + ": give " + option + " (in " + unit + ")");
    if (!(value >= low && value <= high)) {
      throw InvalidArgument(name_ + ": " + name + " is " + std::to_string(value) + " " + unit + ", and must lie in " +
                            std::to_string(low) + " … " + std::to_string(high));
    }
    return value;
  }

  /// Two windows of a tone: what the module is for, whatever it was trained on.
  void try_out() {
    Matrix tone(2, window_samples_);
    for (std::size_t i = 0; i < tone.values().size(); ++i) {
      tone.data()[i] = 0.1F * static_cast<float>(std::sin(2 * M_PI * 440 * static_cast<double>(i) / rate_hz_));
    }
    const at::Tensor vectors = forward(tone);
    n_columns_ = static_cast<std::size_t>(vectors.size(1));
    static_cast<void>(as_matrix(vectors));
  }

  /// [n, d] with d > 0.
  [[nodiscard]] at::Tensor forward(MatrixView windows) const {
    const TorchThreadSettings settings;
    const c10::InferenceMode inference;
    // As it stands: a graph that is optimised after some calls would give other bits then.
    const torch::jit::GraphOptimizerEnabledGuard plain(false);
    const auto n = static_cast<std::int64_t>(windows.rows());
    std::vector<c10::IValue> inputs{tensor_over(windows.values(), n, static_cast<std::int64_t>(windows.cols()))};
    c10::IValue output;
    try {
      // A copy shares the weights, and its call leaves the module as it was.
      torch::jit::Module module = module_;
      output = module.forward(std::move(inputs));
    } catch (const std::exception& error) {
      throw FormatError(name_ + " fails on samples of shape [" + std::to_string(n) + ", " +
                        std::to_string(windows.cols()) + "]: " + reason_of(error));
    }
    const std::string rule = ": a model turns samples [batch, n_samples] into vectors [batch, n_columns]";
    if (!output.isTensor()) throw FormatError(name_ + " gives a " + output.tagKind() + " and no tensor" + rule);
    const at::Tensor vectors = output.toTensor();
    if (vectors.dim() != 2 || vectors.size(0) != n || vectors.size(1) == 0 || !vectors.is_floating_point()) {
      std::string shape;
      for (const std::int64_t size : vectors.sizes()) shape += (shape.empty() ? "" : ", ") + std::to_string(size);
      throw FormatError(name_ + " gives values of type " + std::string(c10::toString(vectors.scalar_type())) +
                        " and shape [" + shape + "] for " + std::to_string(n) + " windows" + rule);
    }
    return vectors.to(at::kFloat).contiguous();
  }

  [[nodiscard]] Matrix as_matrix(const at::Tensor& vectors) const {
    const auto* values = vectors.const_data_ptr<float>();
    Matrix result(static_cast<std::size_t>(vectors.size(0)), static_cast<std::size_t>(vectors.size(1)),
                  std::vector<float>(values, values + vectors.numel()));
    if (!all_finite(result)) throw FormatError(name_ + " gives values that are not finite");
    return result;
  }

  std::string name_;
  torch::jit::Module module_;
  double rate_hz_ = 0;
  double window_s_ = 0;
  std::size_t window_samples_ = 0;
  std::size_t n_columns_ = 0;
};

}  // namespace

std::unique_ptr<ScriptModel> load_script_module(const std::filesystem::path& file, const ScriptOptions& options) {
  std::ifstream readable(file);
  if (!readable || std::filesystem::is_directory(file)) throw IoError("cannot read " + quoted(file));
  return std::make_unique<ScriptModule>(file, options);
}

}  // namespace songmap::model
