#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace songmap::features {

/// What in the samples of a file may speak of a broken rip or of something that is no music.
struct DamageSigns {
  double decoded_s = 0;
  double silent_share = 0;       ///< Of blocks of 50 ms, those that stay below -60 dB of full scale.
  double longest_silence_s = 0;  ///< Of such blocks in a row, the ends of the track not counted.
  double flat_share = 0;         ///< Samples in runs of four or more equal ones at nine tenths of the peak or above.
  double highest_hz = 0;         ///< Above it no bin comes within 70 dB of the loudest; 0: all is silent.
  std::string damage;            ///< As audio::DecodeReport.
};

/// Decodes the file once, at 44.1 kHz. @throws IoError, DecodeError  as audio::decode.
[[nodiscard]] DamageSigns damage_signs(const std::filesystem::path& file);

/// What is worth saying: "silent for 43 % of its length", "nothing above 3.9 kHz" … Empty where nothing is.
[[nodiscard]] std::vector<std::string> in_words(const DamageSigns& signs);

}  // namespace songmap::features
