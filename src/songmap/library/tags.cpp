#include "songmap/library/tags.h"

#include <aifffile.h>
#include <fileref.h>
#include <flacfile.h>
#include <fmt/format.h>
#include <id3v2tag.h>
#include <mp4file.h>
#include <mpegfile.h>
#include <synchronizedlyricsframe.h>
#include <tpropertymap.h>
#include <trueaudiofile.h>
#include <wavfile.h>

#include <cstdint>
#include <exception>

#include "songmap/core/error.h"

namespace songmap::library {
namespace {

void append_utf8(std::string& out, std::uint32_t c) {
  const auto put = [&](std::uint32_t byte) { out += static_cast<char>(byte); };
  if (c < 0x80) return put(c);
  if (c < 0x800) {
    put(0xc0 | c >> 6);
  } else {
    if (c < 0x10000) {
      put(0xe0 | c >> 12);
    } else {
      put(0xf0 | c >> 18);
      put(0x80 | (c >> 12 & 0x3f));
    }
    put(0x80 | (c >> 6 & 0x3f));
  }
  put(0x80 | (c & 0x3f));
}

/// TagLib's own conversion gives up on a whole text with one lone surrogate, which files do contain. Its strings hold
/// UTF-16 units. Zeros, which pad fixed-length tags, are left out.
std::string to_utf8(const TagLib::String& text) {
  const std::wstring units = text.toWString();
  std::string result;
  for (std::size_t i = 0; i < units.size(); ++i) {
    auto c = static_cast<std::uint32_t>(units[i]);
    const std::uint32_t next = i + 1 < units.size() ? static_cast<std::uint32_t>(units[i + 1]) : 0;
    if (c >= 0xd800 && c < 0xdc00 && next >= 0xdc00 && next < 0xe000) {
      c = 0x10000 + ((c - 0xd800) << 10) + (next - 0xdc00);
      ++i;
    }
    const bool is_character = c < 0xd800 || (c > 0xdfff && c <= 0x10ffff);
    if (c != 0) append_utf8(result, is_character ? c : 0xfffd);
  }
  return result;
}

std::string first_value(const TagLib::PropertyMap& properties, const TagLib::String& key) {
  const auto found = properties.find(key);
  if (found == properties.end()) return {};
  for (const TagLib::String& value : found->second) {
    if (std::string text = to_utf8(value.stripWhiteSpace()); !text.empty()) return text;
  }
  return {};
}

TagLib::ID3v2::Tag* id3v2_tag(TagLib::File* file) {
  if (auto* mpeg = dynamic_cast<TagLib::MPEG::File*>(file)) return mpeg->ID3v2Tag();
  if (auto* wav = dynamic_cast<TagLib::RIFF::WAV::File*>(file)) return wav->ID3v2Tag();
  if (auto* aiff = dynamic_cast<TagLib::RIFF::AIFF::File*>(file)) return aiff->tag();
  if (auto* flac = dynamic_cast<TagLib::FLAC::File*>(file)) return flac->ID3v2Tag();
  if (auto* tta = dynamic_cast<TagLib::TrueAudio::File*>(file)) return tta->ID3v2Tag();
  return nullptr;
}

/// The lines of the first SYLT frame that holds lyrics, without their times. TagLib's property map leaves them out.
std::string synchronised_lyrics(TagLib::File* file) {
  const TagLib::ID3v2::Tag* tag = id3v2_tag(file);
  if (tag == nullptr) return {};
  for (const TagLib::ID3v2::Frame* frame : tag->frameList("SYLT")) {
    const auto* lyrics = dynamic_cast<const TagLib::ID3v2::SynchronizedLyricsFrame*>(frame);
    if (lyrics == nullptr) continue;
    // A line break at a piece's beginning opens a line (ID3v2.4, section 4.9); many programs write one piece a line
    // and no breaks at all.
    std::string running;
    std::string lines;
    for (const auto& piece : lyrics->synchedText()) {
      const std::string words = to_utf8(piece.text);
      running += words;
      lines += (lines.empty() ? "" : "\n") + words;
    }
    const std::string& text = running.find('\n') == std::string::npos ? lines : running;
    if (!text.empty()) return text;
  }
  return {};
}

std::string embedded_lyrics(TagLib::File* file, const TagLib::PropertyMap& properties) {
  for (const char* key : {"LYRICS", "UNSYNCEDLYRICS", "UNSYNCED LYRICS"}) {
    if (std::string text = first_value(properties, key); !text.empty()) return text;
  }
  // USLT frames with a description become "LYRICS:DESCRIPTION".
  for (const auto& [key, values] : properties) {
    if (!key.startsWith("LYRICS")) continue;
    if (std::string text = first_value(properties, key); !text.empty()) return text;
  }
  if (std::string text = synchronised_lyrics(file); !text.empty()) return text;
  return first_value(properties, "SYNCEDLYRICS");
}

/// @throws IoError  it cannot be opened, or its format has no tags.
TagLib::FileRef tagged_file(const std::filesystem::path& path) {
  TagLib::FileRef file(path.c_str(), false);
  if (file.isNull()) {
    throw IoError(
        fmt::format("the tags of {} cannot be reached: it cannot be opened, or its format has none", quoted(path)));
  }
  return file;
}

TagLib::String free_form_atom(const std::string& name) { return TagLib::String("----:com.apple.iTunes:" + name); }

void save(TagLib::FileRef& file, const TagLib::PropertyMap& properties, const std::filesystem::path& path) {
  file.file()->setProperties(properties);
  if (!file.save()) throw IoError(fmt::format("cannot write tags to {}", quoted(path)));
}

}  // namespace

Tags read_tags(const std::filesystem::path& path) {
  Tags tags;
  try {
    const TagLib::FileRef file(path.c_str(), true, TagLib::AudioProperties::Average);
    if (file.isNull()) return tags;
    const TagLib::PropertyMap properties = file.file()->properties();
    tags.title = first_value(properties, "TITLE");
    tags.artist = first_value(properties, "ARTIST");
    tags.album = first_value(properties, "ALBUM");
    tags.genre = first_value(properties, "GENRE");
    tags.lyrics = embedded_lyrics(file.file(), properties);
    if (const TagLib::AudioProperties* audio = file.audioProperties()) {
      tags.length_s = audio->lengthInMilliseconds() / 1000.0;
    }
  } catch (const std::exception&) {
    // A damaged tag that asks for absurd amounts of memory: the file is judged by its audio.
    return {};
  }
  return tags;
}

void write_tags(const std::filesystem::path& path, const Tags& tags) {
  TagLib::FileRef file = tagged_file(path);
  TagLib::PropertyMap properties = file.file()->properties();
  const auto put = [&](const char* key, const std::string& value) {
    properties.erase(key);
    if (!value.empty()) properties.insert(key, TagLib::StringList(TagLib::String(value, TagLib::String::UTF8)));
  };
  put("TITLE", tags.title);
  put("ARTIST", tags.artist);
  put("ALBUM", tags.album);
  put("GENRE", tags.genre);
  put("LYRICS", tags.lyrics);
  save(file, properties, path);
}

std::string read_field(const std::filesystem::path& path, const std::string& name) {
  const TagLib::FileRef file = tagged_file(path);
  if (auto* mp4 = dynamic_cast<TagLib::MP4::File*>(file.file())) {
    const TagLib::StringList values = mp4->tag()->item(free_form_atom(name)).toStringList();
    return values.isEmpty() ? std::string() : to_utf8(values.front());
  }
  return first_value(file.file()->properties(), name);
}

void write_field(const std::filesystem::path& path, const std::string& name, const std::string& value) {
  TagLib::FileRef file = tagged_file(path);
  const TagLib::StringList values(TagLib::String(value, TagLib::String::UTF8));
  // TagLib's property map knows a fixed list of an MP4's atoms.
  if (auto* mp4 = dynamic_cast<TagLib::MP4::File*>(file.file())) {
    mp4->tag()->removeItem(free_form_atom(name));
    if (!value.empty()) mp4->tag()->setItem(free_form_atom(name), values);
    if (!file.save()) throw IoError(fmt::format("cannot write tags to {}", quoted(path)));
    return;
  }
  TagLib::PropertyMap properties = file.file()->properties();
  properties.erase(name);
  if (!value.empty()) properties.insert(name, values);
  save(file, properties, path);
}

}  // namespace songmap::library
