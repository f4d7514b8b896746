// Searching the graph: from its entry down the levels, then best first over the base level.
//
// It is our own and not `index_gt::search`, because it
//  - fetches the rows of all neighbours at once before it measures the first, which halves the cost of rows not in the cache;
//  - brings several starting points down from level 1, so that a query is not lost in the wrong cluster;
//  - measures only allowed rows where there is a filter, and steps over the others;
//  - reads the graph while it grows (see links.h), and needs no slot reserved for each thread.
#pragma once
#include <cstdint>
#include <vector>

#include "filter.h"
#include "links.h"
#include "space.h"
#include "top.h"

namespace braid {

// Rows already met. Costs a bit a row, and clearing costs what was met.
class Seen {
 public:
  void reserve(std::uint32_t rows) {
    if (words_.size() * 64 < rows) words_.resize((std::size_t(rows) + 63) / 64);
  }
  bool has(std::uint32_t row) const { return words_[row / 64] >> (row % 64) & 1; }
  // False if it was there before.
  bool add(std::uint32_t row) {
    std::uint64_t& word = words_[row / 64];
    std::uint64_t const bit = std::uint64_t(1) << (row % 64);
    if (word & bit) return false;
    word |= bit;
    added_.push_back(row);
    return true;
  }
  void clear() {
    for (std::uint32_t row : added_) words_[row / 64] = 0;
    added_.clear();
  }

 private:
  std::vector<std::uint64_t> words_;
  std::vector<std::uint32_t> added_;
};

// What a filtered walk is told: the filter, and some allowed rows to start from. A walk that starts among forbidden rows might
// else meet no allowed one.
struct Allowed {
  Filter const& filter;
  std::vector<std::uint32_t> const& seeds;
};

// The memory of one walk, kept for the next.
class Walk {
 public:
  // The nearest `expansion` (allowed) rows that the walk meets, nearest first. The reference holds until the next run.
  std::vector<Hit> const& run(GraphView const& graph, Space const& space, void const* query, std::size_t expansion,
                              Allowed const* allowed);
  // Distances computed by all runs so far.
  std::uint64_t measured() const { return measured_; }

 private:
  // One run; lives on its stack.
  struct Run {
    GraphView const& graph;
    Space const& space;
    void const* query;
  };

  void descend(Run const& run, std::size_t expansion);
  template <typename Collect>
  void spread(Run const& run, std::int32_t level, Collect collect);
  void collect_all(Run const& run, std::uint32_t row, std::int32_t level);
  void collect_allowed(Run const& run, std::uint32_t row, Filter const& filter);
  bool meet(Run const& run, std::uint32_t row);
  Hit measure(Run const& run, std::uint32_t row);
  void push(Hit const& hit);
  Hit pop();

  Top top_;
  Seen seen_;
  std::vector<Hit> starts_;             // what one level hands to the next
  std::vector<Hit> frontier_;           // rows to go on from: a heap with the nearest in front
  std::vector<std::uint32_t> batch_;    // rows to measure, already on their way into the cache
  std::vector<std::uint32_t> bridges_;  // forbidden rows to step over
  std::uint64_t measured_ = 0;
};

}  // namespace braid
