#include "sparse_search.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace braid {
namespace {

// Rows whose scores are summed up at once: they stay in the cache. The first windows are smaller, so that there is a threshold soon.
constexpr std::uint32_t kWindowRows = 4096;
constexpr std::uint32_t kFirstWindowRows = 512;

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
      scoring_(request.bm25),
      scores_(kWindowRows),
      touched_(kWindowRows / 64) {}

std::uint64_t SparseSearch::answer(SparsePair const* query, std::size_t pairs, std::vector<Hit>& hits) {
  query_.assign(query, query + pairs);
  drop_smallest(query_, request_.drop_ratio);
  for (SparsePair& pair : query_) pair.value = scoring_.weight(pair.value);
  top_.reset(request_.k);
  read_ = 0;
  for (auto const& block : snapshot_.blocks) search_block(*block);
  for (auto const& rows : snapshot_.tail) search_rows(*rows);
  hits = top_.sorted();
  return read_;
}

inline double SparseSearch::threshold() const {
  return top_.full() ? -double(top_.worst().distance) : -std::numeric_limits<double>::infinity();
}

inline void SparseSearch::offer(std::uint32_t row, double score) {
  Hit const hit{-float(score), row};
  if (score != 0 && top_.accepts(hit) && filter_.allows(row)) top_.offer(hit);
}

void SparseSearch::search_block(SparseBlock const& block) {
  open_cursors(block);
  std::uint32_t window = kFirstWindowRows;
  for (;;) {
    // The threshold only rises. Of equal scores the first row's stays: bounds that just reach it do not count.
    while (essential_ < cursors_.size() && sums_[essential_ + 1] <= threshold()) ++essential_;
    std::uint32_t from = block.rows();
    for (std::size_t i = essential_; i < cursors_.size(); ++i) from = std::min(from, cursors_[i].row());
    if (from >= block.rows()) return;
    from = from / 64 * 64;
    std::uint32_t const end = std::min(block.rows(), from + window);
    add_essential(block, from, end);
    offer_window(block, from, end);
    window = std::min(2 * window, kWindowRows);
  }
}

void SparseSearch::open_cursors(SparseBlock const& block) {
  cursors_.clear();
  for (SparsePair const& pair : query_) {
    Postings const postings = block.find(pair.term);
    if (postings.count > 0) cursors_.emplace_back(postings, pair.value, block.lengths(), scoring_);
  }
  std::sort(cursors_.begin(), cursors_.end(),
            [](SparseCursor const& a, SparseCursor const& b) { return a.bound() < b.bound(); });
  sums_.assign(1, 0);
  for (SparseCursor const& cursor : cursors_) sums_.push_back(sums_.back() + cursor.bound());
  essential_ = 0;
}

void SparseSearch::add_essential(SparseBlock const& block, std::uint32_t from, std::uint32_t end) {
  float const* lengths = block.lengths();
  for (std::size_t i = essential_; i < cursors_.size(); ++i) {
    float const weight = cursors_[i].weight();
    read_ += cursors_[i].each_below(end, [&](std::uint32_t row, float value) {
      std::uint32_t const place = row - from;
      scores_[place] += scoring_.contribution(weight, value, lengths[row]);
      touched_[place / 64] |= std::uint64_t(1) << (place % 64);
    });
  }
}

void SparseSearch::offer_window(SparseBlock const& block, std::uint32_t from, std::uint32_t end) {
  double const others = sums_[essential_];
  for (std::uint32_t word = 0; word <= (end - from - 1) / 64; ++word) {
    for (std::uint64_t left = std::exchange(touched_[word], 0); left; left &= left - 1) {
      std::uint32_t const place = word * 64 + std::uint32_t(__builtin_ctzll(left));
      double const score = std::exchange(scores_[place], 0);
      if (score + others > threshold()) complete(block, from + place, score);
    }
  }
}

void SparseSearch::complete(SparseBlock const& block, std::uint32_t row, double score) {
  if (essential_ > 0) {
    if (!filter_.allows(block.first() + row)) return;
    float const length = block.lengths()[row];
    for (std::size_t i = essential_; i > 0; --i) {
      if (score + sums_[i] <= threshold()) return;
      SparseCursor& cursor = cursors_[i - 1];
      cursor.advance(row);
      if (cursor.row() != row) continue;
      score += scoring_.contribution(cursor.weight(), cursor.value(), length);
      ++read_;
    }
  }
  offer(block.first() + row, score);
}

void SparseSearch::search_rows(SparseRows const& rows) {
  for (std::uint32_t row = 0, count = rows.rows(); row < count; ++row) {
    double score = 0;
    auto const* pair = rows.begin(row);
    auto const* end = rows.end(row);
    for (auto term = query_.begin(); pair < end && term < query_.end();) {
      if (pair->term < term->term) {
        ++pair;
      } else if (term->term < pair->term) {
        ++term;
      } else {
        score += scoring_.contribution(term->value, pair->value, rows.length(row));
        ++read_, ++pair, ++term;
      }
    }
    offer(rows.first() + row, score);
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
