// Measuring rows one after the other.
#pragma once
#include <algorithm>
#include <cstdint>
#include <vector>

#include "filter.h"
#include "space.h"
#include "top.h"

namespace braid {

// Offers rows to `tops[i]` by their distance to `queries[i]`. A row is measured when some more have been asked for, so that it comes
// from memory meanwhile. Several queries share one pass.
class Measuring {
 public:
  Measuring(Space const& space, std::vector<void const*> const& queries, std::vector<Top>& tops)
      : space_(space),
        queries_(queries),
        tops_(tops),
        ahead_(std::clamp<std::size_t>(kAheadBytes / space.rows.stride(), 1, kAheadMax)) {}

  __attribute__((always_inline)) void add(std::uint32_t row) {
    space_.fetch(row);
    std::uint32_t& slot = waiting_[added_ % ahead_];
    if (added_ >= ahead_) measure(slot);
    slot = row;
    ++added_;
  }
  // Measures what still waits. Nothing may be added after it.
  void finish() {
    for (std::uint64_t i = added_ > ahead_ ? added_ - ahead_ : 0; i < added_; ++i) measure(waiting_[i % ahead_]);
  }
  std::uint64_t rows() const { return added_; }
  // Distances computed, once it is finished.
  std::uint64_t distances() const { return added_ * queries_.size(); }

 private:
  // Bytes to have on the way into the second level cache at once.
  static constexpr std::size_t kAheadBytes = 16 << 10;
  static constexpr std::size_t kAheadMax = 32;

  void measure(std::uint32_t row) {
    for (std::size_t i = 0; i < queries_.size(); ++i) tops_[i].offer({space_.distance(queries_[i], row), row});
  }

  Space const& space_;
  std::vector<void const*> const& queries_;
  std::vector<Top>& tops_;
  std::size_t ahead_;
  std::uint32_t waiting_[kAheadMax];
  std::uint64_t added_ = 0;
};

// Every allowed row in [from, to): exact, and cheaper than an index when the allowed rows are few. Returns the distances computed.
inline std::uint64_t scan(Space const& space, Filter const& filter, std::uint32_t from, std::uint32_t to,
                          std::vector<void const*> const& queries, std::vector<Top>& tops) {
  Measuring measuring(space, queries, tops);
  filter.each(from, to, [&](std::uint32_t row) { measuring.add(row); });
  measuring.finish();
  return measuring.distances();
}

}  // namespace braid
