// Memory for the nodes of a growing graph, given out in order and released all at once.
#pragma once
#include <algorithm>
#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "memory.h"

namespace braid {

class TapeArena {
 public:
  std::uint8_t* allocate(std::size_t bytes) {
    // Two bytes past a multiple of four: the ten bytes of head end on a word boundary, so counts and slots are aligned.
    std::size_t const start = (used_ + 3) / 4 * 4 + 2;
    if (blocks_.empty() || start + bytes > blocks_.back()->size()) {
      blocks_.push_back(std::make_unique<Pages>(std::max(kBlockBytes, bytes + 2)));
      blocks_.back()->prefer_huge(blocks_.size() == 1 ? Pages::kSmallBytes : 0);
      used_ = 0;
      return allocate(bytes);
    }
    total_.store(total_ + start + bytes - used_, std::memory_order_relaxed);
    used_ = start + bytes;
    return blocks_.back()->data() + start;
  }
  std::size_t bytes() const { return total_.load(std::memory_order_relaxed); }

 private:
  static constexpr std::size_t kBlockBytes = std::size_t(32) << 20;

  std::vector<std::unique_ptr<Pages>> blocks_;
  std::size_t used_ = 0;
  std::atomic<std::size_t> total_{0};
};

// What usearch sees of the arena. It asks for a tape while it holds its own lock.
template <typename Byte>
struct TapeAllocator {
  using value_type = Byte;
  TapeArena* arena = nullptr;

  Byte* allocate(std::size_t bytes) noexcept {
    try {
      return reinterpret_cast<Byte*>(arena->allocate(bytes));
    } catch (...) {
      return nullptr;
    }
  }
  void deallocate(Byte*, std::size_t) noexcept {}
  // usearch looks for this name to learn that `deallocate` need not be called node by node.
  void reset() noexcept {}
};

}  // namespace braid
