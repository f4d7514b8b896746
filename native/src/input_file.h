// A file to read: mapped, shared with every process that maps it, or loaded into memory.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "memory.h"

namespace braid {

class InputFile {
 public:
  // Throws std::runtime_error naming the path, as all of these do, and std::bad_alloc.
  InputFile(std::string path, bool in_memory);
  ~InputFile();
  InputFile(InputFile const&) = delete;
  InputFile& operator=(InputFile const&) = delete;

  std::uint8_t const* data() const { return data_; }
  std::size_t size() const { return size_; }
  // 0 for a mapped file: its pages are the system's to give and to take.
  std::size_t memory_bytes() const { return loaded_ ? size_ : 0; }

  // Throws unless the file has exactly so many bytes.
  void expect_size(std::uint64_t bytes) const;
  [[noreturn]] void refuse(std::string const& why) const;

 private:
  void map(int file);
  void load(int file);

  std::string path_;
  std::uint8_t const* data_ = nullptr;
  std::size_t size_ = 0;
  std::unique_ptr<Pages> loaded_;
};

}  // namespace braid
