#include "input_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace braid {
namespace {

// The most that Linux reads in one call is 2 GiB less a page.
constexpr std::size_t kReadBytes = std::size_t(1) << 30;

class Descriptor {
 public:
  explicit Descriptor(std::string const& path) : file_(open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  ~Descriptor() {
    if (file_ >= 0) close(file_);
  }
  Descriptor(Descriptor const&) = delete;
  Descriptor& operator=(Descriptor const&) = delete;
  int get() const { return file_; }

 private:
  int file_;
};

[[noreturn]] void fail(char const* what, std::string const& path) {
  throw std::runtime_error(std::string("cannot ") + what + " " + path + ": " + std::strerror(errno));
}

}  // namespace

InputFile::InputFile(std::string path, bool in_memory) : path_(std::move(path)) {
  Descriptor const file(path_);
  struct stat facts;
  if (file.get() < 0) fail("open", path_);
  if (fstat(file.get(), &facts) != 0) fail("read the length of", path_);
  size_ = std::size_t(facts.st_size);
  if (size_ == 0) return;
  if (in_memory) load(file.get());
  else map(file.get());
}

InputFile::~InputFile() {
  if (data_ && !loaded_) munmap(const_cast<std::uint8_t*>(data_), size_);
}

void InputFile::map(int file) {
  void* const data = mmap(nullptr, size_, PROT_READ, MAP_SHARED, file, 0);
  if (data == MAP_FAILED) fail("map", path_);
  data_ = static_cast<std::uint8_t const*>(data);
}

void InputFile::load(int file) {
  auto pages = std::make_unique<Pages>(size_);
  pages->prefer_huge(size_ < Pages::kSmallBytes ? size_ : 0);
  for (std::size_t at = 0; at < size_;) {
    ssize_t const got = pread(file, pages->data() + at, std::min(kReadBytes, size_ - at), off_t(at));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail("read", path_);
    if (got == 0) throw std::runtime_error("cannot read " + path_ + ": it became shorter");
    at += std::size_t(got);
  }
  loaded_ = std::move(pages);
  data_ = loaded_->data();
}

void InputFile::expect_size(std::uint64_t bytes) const {
  if (size_ != bytes) refuse("it has " + std::to_string(size_) + " bytes, not " + std::to_string(bytes));
}

void InputFile::refuse(std::string const& why) const {
  throw std::runtime_error(path_ + " is not a file of this store: " + why);
}

}  // namespace braid
