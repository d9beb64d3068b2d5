#pragma once

#include <memory>
#include <span>
#include <string>

#include "songmap/explorer/library.h"
#include "songmap/explorer/page.h"

namespace songmap::explorer {

/// Whether an address can only be reached from this machine.
[[nodiscard]] bool is_loopback(const std::string& host);

struct ServerOptions {
  std::string host = "127.0.0.1";
  int port = 0;       ///< 0: any that is free.
  std::string token;  ///< What every request must bring (query `token` or header X-Songmap-Token); empty: none.
};

/// Answers the page over HTTP/1.1:
///
///   GET /, /assets/…                the page
///   GET /api/v1/library             Library::summary_json
///   GET /api/v1/tracks              Library::tracks_json
///   GET /api/v1/maps/NAME           Library::map_bytes
///   GET /api/v1/columns, …/NAME     Library::columns_json, Library::column_json
///   GET /api/v1/model               Library::model_json
///   GET /api/v1/lyrics?find=TEXT    Library::lyrics_json
///   GET /api/v1/path?from=ID&to=ID  Library::path_json (query n, 10)
///   GET /api/v1/groups/ID           Library::group_json
///   GET /api/v1/tracks/ID           Library::track_json
///   GET /api/v1/tracks/ID/similar   Library::similar_json (query n, 10)
///   GET /api/v1/tracks/ID/audio     the track, by byte ranges; as WAV where browsers do not play its format
///
/// Only requests whose Host is this server (and, where there is one, whose Origin is) are answered, so that no other
/// page can read a library through the browser of the person who looks at it. Nothing but the page and the tracks of
/// the library is ever read.
class Server {
 public:
  /// Binds the port. @throws IoError  it cannot be had.  @throws InvalidArgument  a host that is not this machine's
  /// loopback, without a token.
  Server(const Library& library, std::span<const PageFile> page, const ServerOptions& options);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  [[nodiscard]] int port() const;
  /// "http://127.0.0.1:40123/", with the token where there is one.
  [[nodiscard]] std::string url() const;
  /// Answers until `stop`, which may be called by another thread.
  void run();
  void stop();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace songmap::explorer
