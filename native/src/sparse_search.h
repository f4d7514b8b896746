// The rows whose sparse vectors have the largest inner product, or BM25 score, with a query.
#pragma once
#include <cstdint>
#include <vector>

#include "filter.h"
#include "sparse_cursor.h"
#include "sparse_index.h"
#include "sparse_scoring.h"
#include "top.h"

namespace braid {

struct SparseRequest {
  std::size_t k;
  std::uint8_t const* bits;  // null: every row
  std::uint32_t visible;
  float drop_ratio;  // share of the smallest query values, by number, that is left out
  Bm25 bm25;
};

// Exact, with few postings read (MaxScore: Turtle & Flood 1995, in windows of rows): terms whose largest contributions together do not reach the k-th best score of the rows so
// far are only looked up for rows that have another term. Rows' values are not negative.
class SparseSearch {
 public:
  SparseSearch(SparseSnapshot snapshot, SparseRequest const& request);

  // The best rows of one query (a run of pairs, terms ascending and distinct), best first; a distance is minus the score. Rows with a score of zero are none.
  // Returns the postings read.
  std::uint64_t answer(SparsePair const* query, std::size_t pairs, std::vector<Hit>& hits);

 private:
  void search_block(SparseBlock const& block);
  void open_cursors(SparseBlock const& block);
  // Sums up what the essential terms give to the rows of a window.
  void add_essential(SparseBlock const& block, std::uint32_t from, std::uint32_t end);
  // Offers the rows of the window that may be among the best, with what the other terms give them.
  void offer_window(SparseBlock const& block, std::uint32_t from, std::uint32_t end);
  void complete(SparseBlock const& block, std::uint32_t row, double score);
  void search_rows(SparseRows const& rows);
  void offer(std::uint32_t row, double score);
  // A row needs more than this.
  double threshold() const;

  SparseSnapshot snapshot_;
  SparseRequest request_;
  Filter filter_;
  SparseScoring scoring_;
  std::vector<SparsePair> query_;
  std::vector<SparseCursor> cursors_;  // by their bounds, ascending
  std::vector<double> sums_;           // of the bounds before each cursor
  std::size_t essential_ = 0;          // the first cursor that is
  // Of the window's rows. Sums of floats in doubles are the same in any order, but for rare cases of very different ones: equal rows score equally.
  std::vector<double> scores_;
  std::vector<std::uint64_t> touched_;
  Top top_;
  std::uint64_t read_ = 0;
};

// How often terms occur in the rows below `visible` (rows that came later may count, too).
struct TermStatistics {
  double total = 0;  // of all values
  std::vector<double> row_counts;
};
TermStatistics term_statistics(SparseSnapshot const& snapshot, std::vector<std::uint32_t> const& terms);

}  // namespace braid
