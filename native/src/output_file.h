// A file that is created, written in large pieces, synced to disk and closed.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace braid {

// Everything that fails throws std::runtime_error naming the path, and leaves what was written to the caller.
class OutputFile {
 public:
  // The file must not exist.
  explicit OutputFile(std::string path);
  ~OutputFile();
  OutputFile(OutputFile const&) = delete;
  OutputFile& operator=(OutputFile const&) = delete;

  void write(void const* data, std::size_t bytes);
  // Returns the length. Nothing may be written after it.
  std::uint64_t finish();

 private:
  void flush();
  void write_through(std::uint8_t const* data, std::size_t bytes);
  [[noreturn]] void fail(char const* what) const;

  std::string path_;
  int file_;
  std::uint64_t length_ = 0;
  std::vector<std::uint8_t> buffer_;
};

}  // namespace braid
