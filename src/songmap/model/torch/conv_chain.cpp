#include "songmap/model/torch/conv_chain.h"

#include <ATen/ops/sigmoid.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "songmap/model/torch/bridge.h"
#include "songmap/model/torch/conv_stage.h"
#include "songmap/model/torch/mlp.h"
#include "songmap/model/torch/row_groups.h"

namespace songmap::model {
namespace {

using Values = std::vector<float>;

/// Some maps of each stage. What a form holds beyond its map stays zero where nothing but the map is written to.
using Maps = std::vector<Values>;

std::vector<StageProducts> products_of(const ConvLayout& layout) {
  return {layout.stages.begin(), layout.stages.end()};
}

Maps fine_maps(const std::vector<StageProducts>& products) {
  Maps maps;
  for (const StageProducts& stage : products) maps.emplace_back(stage.fine_size());
  return maps;
}

Maps coarse_maps(const std::vector<StageProducts>& products) {
  Maps maps;
  for (const StageProducts& stage : products) maps.emplace_back(stage.coarse_size());
  return maps;
}

/// Room for the largest form of any stage.
Values largest_map(const std::vector<StageProducts>& products) {
  std::size_t size = 0;
  for (const StageProducts& stage : products) size = std::max({size, stage.fine_size(), stage.coarse_size()});
  return Values(size);
}

/// For each pixel of the coarsest map: calls `visit(c, f)` with where it begins in the coarse form and among the
/// features, which have no pixels of zeros.
template <class Visit>
void for_each_feature_pixel(const ConvStage& last, const Visit& visit) {
  for (std::size_t y = 0; y < last.height; ++y) {
    for (std::size_t x = 0; x < last.width; ++x) {
      visit((y * (last.width + 1) + x) * last.n_coarse, (y * last.width + x) * last.n_coarse);
    }
  }
}

void add_bias_relu(const float* from, const float* bias, std::size_t n, float* to) {
  for (std::size_t c = 0; c < n; ++c) {
    const float value = from[c] + bias[c];
    to[c] = value < 0 ? 0.0F : value;  // lets NaN pass, which must be seen
  }
}

/// `from` where the ReLU's result was above zero.
void mask(const float* from, const float* result, std::size_t n, float* to) {
  for (std::size_t c = 0; c < n; ++c) to[c] = result[c] > 0 ? from[c] : 0.0F;
}

class ConvEncoder final : public Chain {
 public:
  ConvEncoder(const ConvLayout& layout, const at::Tensor& parameters, const at::Tensor& gradient, std::size_t rows,
              std::size_t threads)
      : layout_(layout),
        products_(products_of(layout)),
        rows_(rows),
        threads_(threads),
        parameters_(parameters.const_data_ptr<float>()),
        features_(empty_matrix(rows, layout.head.n_in)),
        head_({layout.head}, parameters, gradient, rows),
        rooms_(rows_.count()) {
    for (Room& room : rooms_) room.product = largest_map(products_);
    maps_.assign(gradient.defined() ? rows : rows_.count(), fine_maps(products_));
    if (!gradient.defined()) return;
    for (Room& room : rooms_) room.coarse = coarse_maps(products_);
    feature_gradient_ = empty_matrix(rows, layout.head.n_in);
    gradient_.emplace(gradient, layout.stages.front().encoder.weight, layout.head.weight, rows_.count());
  }

  const at::Tensor& forward(const at::Tensor& input) override {
    const auto n_in = static_cast<std::size_t>(input.size(1));
    const float* x = input.const_data_ptr<float>();
    float* features = features_.mutable_data_ptr<float>();
    rows_.for_each(threads_, [&](std::size_t group, std::size_t row, bool) {
      const float* picture = x + row * n_in;
      float* of_row = features + row * layout_.head.n_in;
      forward_row(group, maps_[gradient_ ? row : group], picture, of_row);
      std::copy_n(picture + layout_.shape.n_inputs, layout_.shape.n_conditions, of_row + layout_.n_features);
    });
    return head_.forward(features_);
  }

  [[nodiscard]] at::Tensor& output_gradient() override { return head_.output_gradient(); }

  void backward(const at::Tensor& input_gradient) override {
    TORCH_CHECK(!input_gradient.defined(), "a convolutional encoder has no input gradient");
    head_.backward(feature_gradient_);
    rows_.for_each(threads_, [&](std::size_t group, std::size_t row, bool first) { backward_row(group, row, first); });
    gradient_->add_up(threads_);
  }

 private:
  /// What one group works in.
  struct Room {
    Values padded;
    Values product;
    Maps coarse;  // gradients
  };

  void forward_row(std::size_t group, Maps& maps, const float* picture, float* features);
  void backward_row(std::size_t group, std::size_t row, bool first);

  ConvLayout layout_;
  std::vector<StageProducts> products_;
  RowGroups rows_;
  std::size_t threads_;
  const float* parameters_;
  at::Tensor features_;          // and conditions: [rows, n_in of the head]
  at::Tensor feature_gradient_;  // likewise
  Mlp head_;
  std::vector<Room> rooms_;
  std::vector<Maps> maps_;  // what goes into each stage, in its fine form; kept for each row to go backward
  std::optional<GroupedGradient> gradient_;
};

void ConvEncoder::forward_row(std::size_t group, Maps& maps, const float* picture, float* features) {
  Room& room = rooms_[group];
  const std::size_t n_stages = products_.size();
  to_patches(layout_.stages.front(), picture, room.padded, maps.front().data());
  const float* made = room.product.data();
  for (std::size_t s = 0; s < n_stages; ++s) {
    const ConvStage& stage = layout_.stages[s];
    const float* bias = parameters_ + stage.encoder.bias;
    products_[s].gather(maps[s].data(), parameters_ + stage.encoder.weight, room.product.data());
    const std::size_t n = stage.n_coarse;
    if (s + 1 < n_stages) {
      float* next = maps[s + 1].data();
      for_each_pixel(layout_.stages[s + 1],
                     [&](std::size_t c, std::size_t f) { add_bias_relu(made + c, bias, n, next + f); });
    } else {
      for_each_feature_pixel(stage,
                             [&](std::size_t c, std::size_t f) { add_bias_relu(made + c, bias, n, features + f); });
    }
  }
}

void ConvEncoder::backward_row(std::size_t group, std::size_t row, bool first) {
  Room& room = rooms_[group];
  const std::size_t n_stages = products_.size();
  const float* features = features_.const_data_ptr<float>() + row * layout_.head.n_in;
  const float* feature_gradient = feature_gradient_.const_data_ptr<float>() + row * layout_.head.n_in;
  for_each_feature_pixel(layout_.stages.back(), [&](std::size_t c, std::size_t f) {
    mask(feature_gradient + f, features + f, layout_.stages.back().n_coarse, room.coarse.back().data() + c);
  });
  for (std::size_t s = n_stages; s-- > 0;) {
    const ConvStage& stage = layout_.stages[s];
    const float* coarse = room.coarse[s].data();
    const float* fine = maps_[row][s].data();
    float* bias_gradient = gradient_->at(group, stage.encoder.bias);
    if (first) std::fill_n(bias_gradient, stage.n_coarse, 0.0F);
    add_pixels(stage, coarse, bias_gradient);
    products_[s].correlate(fine, coarse, gradient_->at(group, stage.encoder.weight), !first);
    if (s == 0) break;
    products_[s].spread(coarse, parameters_ + stage.encoder.weight, room.product.data());
    float* next = room.coarse[s - 1].data();
    for_each_pixel(
        stage, [&](std::size_t c, std::size_t f) { mask(room.product.data() + f, fine + f, stage.n_fine, next + c); });
  }
}

class ConvDecoder final : public Chain {
 public:
  ConvDecoder(const ConvLayout& layout, bool sigmoid, const at::Tensor& parameters, const at::Tensor& gradient,
              std::size_t rows, std::size_t threads)
      : layout_(layout),
        sigmoid_(sigmoid),
        products_(products_of(layout)),
        rows_(rows),
        threads_(threads),
        parameters_(parameters.const_data_ptr<float>()),
        output_(empty_matrix(rows, layout.shape.n_inputs)),
        stem_({layout.stem}, parameters, gradient, rows),
        rooms_(rows_.count()) {
    for (Room& room : rooms_) room.product = largest_map(products_);
    maps_.assign(gradient.defined() ? rows : rows_.count(), coarse_maps(products_));
    if (!gradient.defined()) return;
    for (Room& room : rooms_) room.fine = fine_maps(products_);
    output_gradient_ = empty_matrix(rows, layout.shape.n_inputs);
    gradient_.emplace(gradient, layout.stages.back().decoder.weight, layout.size, rows_.count());
  }

  const at::Tensor& forward(const at::Tensor& input) override {
    const float* features = stem_.forward(input).const_data_ptr<float>();
    float* output = output_.mutable_data_ptr<float>();
    rows_.for_each(threads_, [&](std::size_t group, std::size_t row, bool) {
      forward_row(group, maps_[gradient_ ? row : group], features + row * layout_.n_features,
                  output + row * layout_.shape.n_inputs);
    });
    if (sigmoid_) at::sigmoid_out(output_, output_);
    return output_;
  }

  [[nodiscard]] at::Tensor& output_gradient() override { return output_gradient_; }

  void backward(const at::Tensor& input_gradient) override {
    rows_.for_each(threads_, [&](std::size_t group, std::size_t row, bool first) { backward_row(group, row, first); });
    gradient_->add_up(threads_);
    stem_.backward(input_gradient);
  }

 private:
  /// What one group works in.
  struct Room {
    Values padded;
    Values picture;
    Values product;
    Maps fine;  // gradients
  };

  void forward_row(std::size_t group, Maps& maps, const float* features, float* picture);
  void backward_row(std::size_t group, std::size_t row, bool first);
  /// The derivative by what enters the sigmoid, and its sum.
  float differentiate_output(std::size_t row, Values& picture) const;

  ConvLayout layout_;
  bool sigmoid_;
  std::vector<StageProducts> products_;
  RowGroups rows_;
  std::size_t threads_;
  const float* parameters_;
  at::Tensor output_;
  at::Tensor output_gradient_;
  Mlp stem_;
  std::vector<Room> rooms_;
  std::vector<Maps> maps_;  // what goes into each stage, in its coarse form; kept for each row to go backward
  std::optional<GroupedGradient> gradient_;
};

void ConvDecoder::forward_row(std::size_t group, Maps& maps, const float* features, float* picture) {
  Room& room = rooms_[group];
  const ConvStage& last = layout_.stages.back();
  for_each_feature_pixel(
      last, [&](std::size_t c, std::size_t f) { std::copy_n(features + f, last.n_coarse, maps.back().data() + c); });
  const float* made = room.product.data();
  for (std::size_t s = products_.size(); s-- > 0;) {
    const ConvStage& stage = layout_.stages[s];
    const float* bias = parameters_ + stage.decoder.bias;
    products_[s].spread(maps[s].data(), parameters_ + stage.decoder.weight, room.product.data());
    if (s == 0) {
      from_patches(stage, made, room.padded, *bias, picture);
    } else {
      float* next = maps[s - 1].data();
      for_each_pixel(stage,
                     [&](std::size_t c, std::size_t f) { add_bias_relu(made + f, bias, stage.n_fine, next + c); });
    }
  }
}

float ConvDecoder::differentiate_output(std::size_t row, Values& picture) const {
  const std::size_t n = layout_.shape.n_inputs;
  const float* output = output_.const_data_ptr<float>() + row * n;
  const float* gradient = output_gradient_.const_data_ptr<float>() + row * n;
  picture.assign(gradient, gradient + n);
  if (sigmoid_) {
    for (std::size_t i = 0; i < n; ++i) picture[i] *= output[i] * (1 - output[i]);
  }
  double sum = 0;
  for (const float value : picture) sum += value;
  return static_cast<float>(sum);
}

void ConvDecoder::backward_row(std::size_t group, std::size_t row, bool first) {
  Room& room = rooms_[group];
  const std::size_t n_stages = products_.size();
  const float sum = differentiate_output(row, room.picture);
  to_patches(layout_.stages.front(), room.picture.data(), room.padded, room.fine.front().data());
  float* output_bias = gradient_->at(group, layout_.stages.front().decoder.bias);
  *output_bias = first ? sum : *output_bias + sum;
  for (std::size_t s = 0; s < n_stages; ++s) {
    const ConvStage& stage = layout_.stages[s];
    const float* fine = room.fine[s].data();
    const Values& coarse = maps_[row][s];
    products_[s].correlate(fine, coarse.data(), gradient_->at(group, stage.decoder.weight), !first);
    float* made = room.product.data();
    products_[s].gather(fine, parameters_ + stage.decoder.weight, made);
    if (s + 1 < n_stages) {
      const ConvStage& coarser = layout_.stages[s + 1];
      mask(made, coarse.data(), coarse.size(), made);
      float* bias_gradient = gradient_->at(group, coarser.decoder.bias);
      if (first) std::fill_n(bias_gradient, coarser.n_fine, 0.0F);
      add_pixels(stage, made, bias_gradient);
      float* next = room.fine[s + 1].data();
      for_each_pixel(coarser, [&](std::size_t c, std::size_t f) { std::copy_n(made + c, coarser.n_fine, next + f); });
    } else {
      float* features = stem_.output_gradient().mutable_data_ptr<float>() + row * layout_.n_features;
      for_each_feature_pixel(
          stage, [&](std::size_t c, std::size_t f) { std::copy_n(made + c, stage.n_coarse, features + f); });
    }
  }
}

}  // namespace

std::unique_ptr<Chain> make_conv_encoder(const ConvLayout& layout, const at::Tensor& parameters,
                                         const at::Tensor& gradient, std::size_t rows, std::size_t threads) {
  return std::make_unique<ConvEncoder>(layout, parameters, gradient, rows, threads);
}

std::unique_ptr<Chain> make_conv_decoder(const ConvLayout& layout, bool sigmoid, const at::Tensor& parameters,
                                         const at::Tensor& gradient, std::size_t rows, std::size_t threads) {
  return std::make_unique<ConvDecoder>(layout, sigmoid, parameters, gradient, rows, threads);
}

}  // namespace songmap::model
