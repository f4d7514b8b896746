#include "list_scan.h"

#include <algorithm>
#include <limits>

namespace braid {

float ListSpace::distance(ListQuery const& query, std::uint8_t const* vectors, std::size_t count) const {
  float sum = 0;
  for (std::size_t q = 0; q < query.count; ++q) {
    std::uint8_t const* const wanted = query.vectors + q * row_bytes;
    float nearest = std::numeric_limits<float>::infinity();
    // A NaN is never nearer.
    for (std::size_t i = 0; i < count; ++i) {
      float const distance = kernel(wanted, vectors + i * row_bytes, dimensions);
      if (distance < nearest) nearest = distance;
    }
    sum += nearest;
  }
  return sum;
}

std::uint64_t scan_lists(ListSpace const& space, Filter const& filter, ListChunk const& chunk,
                         std::vector<ListQuery> const& queries, std::vector<Top>& tops) {
  std::uint64_t computed = 0;
  filter.each(chunk.first, chunk.first + chunk.rows, [&](std::uint32_t row) {
    std::uint32_t const from = chunk.offsets[row - chunk.first];
    std::size_t const count = (chunk.offsets[row - chunk.first + 1] - from) / space.row_bytes;
    if (count == 0) return;
    for (std::size_t i = 0; i < queries.size(); ++i) {
      tops[i].offer({space.distance(queries[i], chunk.bytes + from, count), row});
      computed += queries[i].count * count;
    }
  });
  return computed;
}

}  // namespace braid
