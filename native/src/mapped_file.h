// A file mapped for reading, shared with every process that maps it.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>

namespace braid {

class MappedFile {
 public:
  // Throws std::runtime_error naming the path, as all of these do.
  explicit MappedFile(std::string path);
  ~MappedFile();
  MappedFile(MappedFile const&) = delete;
  MappedFile& operator=(MappedFile const&) = delete;

  std::uint8_t const* data() const { return data_; }
  std::size_t size() const { return size_; }

  // Throws unless the file has exactly so many bytes.
  void expect_size(std::uint64_t bytes) const;
  [[noreturn]] void refuse(std::string const& why) const;

 private:
  std::string path_;
  std::uint8_t const* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace braid
