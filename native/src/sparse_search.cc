#include "sparse_search.h"

#include <algorithm>
#include <cmath>

namespace braid {
namespace {

// Rows whose scores are summed up at once: they stay in the cache.
constexpr std::uint32_t kWindowRows = 16'384;

void drop_smallest(std::vector<SparsePair>& query, float ratio) {
  auto const count = std::size_t(ratio * float(query.size()));
  if (count == 0) return;
  auto const smaller = [](SparsePair const& a, SparsePair const& b) { return std::fabs(a.value) < std::fabs(b.value); };
  std::nth_element(query.begin(), query.begin() + count, query.end(), smaller);
  query.erase(query.begin(), query.begin() + count);
  std::sort(query.begin(), query.end(), [](SparsePair const& a, SparsePair const& b) { return a.term < b.term; });
}

}  // namespace

SparseSearch::SparseSearch(SparseSnapshot snapshot, SparseRequest const& request)
    : snapshot_(std::move(snapshot)),
      request_(request),
      filter_(request.bits, request.visible),
      is_bm25_(request.bm25.average_length >= 0) {
  Bm25 const& bm25 = request.bm25;
  norm_base_ = bm25.k1 * (1 - bm25.b);
  norm_slope_ = bm25.average_length > 0 ? bm25.k1 * bm25.b / bm25.average_length : 0;
}

std::uint64_t SparseSearch::answer(SparsePair const* query, std::size_t pairs, std::vector<Hit>& hits) {
  query_.assign(query, query + pairs);
  drop_smallest(query_, request_.drop_ratio);
  if (is_bm25_) {
    for (SparsePair& pair : query_) pair.value *= request_.bm25.k1 + 1;
  }
  top_.reset(request_.k);
  read_ = 0;
  for (auto const& block : snapshot_.blocks) search_block(*block);
  for (auto const& rows : snapshot_.tail) search_rows(*rows);
  hits = top_.sorted();
  return read_;
}

inline float SparseSearch::contribution(float weight, float value, float length) const {
  return is_bm25_ ? weight * value / (value + norm(length)) : weight * value;
}

inline void SparseSearch::offer(std::uint32_t row, float score) {
  Hit const hit{-score, row};
  if (top_.accepts(hit) && filter_.allows(row)) top_.offer(hit);
}

void SparseSearch::search_block(SparseBlock const& block) {
  cursors_.clear();
  for (SparsePair const& pair : query_) {
    Postings const postings = block.find(pair.term);
    if (postings.count > 0) cursors_.push_back({postings, pair.value, 0});
  }
  if (cursors_.empty()) return;
  scores_.assign(kWindowRows, 0);
  float const* lengths = block.lengths();
  for (std::uint32_t from = 0; from < block.rows(); from += kWindowRows) {
    std::uint32_t const end = std::min(block.rows(), from + kWindowRows);
    std::uint64_t read = 0;
    for (Cursor& cursor : cursors_) {
      auto const [rows, values, count] = cursor.postings;
      std::size_t at = cursor.at;
      std::size_t const begin = at;
      float const weight = cursor.weight;
      if (is_bm25_) {
        for (; at < count && rows[at] < end; ++at) {
          scores_[rows[at] - from] += weight * values[at] / (values[at] + norm(lengths[rows[at]]));
        }
      } else {
        for (; at < count && rows[at] < end; ++at) scores_[rows[at] - from] += weight * values[at];
      }
      read += at - begin;
      cursor.at = at;
    }
    if (read == 0) continue;
    read_ += read;
    for (std::uint32_t row = from; row < end; ++row) {
      float& score = scores_[row - from];
      if (score == 0) continue;
      offer(block.first() + row, score);
      score = 0;
    }
  }
}

void SparseSearch::search_rows(SparseRows const& rows) {
  for (std::uint32_t row = 0, count = rows.rows(); row < count; ++row) {
    float score = 0;
    auto const* pair = rows.begin(row);
    auto const* end = rows.end(row);
    for (auto term = query_.begin(); pair < end && term < query_.end();) {
      if (pair->term < term->term) {
        ++pair;
      } else if (term->term < pair->term) {
        ++term;
      } else {
        score += contribution(term->value, pair->value, rows.length(row));
        ++read_, ++pair, ++term;
      }
    }
    if (score != 0) offer(rows.first() + row, score);
  }
}

TermStatistics term_statistics(SparseSnapshot const& snapshot, std::vector<std::uint32_t> const& terms) {
  TermStatistics statistics;
  statistics.row_counts.resize(terms.size());
  for (auto const& block : snapshot.blocks) {
    statistics.total += block->total();
    for (std::size_t i = 0; i < terms.size(); ++i) statistics.row_counts[i] += double(block->find(terms[i]).count);
  }
  for (auto const& rows : snapshot.tail) {
    statistics.total += rows->total();
    for (std::uint32_t row = 0, count = rows->rows(); row < count; ++row) {
      for (std::size_t i = 0; i < terms.size(); ++i) {
        auto const* found = std::lower_bound(rows->begin(row), rows->end(row), terms[i],
                                             [](SparsePair const& pair, std::uint32_t term) { return pair.term < term; });
        if (found < rows->end(row) && found->term == terms[i]) ++statistics.row_counts[i];
      }
    }
  }
  return statistics;
}

}  // namespace braid
