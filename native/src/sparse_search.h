// The rows whose sparse vectors have the largest inner product, or BM25 score, with a query.
#pragma once
#include <cstdint>
#include <vector>

#include "filter.h"
#include "sparse_index.h"
#include "top.h"

namespace braid {

// BM25 (Robertson & Zaragoza 2009): weight x value x (k1 + 1) / (value + k1 x (1 - b + b x length / average length)).
struct Bm25 {
  float average_length;  // below 0: the inner product instead
  float k1, b;
};

struct SparseRequest {
  std::size_t k;
  std::uint8_t const* bits;  // null: every row
  std::uint32_t visible;
  float drop_ratio;  // share of the smallest query values, by number, that is left out
  Bm25 bm25;
};

class SparseSearch {
 public:
  SparseSearch(SparseSnapshot snapshot, SparseRequest const& request);

  // The best rows of one query (a run of pairs, terms ascending and distinct), best first; a distance is minus the score. Rows with a score of zero are none.
  // Returns the postings read.
  std::uint64_t answer(SparsePair const* query, std::size_t pairs, std::vector<Hit>& hits);

 private:
  struct Cursor {
    Postings postings;
    float weight;
    std::size_t at;
  };

  void search_block(SparseBlock const& block);
  void search_rows(SparseRows const& rows);
  void offer(std::uint32_t row, float score);
  float norm(float length) const { return norm_base_ + norm_slope_ * length; }
  float contribution(float weight, float value, float length) const;

  SparseSnapshot snapshot_;
  SparseRequest request_;
  Filter filter_;
  bool is_bm25_;
  float norm_base_, norm_slope_;
  std::vector<SparsePair> query_;
  std::vector<Cursor> cursors_;
  std::vector<float> scores_;
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
