// Measuring every allowed row: exact, and cheaper than a walk when the allowed rows are few.
#pragma once
#include <cstdint>
#include <vector>

#include "filter.h"
#include "space.h"
#include "top.h"

namespace braid {

// Offers the allowed rows in [from, to) to `tops[i]` by their distance to `queries[i]`. Several queries share one pass over the
// rows, which come from memory. Returns the number of distances computed.
std::uint64_t scan(Space const& space, Filter const& filter, std::uint32_t from, std::uint32_t to,
                   std::vector<void const*> const& queries, std::vector<Top>& tops);

}  // namespace braid
