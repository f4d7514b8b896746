#include "memory.h"

#include <sys/mman.h>

#include <new>

namespace braid {

Pages::Pages(std::size_t bytes) : bytes_(bytes) {
  int flags = MAP_PRIVATE | MAP_ANONYMOUS;
#if defined(MAP_NORESERVE)
  flags |= MAP_NORESERVE;
#endif
  void* const data = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, flags, -1, 0);
  if (data == MAP_FAILED) throw std::bad_alloc();
  data_ = static_cast<std::uint8_t*>(data);
}

Pages::~Pages() { munmap(data_, bytes_); }

void Pages::prefer_huge(std::size_t offset) const {
#if defined(MADV_HUGEPAGE)
  if (offset < bytes_) madvise(data_ + offset, bytes_ - offset, MADV_HUGEPAGE);
#else
  (void)offset;
#endif
}

}  // namespace braid
