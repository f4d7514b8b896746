#include "sparse_index.h"

#include <algorithm>

namespace braid {
namespace {

// A run of rows: small enough to be scanned by every search until it is in postings.
constexpr std::uint32_t kRunRows = 16'384;
constexpr std::uint32_t kRunPairs = 1 << 20;
// What is sorted at once: 12 bytes a pair, twice.
constexpr std::uint64_t kSortPairs = 4 << 20;

}  // namespace

std::uint32_t SparseIndex::rows() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return rows_;
}

std::uint32_t SparseIndex::indexed() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return blocks_.empty() ? 0 : blocks_.back()->first() + blocks_.back()->rows();
}

std::size_t SparseIndex::memory_bytes() const {
  std::size_t bytes = 0;
  auto const [blocks, tail] = snapshot();
  for (auto const& block : blocks) bytes += block->memory_bytes();
  for (auto const& rows : tail) bytes += rows->memory_bytes();
  return bytes;
}

void SparseIndex::append(std::uint8_t const* bytes, std::uint32_t const* offsets, std::uint32_t count) {
  std::lock_guard<std::mutex> lock(mutex_);
  for (std::uint32_t from = 0; from < count;) {
    std::uint32_t const part = std::min(count - from, kRunRows);
    std::uint64_t const pairs = (offsets[from + part] - offsets[from]) / sizeof(SparsePair);
    if (!open_ || !tail_.back()->has_room(part, pairs)) {
      auto const room = std::uint32_t(std::max<std::uint64_t>(pairs, kRunPairs));
      tail_.push_back(std::make_shared<SparseRows>(rows_, kRunRows, room));
      open_ = true;
    }
    tail_.back()->append(bytes, offsets + from, part);
    from += part;
    rows_ += part;
  }
}

void SparseIndex::index(bool everything) {
  std::lock_guard<std::mutex> indexing(indexing_);
  auto const full = take_full(everything);
  std::vector<std::shared_ptr<SparseBlock const>> fresh;
  for (std::size_t from = 0; from < full.size();) {
    std::size_t end = from;
    for (std::uint64_t pairs = 0; end < full.size() && (end == from || pairs + full[end]->pairs() <= kSortPairs); ++end) {
      pairs += full[end]->pairs();
    }
    fresh.push_back(SparseBlock::from_rows({full.begin() + from, full.begin() + end}));
    from = end;
  }
  // Only this call changes the blocks: the old ones need no lock to be read.
  std::vector<std::shared_ptr<SparseBlock const>> kept = blocks_;
  if (fresh.empty() && !(everything && kept.size() > 1)) return;
  std::uint64_t pairs = 0;
  for (auto const& block : fresh) pairs += block->pairs();
  while (!kept.empty() && (everything || kept.back()->pairs() < 2 * pairs)) {
    pairs += kept.back()->pairs();
    fresh.insert(fresh.begin(), kept.back());
    kept.pop_back();
  }
  kept.push_back(SparseBlock::from_blocks(fresh));
  std::lock_guard<std::mutex> lock(mutex_);
  blocks_ = std::move(kept);
  tail_.erase(tail_.begin(), tail_.begin() + full.size());
}

SparseSnapshot SparseIndex::snapshot() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return {blocks_, {tail_.begin(), tail_.end()}};
}

std::vector<std::shared_ptr<SparseRows const>> SparseIndex::take_full(bool everything) {
  std::lock_guard<std::mutex> lock(mutex_);
  if (everything) open_ = false;
  return {tail_.begin(), tail_.end() - (open_ ? 1 : 0)};
}

}  // namespace braid
