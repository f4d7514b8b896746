// A matrix that grows at its end and whose rows never move.
//
// Rows lie in chunks of a fixed number of rows. The table of chunks is itself reserved for the largest possible store, so
// neither appending nor the growth of the table can disturb a search that runs: it only follows pointers that were written
// before the row count it has seen.
#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "memory.h"

namespace braid {

class Rows {
 public:
  // A matrix to append to; `stride` bytes from one row to the next.
  explicit Rows(std::size_t stride);
  // A matrix that lies in a mapped file, or in an array.
  Rows(std::uint8_t const* data, std::size_t stride);
  Rows(Rows const&) = delete;
  Rows& operator=(Rows const&) = delete;

  std::uint8_t const* at(std::uint32_t row) const { return chunks_[row >> shift_] + std::size_t(row & mask_) * stride_; }
  std::size_t stride() const { return stride_; }

  // Makes room for rows [from, to), where all rows below `from` have room. One writer at a time. Throws std::bad_alloc.
  void reserve(std::uint32_t from, std::uint32_t to);
  // A row that has room and that no search can see yet.
  std::uint8_t* write(std::uint32_t row) { return const_cast<std::uint8_t*>(at(row)); }
  // Rows [row, chunk_end(row)) are one run of memory.
  std::uint32_t chunk_end(std::uint32_t row) const { return ((row >> shift_) + 1) << shift_; }

 private:
  std::size_t stride_;
  unsigned shift_;
  std::uint32_t mask_;
  std::uint8_t const* mapped_ = nullptr;
  std::uint8_t const** chunks_;
  std::unique_ptr<Pages> table_;
  std::vector<std::unique_ptr<Pages>> pages_;
};

}  // namespace braid
