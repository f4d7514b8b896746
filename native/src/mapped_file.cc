#include "mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace braid {

MappedFile::MappedFile(std::string path) : path_(std::move(path)) {
  int const file = open(path_.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat facts;
  if (file < 0) throw std::runtime_error("cannot open " + path_ + ": " + std::strerror(errno));
  bool mapped = fstat(file, &facts) == 0;
  if (mapped && facts.st_size > 0) {
    void* const data = mmap(nullptr, std::size_t(facts.st_size), PROT_READ, MAP_SHARED, file, 0);
    mapped = data != MAP_FAILED;
    if (mapped) {
      data_ = static_cast<std::uint8_t const*>(data);
      size_ = std::size_t(facts.st_size);
    }
  }
  int const error = errno;
  close(file);
  if (!mapped) throw std::runtime_error("cannot map " + path_ + ": " + std::strerror(error));
}

MappedFile::~MappedFile() {
  if (data_) munmap(const_cast<std::uint8_t*>(data_), size_);
}

void MappedFile::expect_size(std::uint64_t bytes) const {
  if (size_ != bytes) refuse("it has " + std::to_string(size_) + " bytes, not " + std::to_string(bytes));
}

void MappedFile::refuse(std::string const& why) const {
  throw std::runtime_error(path_ + " is not a file of this store: " + why);
}

}  // namespace braid
