// Rows, and how far they are from each other.
#pragma once
#include <cstddef>
#include <cstdint>
#include <limits>

#include "kernels.h"
#include "prefetch.h"
#include "rows.h"

namespace braid {

struct Space {
  Rows const& rows;
  Distance kernel;
  std::size_t dimensions;

  float distance(void const* query, std::uint32_t row) const {
    float const distance = kernel(query, rows.at(row), dimensions);
    // A NaN has no place in any order, and a walk that compares with one may never end: it is as far as can be.
    return distance == distance ? distance : std::numeric_limits<float>::infinity();
  }
  __attribute__((always_inline)) void fetch(std::uint32_t row) const { prefetch(rows.at(row), rows.stride()); }
};

}  // namespace braid
