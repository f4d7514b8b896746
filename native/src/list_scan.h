// Exact search over rows that are lists of vectors: the distance of a row to a query, which is a list too, is the sum over the vectors of the query of the distance to the
// nearest vector of the row.
#pragma once
#include <cstdint>
#include <vector>

#include "filter.h"
#include "kernels.h"
#include "top.h"

namespace braid {

// Row i of the chunk, which is row `first` + i of all, is bytes[offsets[i] .. offsets[i + 1]].
struct ListChunk {
  std::uint8_t const* bytes;
  std::uint32_t const* offsets;
  std::uint32_t first;
  std::uint32_t rows;
};

struct ListQuery {
  std::uint8_t const* vectors;
  std::size_t count;
};

struct ListSpace {
  Distance kernel;
  std::size_t dimensions;
  std::size_t row_bytes;

  // Of two lists that are not empty.
  float distance(ListQuery const& query, std::uint8_t const* vectors, std::size_t count) const;
};

// Offers the allowed rows of the chunk that have a vector to `tops[i]` by their distance to `queries[i]`. Returns the number of distances computed.
std::uint64_t scan_lists(ListSpace const& space, Filter const& filter, ListChunk const& chunk,
                         std::vector<ListQuery> const& queries, std::vector<Top>& tops);

}  // namespace braid
