#include "output_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace braid {
namespace {

constexpr std::size_t kBufferBytes = std::size_t(1) << 20;

}  // namespace

OutputFile::OutputFile(std::string path) : path_(std::move(path)) {
  file_ = open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (file_ < 0) fail("create");
  buffer_.reserve(kBufferBytes);
}

OutputFile::~OutputFile() {
  if (file_ >= 0) close(file_);
}

void OutputFile::write(void const* data, std::size_t bytes) {
  auto const* from = static_cast<std::uint8_t const*>(data);
  length_ += bytes;
  if (buffer_.size() + bytes > kBufferBytes) flush();
  if (bytes > kBufferBytes) return write_through(from, bytes);
  buffer_.insert(buffer_.end(), from, from + bytes);
}

std::uint64_t OutputFile::finish() {
  flush();
  if (fsync(file_) != 0) fail("sync");
  int const file = file_;
  file_ = -1;
  if (close(file) != 0) fail("close");
  return length_;
}

void OutputFile::flush() {
  write_through(buffer_.data(), buffer_.size());
  buffer_.clear();
}

void OutputFile::write_through(std::uint8_t const* data, std::size_t bytes) {
  while (bytes > 0) {
    ssize_t const written = ::write(file_, data, bytes);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail("write");
    data += written;
    bytes -= std::size_t(written);
  }
}

void OutputFile::fail(char const* what) const {
  throw std::runtime_error(std::string("cannot ") + what + " " + path_ + ": " + std::strerror(errno));
}

}  // namespace braid
