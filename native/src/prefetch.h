// Fetching memory ahead of its use.
#pragma once
#include <cstddef>
#include <cstdint>

namespace braid {

// Into the second level cache, which takes far more requests at once than the first: random rows arrive at 14 GB/s instead of
// 8 GB/s per core. Always inline, and not for speed: GCC takes a function that only prefetches for one without effects, and
// removes the calls.
__attribute__((always_inline)) inline void prefetch(void const* memory, std::size_t bytes) {
  // From the start of the first line, or a row that does not begin on one would lack its last.
  std::uintptr_t const start = reinterpret_cast<std::uintptr_t>(memory) & ~std::uintptr_t(63);
  std::uintptr_t const end = reinterpret_cast<std::uintptr_t>(memory) + bytes;
  for (std::uintptr_t line = start; line < end; line += 64) __builtin_prefetch(reinterpret_cast<void const*>(line), 0, 2);
}

}  // namespace braid
