// The nearest so many of what has been offered.
#pragma once
#include <algorithm>
#include <cstdint>
#include <vector>

namespace braid {

struct Hit {
  float distance;
  std::uint32_t row;
  // Equal distances are ordered by row, so that answers repeat.
  bool operator<(Hit const& other) const {
    return distance < other.distance || (distance == other.distance && row < other.row);
  }
};

class Top {
 public:
  void reset(std::size_t limit) {
    hits_.clear();
    limit_ = limit;
  }
  bool full() const { return hits_.size() >= limit_; }
  std::size_t size() const { return hits_.size(); }
  // Only when full.
  Hit const& worst() const { return hits_.front(); }

  bool accepts(Hit const& hit) const { return !full() || hit < worst(); }
  void offer(Hit const& hit) {
    if (!full()) {
      hits_.push_back(hit);
      std::push_heap(hits_.begin(), hits_.end());
    } else if (hit < hits_.front()) {
      replace_worst(hit);
    }
  }
  // Nearest first. Ends the heap: `reset` before the next offer.
  std::vector<Hit>& sorted() {
    std::sort_heap(hits_.begin(), hits_.end());
    return hits_;
  }

 private:
  void replace_worst(Hit const& hit) {
    std::size_t const count = hits_.size();
    std::size_t hole = 0;
    for (std::size_t child = 1; child < count; child = 2 * hole + 1) {
      if (child + 1 < count && hits_[child] < hits_[child + 1]) ++child;
      if (!(hit < hits_[child])) break;
      hits_[hole] = hits_[child];
      hole = child;
    }
    hits_[hole] = hit;
  }

  std::vector<Hit> hits_;
  std::size_t limit_ = 0;
};

}  // namespace braid
