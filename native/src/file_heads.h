// The first 64 bytes of the files of a store, which say what is in them. All numbers are little endian.
//
// `.graph` begins as every file of usearch does that leaves its vectors out (`index_dense_head_t` in usearch/index_dense.hpp),
// followed by the serialised `index_gt`. So usearch itself can open it: put the number of rows and the bytes of a row (two 32-bit
// numbers) and the rows of `.vectors` in front (or of `.rows`, where the graph keeps no copy).
// `.vectors` has a head of our own, because usearch's, of 8 bytes, would put every row across two cache lines.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>

#include "kernels.h"
#include "scalar.h"

namespace braid {

constexpr std::size_t kHeadBytes = 64;
using Head = std::array<std::uint8_t, kHeadBytes>;

// What the rows of a graph are.
struct GraphRows {
  Metric metric;
  Scalar scalar;
  std::size_t dimensions;
  std::uint64_t count;
};

Head graph_head(GraphRows const& rows);
Head vectors_head(GraphRows const& rows, std::size_t stride);

}  // namespace braid
