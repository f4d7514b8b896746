#include "mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace braid {
namespace {

[[noreturn]] void fail(std::string const& path) {
  throw std::runtime_error("cannot map " + path + ": " + std::strerror(errno));
}

}  // namespace

MappedFile::MappedFile(std::string const& path) : path_(path) {
  int const file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) fail(path);
  struct stat facts;
  if (fstat(file, &facts) != 0) {
    close(file);
    fail(path);
  }
  size_ = std::size_t(facts.st_size);
  void* const data = size_ ? mmap(nullptr, size_, PROT_READ, MAP_SHARED, file, 0) : nullptr;
  close(file);
  if (data == MAP_FAILED) fail(path);
  data_ = static_cast<std::uint8_t const*>(data);
  // A walk reads rows at random: reading ahead would fetch what nobody asked for.
  if (size_) madvise(data, size_, MADV_RANDOM);
}

void MappedFile::expect(std::uint64_t bytes) const {
  if (size_ == bytes) return;
  throw std::runtime_error(path_ + " has " + std::to_string(size_) + " bytes, expected " + std::to_string(bytes));
}

MappedFile::~MappedFile() {
  if (size_) munmap(const_cast<std::uint8_t*>(data_), size_);
}

}  // namespace braid
