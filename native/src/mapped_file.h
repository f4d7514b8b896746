// A file mapped for reading, shared with every process that maps it.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>

namespace braid {

class MappedFile {
 public:
  // Throws std::runtime_error naming the path.
  explicit MappedFile(std::string const& path);
  ~MappedFile();
  MappedFile(MappedFile const&) = delete;
  MappedFile& operator=(MappedFile const&) = delete;

  // Throws unless the file has exactly so many bytes.
  void expect(std::uint64_t bytes) const;

  std::uint8_t const* data() const { return data_; }
  std::size_t size() const { return size_; }

 private:
  std::string path_;
  std::uint8_t const* data_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace braid
