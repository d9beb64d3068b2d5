#include "songmap/explorer/server.h"

#include <fmt/format.h>
#include <httplib.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cctype>
#include <chrono>
#include <fstream>
#include <set>
#include <thread>
#include <utility>

#include "songmap/audio/decode.h"
#include "songmap/audio/encode.h"
#include "songmap/core/error.h"
#include "songmap/core/text_file.h"

namespace songmap::explorer {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kMostPayload = 1 << 20;
constexpr std::size_t kThreads = 64;  // a browser opens six connections to one server; a slow client holds one
constexpr const char* kJson = "application/json";

/// What every answer says: nothing but this server may be talked to, or may embed what it gives.
const httplib::Headers& safety_headers() {
  static const httplib::Headers headers{
      {"Content-Security-Policy",
       "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
       "media-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"},
      {"X-Content-Type-Options", "nosniff"},
      {"Referrer-Policy", "no-referrer"},
      {"Cross-Origin-Resource-Policy", "same-origin"},
      {"Cross-Origin-Opener-Policy", "same-origin"},
      {"Cache-Control", "no-store"}};
  return headers;
}

std::string extension_of(const fs::path& file) {
  std::string extension = file.extension().string();
  std::ranges::transform(extension, extension.begin(), [](unsigned char c) { return std::tolower(c); });
  return extension;
}

struct Mime {
  std::string_view extension;
  std::string_view type;
};

std::string_view mime_of(std::string_view extension, std::span<const Mime> known) {
  const auto found = std::ranges::find(known, extension, &Mime::extension);
  return found == known.end() ? std::string_view() : found->type;
}

constexpr std::array<Mime, 8> kPageTypes{{{".html", "text/html; charset=utf-8"},
                                          {".js", "text/javascript"},
                                          {".css", "text/css"},
                                          {".svg", "image/svg+xml"},
                                          {".woff", "font/woff"},
                                          {".woff2", "font/woff2"},
                                          {".png", "image/png"},
                                          {".json", kJson}}};

/// What browsers play as it is.
constexpr std::array<Mime, 10> kAudioTypes{{{".mp3", "audio/mpeg"},
                                            {".ogg", "audio/ogg"},
                                            {".oga", "audio/ogg"},
                                            {".opus", "audio/ogg"},
                                            {".m4a", "audio/mp4"},
                                            {".mp4", "audio/mp4"},
                                            {".aac", "audio/aac"},
                                            {".flac", "audio/flac"},
                                            {".wav", "audio/wav"},
                                            {".webm", "audio/webm"}}};

void refuse(httplib::Response& response, int status, const std::string& why) {
  response.status = status;
  response.set_content(why + "\n", "text/plain");
}

/// As HTTP's gzip has it. @throws IoError  there is no memory for it.
std::string gzipped(const std::string& text) {
  constexpr int kGzip = 15 + 16;  // the largest window, and gzip's header
  z_stream stream{};
  if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kGzip, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
    throw IoError("an answer cannot be compressed");
  }
  std::string packed(deflateBound(&stream, text.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  const int code = deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  deflateEnd(&stream);
  if (code != Z_STREAM_END) throw IoError("an answer cannot be compressed");
  return packed;
}

/// Sends a file by ranges, read piece by piece.
void send_file(const fs::path& file, const std::string& type, httplib::Response& response) {
  auto stream = std::make_shared<std::ifstream>(file, std::ios::binary);
  std::error_code error;
  const std::uintmax_t size = fs::file_size(file, error);
  if (!*stream || error || size == 0) return refuse(response, 404, "the file of this track cannot be read");
  response.set_content_provider(
      static_cast<std::size_t>(size), type, [stream](std::size_t offset, std::size_t length, httplib::DataSink& sink) {
        std::array<char, 1 << 16> piece;
        stream->clear();
        stream->seekg(static_cast<std::streamoff>(offset));
        stream->read(piece.data(), static_cast<std::streamsize>(std::min(length, piece.size())));
        const std::streamsize n = stream->gcount();
        return n > 0 && sink.write(piece.data(), static_cast<std::size_t>(n));
      });
}

}  // namespace

bool is_loopback(const std::string& host) { return host == "127.0.0.1" || host == "localhost" || host == "::1"; }

class Server::Impl {
 public:
  Impl(const Library& library, std::span<const PageFile> page, ServerOptions options)
      : library_(library),
        page_(page),
        options_(std::move(options)),
        tracks_(library.tracks_json()),
        packed_tracks_(gzipped(tracks_)) {
    require(is_loopback(options_.host) || !options_.token.empty(),
            fmt::format("--host {} can be reached from other machines: that needs a token", options_.host));
    server_.new_task_queue = [] { return new httplib::ThreadPool(kThreads); };
    server_.set_payload_max_length(kMostPayload);
    // Not the library's own choice, by which two servers would share one port.
    server_.set_socket_options([](socket_t socket) {
      const int yes = 1;
      setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
    });
    server_.set_read_timeout(10, 0);
    server_.set_write_timeout(30, 0);
    server_.set_keep_alive_timeout(2);  // an idle connection keeps a thread
    server_.set_default_headers(safety_headers());
    server_.set_pre_routing_handler([this](const httplib::Request& request, httplib::Response& response) {
      return admits(request, response) ? httplib::Server::HandlerResponse::Unhandled
                                       : httplib::Server::HandlerResponse::Handled;
    });
    server_.set_exception_handler([](const httplib::Request&, httplib::Response& response, std::exception_ptr failure) {
      try {
        std::rethrow_exception(std::move(failure));
      } catch (const std::exception& error) {
        refuse(response, 500, error.what());
      }
    });
    add_routes();
    port_ = options_.port == 0 ? server_.bind_to_any_port(options_.host)
                               : (server_.bind_to_port(options_.host, options_.port) ? options_.port : -1);
    if (port_ <= 0) {
      throw IoError(fmt::format("{}:{} cannot be listened on: is another songmap explore running?", options_.host,
                                options_.port));
    }
    for (const char* name : {"127.0.0.1", "localhost", "[::1]"}) hosts_.insert(fmt::format("{}:{}", name, port_));
  }

  [[nodiscard]] int port() const { return port_; }
  [[nodiscard]] std::string url() const {
    const std::string host = is_loopback(options_.host) ? "127.0.0.1" : options_.host;
    return fmt::format("http://{}:{}/{}{}", host, port_, options_.token.empty() ? "" : "?token=", options_.token);
  }
  void run() {
    entered_ = true;
    if (!stopped_) server_.listen_after_bind();
    left_ = true;
  }
  /// httplib does nothing when it is told to stop before it listens: whoever has entered is waited for.
  void stop() {
    stopped_ = true;
    constexpr std::chrono::milliseconds kPause{1};
    while (entered_ && !left_ && !server_.is_running()) std::this_thread::sleep_for(kPause);
    server_.stop();
  }

 private:
  bool admits(const httplib::Request& request, httplib::Response& response) const {
    const std::string host = request.get_header_value("Host");
    if (is_loopback(options_.host) && !hosts_.contains(host)) {
      refuse(response, 403, "this server answers only to its own name");
      return false;
    }
    const std::string origin = request.get_header_value("Origin");
    if (!origin.empty() && origin != "http://" + host) {
      refuse(response, 403, "this server answers only to its own page");
      return false;
    }
    if (request.method != "GET" && request.method != "HEAD") {
      refuse(response, 405, "only GET is answered");
      response.set_header("Allow", "GET, HEAD");
      return false;
    }
    if (!options_.token.empty() && request.get_header_value("X-Songmap-Token") != options_.token &&
        request.get_param_value("token") != options_.token) {
      refuse(response, 401, "the token is missing: open the address that songmap explore printed");
      return false;
    }
    return true;
  }

  /// Answers with what `find` gives, or says that there is no such thing.
  static void answer(httplib::Response& response, const std::optional<std::string>& body, const char* type = kJson) {
    body ? response.set_content(*body, type) : refuse(response, 404, "there is no such thing in this library");
  }

  void add_routes() {
    for (const PageFile& file : page_) {
      const std::string type(mime_of(extension_of(fs::path(file.path)), kPageTypes));
      const auto send = [file, type](const httplib::Request&, httplib::Response& response) {
        response.set_content(file.bytes.data(), file.bytes.size(), type.empty() ? "application/octet-stream" : type);
      };
      server_.Get("/" + pattern_of(file.path), send);
      if (file.path == "index.html") server_.Get("/", send);
    }
    server_.Get("/api/v1/library", [this](const httplib::Request&, httplib::Response& response) {
      answer(response, library_.summary_json());
    });
    server_.Get("/api/v1/tracks", [this](const httplib::Request& request, httplib::Response& response) {
      // Of megabytes, httplib's own choice (Brotli at its slowest) takes seconds: packed once, and named so that
      // httplib leaves it as it is.
      constexpr const char* kPacked = "application/json; charset=utf-8";
      const bool packs = request.get_header_value("Accept-Encoding").find("gzip") != std::string::npos;
      if (packs) response.set_header("Content-Encoding", "gzip");
      const std::string& body = packs ? packed_tracks_ : tracks_;
      response.set_content(body, kPacked);
    });
    server_.Get("/api/v1/columns", [this](const httplib::Request&, httplib::Response& response) {
      answer(response, library_.columns_json());
    });
    server_.Get(R"(/api/v1/columns/(n\d+))", [this](const httplib::Request& request, httplib::Response& response) {
      answer(response, library_.column_json(request.matches[1]));
    });
    server_.Get("/api/v1/model", [this](const httplib::Request&, httplib::Response& response) {
      answer(response, library_.model_json());
    });
    server_.Get("/api/v1/lyrics", [this](const httplib::Request& request, httplib::Response& response) {
      answer(response, library_.lyrics_json(request.get_param_value("find")));
    });
    server_.Get("/api/v1/path", [this](const httplib::Request& request, httplib::Response& response) {
      answer(response,
             library_.path_json(request.get_param_value("from"), request.get_param_value("to"), asked_number(request)));
    });
    server_.Get(R"(/api/v1/maps/([a-z]+_[23]d))", [this](const httplib::Request& request, httplib::Response& response) {
      answer(response, library_.map_bytes(request.matches[1]), "application/octet-stream");
    });
    server_.Get(R"(/api/v1/groups/(-?\d+))", [this](const httplib::Request& request, httplib::Response& response) {
      answer(response, library_.group_json(request.matches[1]));
    });
    server_.Get(R"(/api/v1/tracks/([0-9a-z-]+))", [this](const httplib::Request& request, httplib::Response& response) {
      answer(response, library_.track_json(request.matches[1]));
    });
    server_.Get(R"(/api/v1/tracks/([0-9a-z-]+)/similar)",
                [this](const httplib::Request& request, httplib::Response& response) {
                  answer(response, library_.similar_json(request.matches[1], asked_number(request)));
                });
    server_.Get(R"(/api/v1/tracks/([0-9a-z-]+)/audio)",
                [this](const httplib::Request& request, httplib::Response& response) {
                  send_audio(request.matches[1], response);
                });
  }

  static std::string pattern_of(std::string_view path) {
    std::string pattern;
    for (const char c : path) pattern += c == '.' ? std::string("\\.") : std::string(1, c);
    return pattern;
  }

  static std::size_t asked_number(const httplib::Request& request) {
    constexpr std::size_t kUsual = 10;
    constexpr std::size_t kMost = 1000;
    const std::string text = request.get_param_value("n");
    const bool is_number =
        !text.empty() && text.size() <= 4 && text.find_first_not_of("0123456789") == std::string::npos;
    return is_number ? std::min<std::size_t>(std::stoul(text), kMost) : kUsual;
  }

  void send_audio(const std::string& track_id, httplib::Response& response) const {
    const std::optional<fs::path> file = library_.audio_file(track_id);
    if (!file) return refuse(response, 404, "there is no such track in this library");
    const std::string type(mime_of(extension_of(*file), kAudioTypes));
    if (!type.empty()) return send_file(*file, type, response);
    try {
      constexpr int kPlayed_hz = 44100;
      audio::DecodeOptions options;
      options.rate_hz = kPlayed_hz;
      std::vector<float> samples = audio::decode_all(*file, options);
      const std::size_t n = samples.size();
      std::string name = (fs::temp_directory_path() / "songmap-XXXXXX.wav").string();
      const int descriptor = mkstemps(name.data(), 4);
      if (descriptor < 0) throw IoError("no temporary file can be made");
      close(descriptor);
      audio::encode(name, Matrix(n, 1, std::move(samples)), kPlayed_hz);
      send_file(name, "audio/wav", response);
      fs::remove(name);  // the open file lives until it was sent
    } catch (const IoError& error) {
      refuse(response, 404, error.what());
    }
  }

  const Library& library_;
  std::span<const PageFile> page_;
  ServerOptions options_;
  std::string tracks_;
  std::string packed_tracks_;
  httplib::Server server_;
  std::atomic<bool> entered_ = false;
  std::atomic<bool> left_ = false;
  std::atomic<bool> stopped_ = false;
  int port_ = 0;
  std::set<std::string> hosts_;
};

Server::Server(const Library& library, std::span<const PageFile> page, const ServerOptions& options)
    : impl_(std::make_unique<Impl>(library, page, options)) {}
Server::~Server() = default;
int Server::port() const { return impl_->port(); }
std::string Server::url() const { return impl_->url(); }
void Server::run() { impl_->run(); }
void Server::stop() { impl_->stop(); }

}  // namespace songmap::explorer
