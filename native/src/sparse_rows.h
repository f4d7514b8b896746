// Sparse vectors as they were appended, row after row, until they are brought into postings.
#pragma once
#include <atomic>
#include <cstdint>
#include <memory>

namespace braid {

// As the wire has it: a sparse vector is a run of these, terms ascending.
struct SparsePair {
  std::uint32_t term;
  float value;
};
static_assert(sizeof(SparsePair) == 8, "it is read from bytes");

// A run of rows of fixed room. One thread appends; any number read what is there.
class SparseRows {
 public:
  SparseRows(std::uint32_t first, std::uint32_t rows_max, std::uint32_t pairs_max);

  // Offset of its first row in the segment.
  std::uint32_t first() const { return first_; }
  std::uint32_t rows() const { return count_.load(std::memory_order_acquire); }
  std::uint64_t pairs() const { return starts_[rows()]; }
  // Sum of all values of the rows there are.
  double total() const;
  // Of what is filled: the rest is address space.
  std::size_t memory_bytes() const;

  bool has_room(std::uint32_t rows, std::uint64_t pairs) const;
  // `offsets`: count + 1 byte offsets into `bytes`. There is room.
  void append(std::uint8_t const* bytes, std::uint32_t const* offsets, std::uint32_t count);

  SparsePair const* begin(std::uint32_t row) const { return &pairs_[starts_[row]]; }
  SparsePair const* end(std::uint32_t row) const { return &pairs_[starts_[row + 1]]; }
  // Sum of a row's values.
  float length(std::uint32_t row) const { return lengths_[row]; }

 private:
  std::uint32_t first_, rows_max_, pairs_max_;
  std::unique_ptr<std::uint32_t[]> starts_;
  std::unique_ptr<SparsePair[]> pairs_;
  std::unique_ptr<float[]> lengths_;
  std::atomic<std::uint32_t> count_{0};
};

}  // namespace braid
