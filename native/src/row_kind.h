// What rows are: as users inserted them, or as an index keeps them.
#pragma once
#include <cstddef>

#include "kernels.h"
#include "scalar.h"

namespace braid {

struct RowKind {
  Metric metric;
  Scalar scalar;
  std::size_t dimensions;
};

}  // namespace braid
