// Building the graph: usearch's `index_gt` inserts, we keep what a search needs to read it without locks.
#pragma once
#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <queue>
#include <string>
#include <vector>

#include "kernels.h"
#include "links.h"
#include "rows.h"

namespace braid {

class Graph {
 public:
  // `vectors` are the rows as the graph compares them: the store's own, or the graph's copy.
  Graph(std::size_t connectivity, std::size_t expansion, std::size_t dimensions, Distance distance, Rows const& vectors);
  ~Graph();

  GraphView view() const;
  // Rows 0..indexed()-1 are inserted completely.
  std::uint32_t indexed() const { return indexed_.load(std::memory_order_acquire); }
  std::size_t memory_bytes() const;

  // Room for `rows` rows and `threads` inserting threads. Must not overlap an insertion; searches may go on.
  void reserve(std::uint32_t rows, std::size_t threads);

  // Inserts the next row, whichever that is; `prepare(row)` puts it into `vectors` first. Every thread below the reserved
  // number may call it at once. Throws std::runtime_error.
  void insert_next(std::size_t thread, std::function<void(std::uint32_t)> const& prepare);

  // The serialised graph, piece by piece. Must not overlap an insertion.
  void serialise(std::function<void(void const*, std::size_t)> const& write) const;

 private:
  struct Index;
  void finished(std::uint32_t row);

  std::size_t expansion_;
  std::size_t dimensions_;
  Distance distance_;
  Rows const& vectors_;
  Rows tapes_;
  Links links_;
  std::unique_ptr<Index> index_;
  std::atomic<std::uint32_t> indexed_{0};
  std::mutex finished_mutex_;
  // Rows that were finished before one with a smaller number.
  std::priority_queue<std::uint32_t, std::vector<std::uint32_t>, std::greater<std::uint32_t>> finished_early_;
};

}  // namespace braid
