// The postings of one term of a query, on the way from the block's first row to its last.
#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "sparse_block.h"
#include "sparse_scoring.h"

namespace braid {

class SparseCursor {
 public:
  // `lengths`: of the block's rows.
  SparseCursor(Postings const& postings, float weight, float const* lengths, SparseScoring const& scoring)
      : postings_(postings), weight_(weight), bound_(bound_of(postings, weight, lengths, scoring)) {}

  // No row gets more from this term. It allows for the rounding of contributions.
  double bound() const { return bound_; }
  // The row it stands at; beyond every row at the end.
  std::uint32_t row() const { return at_ < postings_.count ? postings_.rows[at_] : kEnd; }
  float value() const { return postings_.values[at_]; }
  float weight() const { return weight_; }

  // Calls `use(row, value)` for the rows below `end` from where it stands, and stands behind them. Returns their number.
  template <typename Use>
  std::size_t each_below(std::uint32_t end, Use use) {
    std::size_t const begin = at_;
    std::size_t at = at_;
    for (; at < postings_.count && postings_.rows[at] < end; ++at) use(postings_.rows[at], postings_.values[at]);
    at_ = at;
    return at - begin;
  }

  // To the first row that is not below `row`: in steps that double, then by halves.
  void advance(std::uint32_t row) {
    std::uint32_t const* rows = postings_.rows;
    std::size_t const count = postings_.count;
    if (at_ >= count || rows[at_] >= row) return;
    std::size_t step = 1;
    while (at_ + step < count && rows[at_ + step] < row) {
      at_ += step;
      step *= 2;
    }
    at_ = std::size_t(std::lower_bound(rows + at_ + 1, rows + std::min(count, at_ + step), row) - rows);
  }

 private:
  static constexpr std::uint32_t kEnd = std::numeric_limits<std::uint32_t>::max();
  // A contribution is three operations, each off by half of 2^-23 at most.
  static constexpr double kRounding = 1 + 1e-6;

  static double bound_of(Postings const& postings, float weight, float const* lengths, SparseScoring const& scoring) {
    float bound = 0;
    for (std::size_t i = 0; i < postings.peak_count(); ++i) {
      Peak const& peak = postings.peaks[i];
      bound = std::max(bound, scoring.contribution(weight, peak.value, peak.length));
    }
    // Short lists have no peaks.
    for (std::size_t i = 0; i < postings.count && postings.peak_count() == 0; ++i) {
      bound = std::max(bound, scoring.contribution(weight, postings.values[i], lengths[postings.rows[i]]));
    }
    return double(bound) * kRounding;
  }

  Postings postings_;
  std::size_t at_ = 0;
  float weight_;
  double bound_;
};

}  // namespace braid
