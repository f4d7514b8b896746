// What one term adds to the score of a row: the inner product's part, or BM25's.
#pragma once

namespace braid {

// BM25 (Robertson & Zaragoza 2009): weight x value x (k1 + 1) / (value + k1 x (1 - b + b x length / average length)).
struct Bm25 {
  float average_length;  // below 0: the inner product instead
  float k1, b;
};

class SparseScoring {
 public:
  explicit SparseScoring(Bm25 const& bm25)
      : is_bm25_(bm25.average_length >= 0),
        factor_(is_bm25_ ? bm25.k1 + 1 : 1),
        norm_base_(bm25.k1 * (1 - bm25.b)),
        norm_slope_(bm25.average_length > 0 ? bm25.k1 * bm25.b / bm25.average_length : 0) {}

  bool is_bm25() const { return is_bm25_; }
  // What a query's value counts: the part of a contribution that all rows share.
  float weight(float query_value) const { return query_value * factor_; }
  // `value` is the row's, `length` the sum of all its values. Never smaller for a larger value or a shorter length, but for rounding.
  float contribution(float weight, float value, float length) const {
    return is_bm25_ ? weight * value / (value + (norm_base_ + norm_slope_ * length)) : weight * value;
  }

 private:
  bool is_bm25_;
  float factor_, norm_base_, norm_slope_;
};

}  // namespace braid
