// Writing a store's files.
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <vector>

#include "store.h"

namespace braid {
namespace {

// Created, written in large pieces, synced, closed. Anything that fails throws and leaves the file to the caller.
class OutputFile {
 public:
  explicit OutputFile(std::string path) : path_(std::move(path)) {
    file_ = open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (file_ < 0) fail("create");
    buffer_.reserve(kBufferBytes);
  }
  ~OutputFile() {
    if (file_ >= 0) close(file_);
  }
  OutputFile(OutputFile const&) = delete;
  OutputFile& operator=(OutputFile const&) = delete;

  void write(void const* data, std::size_t bytes) {
    auto const* from = static_cast<std::uint8_t const*>(data);
    length_ += bytes;
    if (buffer_.size() + bytes > kBufferBytes) flush();
    if (bytes >= kBufferBytes) return write_through(from, bytes);
    buffer_.insert(buffer_.end(), from, from + bytes);
  }
  std::size_t finish() {
    flush();
    if (fsync(file_) != 0) fail("sync");
    int const file = file_;
    file_ = -1;
    if (close(file) != 0) fail("close");
    return length_;
  }

 private:
  static constexpr std::size_t kBufferBytes = std::size_t(1) << 20;

  void flush() {
    write_through(buffer_.data(), buffer_.size());
    buffer_.clear();
  }
  void write_through(std::uint8_t const* data, std::size_t bytes) {
    while (bytes) {
      ssize_t const written = ::write(file_, data, bytes);
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) fail("write");
      data += written;
      bytes -= std::size_t(written);
    }
  }
  [[noreturn]] void fail(char const* what) {
    throw std::runtime_error(std::string("cannot ") + what + " " + path_ + ": " + std::strerror(errno));
  }

  std::string path_;
  int file_ = -1;
  std::size_t length_ = 0;
  std::vector<std::uint8_t> buffer_;
};

std::size_t write_rows(std::string const& path, Rows const& rows, std::uint32_t count) {
  OutputFile file(path);
  for (std::uint32_t row = 0; row < count;) {
    std::uint64_t const end = std::min<std::uint64_t>(count, rows.chunk_end(row));
    file.write(rows.at(row), std::size_t(end - row) * rows.stride());
    row = std::uint32_t(end);
  }
  return file.finish();
}

}  // namespace

std::vector<SavedFile> Store::save(std::string const& path) const {
  std::vector<SavedFile> files;
  std::uint32_t const count = rows();
  auto const add = [&](char const* suffix, auto write) { files.push_back({path + suffix, write(path + suffix)}); };
  add(".rows", [&](std::string const& name) { return write_rows(name, *rows_, count); });
  if (!graph_ || graph_->indexed() != count) return files;
  add(".graph", [&](std::string const& name) {
    OutputFile file(name);
    auto const write = [&](void const* data, std::size_t bytes) {
      file.write(data, bytes);
      return true;
    };
    if (!graph_->serialise(write)) throw std::runtime_error("cannot write " + name);
    return file.finish();
  });
  if (copy_) add(".vectors", [&](std::string const& name) { return write_rows(name, *copy_, count); });
  return files;
}

}  // namespace braid
