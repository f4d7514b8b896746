#include "scan.h"

#include <algorithm>

namespace braid {
namespace {

// Bytes to have on the way into the second level cache at once.
constexpr std::size_t kAheadBytes = 16 << 10;
constexpr std::size_t kAheadMax = 32;

}  // namespace

std::uint64_t scan(Space const& space, Filter const& filter, std::uint32_t from, std::uint32_t to,
                   std::vector<void const*> const& queries, std::vector<Top>& tops) {
  std::size_t const ahead = std::clamp<std::size_t>(kAheadBytes / space.rows.stride(), 1, kAheadMax);
  std::uint32_t waiting[kAheadMax];
  std::uint64_t seen = 0;
  auto measure = [&](std::uint32_t row) {
    for (std::size_t i = 0; i < queries.size(); ++i) tops[i].offer({space.distance(queries[i], row), row});
  };
  // A ring of rows that were asked for: each is measured when `ahead` more have been.
  filter.each(from, to, [&](std::uint32_t row) {
    space.fetch(row);
    std::uint32_t& slot = waiting[seen % ahead];
    if (seen >= ahead) measure(slot);
    slot = row;
    ++seen;
  });
  for (std::uint64_t i = seen > ahead ? seen - ahead : 0; i < seen; ++i) measure(waiting[i % ahead]);
  return seen * queries.size();
}

}  // namespace braid
