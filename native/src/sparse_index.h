// One sparse vector field of one segment: postings of most rows, and the newest rows as they came.
#pragma once
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "sparse_block.h"
#include "sparse_rows.h"

namespace braid {

// What a search reads: it stays as it is while rows are appended and indexed.
struct SparseSnapshot {
  std::vector<std::shared_ptr<SparseBlock const>> blocks;
  std::vector<std::shared_ptr<SparseRows const>> tail;
};

class SparseIndex {
 public:
  std::uint32_t rows() const;
  // Rows in postings.
  std::uint32_t indexed() const;
  std::size_t memory_bytes() const;

  // `offsets`: count + 1 byte offsets into `bytes`. One caller at a time. Throws std::bad_alloc.
  void append(std::uint8_t const* bytes, std::uint32_t const* offsets, std::uint32_t count);
  // Brings full runs of rows into postings, or every row, and keeps the blocks few: each at least twice the size of the next, or one in all.
  // Calls wait for each other.
  void index(bool everything);
  SparseSnapshot snapshot() const;

 private:
  std::vector<std::shared_ptr<SparseRows const>> take_full(bool everything);

  mutable std::mutex mutex_;  // over the lists; held for moments
  std::mutex indexing_;
  std::vector<std::shared_ptr<SparseBlock const>> blocks_;
  std::vector<std::shared_ptr<SparseRows>> tail_;
  bool open_ = false;  // the last of the tail takes rows
  std::uint32_t rows_ = 0;
};

}  // namespace braid
