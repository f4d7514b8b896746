// Postings: for every term the rows that have it, ascending, with its value there. Immutable.
#pragma once
#include <cstdint>
#include <memory>
#include <vector>

#include "sparse_rows.h"

namespace braid {

// The largest value and the length of the shortest row in a run of postings: no row of the run scores higher than one that had both.
struct Peak {
  float value;
  float length;
};

// The rows of one term in a block.
struct Postings {
  // A run of postings that has a peak; the last one of a term may have almost twice as many.
  static constexpr std::size_t kRun = 64;

  std::uint32_t const* rows;  // relative to the block's first row
  float const* values;
  std::size_t count;
  Peak const* peaks;

  std::size_t peak_count() const { return count / kRun; }
};

class SparseBlock {
 public:
  // `rows` lie one behind the other.
  static std::shared_ptr<SparseBlock const> from_rows(std::vector<std::shared_ptr<SparseRows const>> const& rows);
  // `blocks` lie one behind the other.
  static std::shared_ptr<SparseBlock const> from_blocks(std::vector<std::shared_ptr<SparseBlock const>> const& blocks);

  std::uint32_t first() const { return first_; }
  std::uint32_t rows() const { return std::uint32_t(lengths_.size()); }
  std::uint64_t pairs() const { return starts_.back(); }
  double total() const { return total_; }
  std::size_t memory_bytes() const;
  // Sums of the rows' values.
  float const* lengths() const { return lengths_.data(); }
  // Empty for a term that no row has.
  Postings find(std::uint32_t term) const;

 private:
  SparseBlock() = default;
  void reserve(std::uint64_t pairs);
  void find_peaks();
  Postings postings(std::size_t place) const;

  std::uint32_t first_ = 0;
  double total_ = 0;
  std::vector<float> lengths_;
  std::vector<std::uint32_t> terms_;  // ascending
  std::vector<std::uint64_t> starts_{0};
  std::unique_ptr<std::uint32_t[]> rows_;
  std::unique_ptr<float[]> values_;
  // Those of a term begin at its first posting's place / kRun: as every run but a term's last is full, terms do not meet.
  std::unique_ptr<Peak[]> peaks_;
};

}  // namespace braid
