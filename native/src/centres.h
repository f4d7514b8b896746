// The centres of inverted lists: where k-means puts them, and which of them are nearest to a row.
//
// Rows are compared as bf16 vectors of floats, whatever their scalar: l2 and hamming by Euclidean distance from the mean of all rows
// (bits are 0 and 1, and so their squared distance is the number that differ), the other metrics by direction.
#pragma once
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "row_kind.h"
#include "rows.h"
#include "top.h"

namespace braid {

class Centres {
 public:
  // Learns `count` centres from the first `rows` rows. Null if `stopped` was set meanwhile.
  static std::unique_ptr<Centres> train(RowKind const& kind, Rows const& matrix, std::uint32_t rows, std::uint32_t count,
                                        std::size_t threads, std::atomic<bool> const& stopped);
  // As they were saved: `dimensions` floats, and `count` centres of `stride(dimensions)` elements.
  Centres(RowKind const& kind, std::uint32_t count, float const* mean, std::uint16_t const* values);

  // Elements from one centre to the next: the dimensions, filled up to cache lines.
  static std::size_t stride(std::size_t dimensions) { return (dimensions + 31) / 32 * 32; }

  std::uint32_t count() const { return count_; }
  std::vector<float> const& mean() const { return mean_; }
  std::vector<std::uint16_t> const& values() const { return values_; }
  std::size_t memory_bytes() const { return values_.size() * 2 + (mean_.size() + biases_.size()) * 4; }

  // The centre that is nearest to a row.
  std::uint32_t nearest(void const* row) const;
  // Every centre with its distance; what `Hit` calls a row is its number.
  void measure(void const* row, std::vector<Hit>& out) const;

 private:
  class Training;
  Centres(RowKind const& kind, std::uint32_t count);

  bool by_direction() const;
  // A row as it is compared; `out` has room for `stride` elements.
  void to_point(void const* row, std::uint16_t* out) const;
  std::uint32_t nearest_to_point(std::uint16_t const* point) const;
  float distance(std::uint16_t const* point, std::uint32_t centre) const {
    return biases_[centre] + kernel_(point, values_.data() + centre * stride_, stride_);
  }
  void update_bias(std::uint32_t centre);

  RowKind kind_;
  std::uint32_t count_;
  std::size_t stride_;
  Distance kernel_;  // minus the dot product
  std::vector<float> mean_;
  std::vector<std::uint16_t> values_;
  // Half the squared length of a centre, which makes a dot product order by Euclidean distance; 0 by direction.
  std::vector<float> biases_;
};

}  // namespace braid
