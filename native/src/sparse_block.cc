#include "sparse_block.h"

#include <algorithm>
#include <array>
#include <queue>
#include <utility>

namespace braid {
namespace {

struct Entry {
  std::uint32_t term;
  std::uint32_t row;
  float value;
};

// By term, rows of one term in the order they have: least significant digit first, digits that are all equal passed over.
void sort_by_term(std::vector<Entry>& entries) {
  constexpr int kBits = 11;
  constexpr std::uint32_t kMask = (1u << kBits) - 1;
  std::vector<Entry> other(entries.size());
  for (int shift = 0; shift < 32; shift += kBits) {
    std::array<std::size_t, kMask + 1> places{};
    for (Entry const& entry : entries) ++places[entry.term >> shift & kMask];
    if (std::find(places.begin(), places.end(), entries.size()) != places.end()) continue;
    std::size_t start = 0;
    for (std::size_t& place : places) start += std::exchange(place, start);
    for (Entry const& entry : entries) other[places[entry.term >> shift & kMask]++] = entry;
    entries.swap(other);
  }
}

}  // namespace

std::shared_ptr<SparseBlock const> SparseBlock::from_rows(std::vector<std::shared_ptr<SparseRows const>> const& parts) {
  std::shared_ptr<SparseBlock> block(new SparseBlock());
  block->first_ = parts.front()->first();
  std::vector<Entry> entries;
  std::uint64_t pairs = 0;
  for (auto const& part : parts) pairs += part->pairs();
  entries.reserve(pairs);
  for (auto const& part : parts) {
    for (std::uint32_t row = 0, count = part->rows(); row < count; ++row) {
      std::uint32_t const place = part->first() - block->first_ + row;
      for (auto const* pair = part->begin(row); pair < part->end(row); ++pair) {
        entries.push_back({pair->term, place, pair->value});
      }
      block->lengths_.push_back(part->length(row));
      block->total_ += part->length(row);
    }
  }
  sort_by_term(entries);
  block->reserve(entries.size());
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (i > 0 && entries[i].term != entries[i - 1].term) block->starts_.push_back(i);
    if (i == 0 || entries[i].term != entries[i - 1].term) block->terms_.push_back(entries[i].term);
    block->rows_[i] = entries[i].row;
    block->values_[i] = entries[i].value;
  }
  if (!entries.empty()) block->starts_.push_back(entries.size());
  block->find_peaks();
  return block;
}

std::shared_ptr<SparseBlock const> SparseBlock::from_blocks(
    std::vector<std::shared_ptr<SparseBlock const>> const& parts) {
  if (parts.size() == 1) return parts.front();
  std::shared_ptr<SparseBlock> block(new SparseBlock());
  block->first_ = parts.front()->first_;
  std::uint64_t pairs = 0;
  // Term, number of the part, place in the part's terms; the smallest on top.
  using Head = std::pair<std::pair<std::uint32_t, std::size_t>, std::size_t>;
  std::priority_queue<Head, std::vector<Head>, std::greater<Head>> heads;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    SparseBlock const& part = *parts[i];
    pairs += part.pairs();
    block->lengths_.insert(block->lengths_.end(), part.lengths_.begin(), part.lengths_.end());
    block->total_ += part.total_;
    if (!part.terms_.empty()) heads.push({{part.terms_[0], i}, 0});
  }
  block->reserve(pairs);
  std::uint64_t at = 0;
  while (!heads.empty()) {
    auto const [key, place] = heads.top();
    heads.pop();
    auto const [term, number] = key;
    SparseBlock const& part = *parts[number];
    if (block->terms_.empty() || block->terms_.back() != term) {
      if (!block->terms_.empty()) block->starts_.push_back(at);
      block->terms_.push_back(term);
    }
    Postings const postings = part.postings(place);
    std::uint32_t const shift = part.first_ - block->first_;
    for (std::size_t i = 0; i < postings.count; ++i, ++at) {
      block->rows_[at] = postings.rows[i] + shift;
      block->values_[at] = postings.values[i];
    }
    if (place + 1 < part.terms_.size()) heads.push({{part.terms_[place + 1], number}, place + 1});
  }
  if (!block->terms_.empty()) block->starts_.push_back(at);
  block->find_peaks();
  return block;
}

std::size_t SparseBlock::memory_bytes() const {
  return lengths_.capacity() * 4 + terms_.capacity() * 4 + starts_.capacity() * 8 + pairs() * 8 +
         pairs() / Postings::kRun * sizeof(Peak);
}

Postings SparseBlock::find(std::uint32_t term) const {
  auto const found = std::lower_bound(terms_.begin(), terms_.end(), term);
  if (found == terms_.end() || *found != term) return {nullptr, nullptr, 0, nullptr};
  return postings(std::size_t(found - terms_.begin()));
}

void SparseBlock::reserve(std::uint64_t pairs) {
  rows_.reset(new std::uint32_t[pairs]);
  values_.reset(new float[pairs]);
  peaks_.reset(new Peak[pairs / Postings::kRun]);
}

void SparseBlock::find_peaks() {
  for (std::size_t place = 0; place < terms_.size(); ++place) {
    std::uint64_t const start = starts_[place];
    std::size_t const count = postings(place).peak_count();
    for (std::size_t run = 0; run < count; ++run) {
      std::uint64_t const from = start + run * Postings::kRun;
      std::uint64_t const end = run + 1 < count ? from + Postings::kRun : starts_[place + 1];
      Peak peak{values_[from], lengths_[rows_[from]]};
      for (std::uint64_t i = from + 1; i < end; ++i) {
        peak = {std::max(peak.value, values_[i]), std::min(peak.length, lengths_[rows_[i]])};
      }
      peaks_[start / Postings::kRun + run] = peak;
    }
  }
}

Postings SparseBlock::postings(std::size_t place) const {
  std::uint64_t const start = starts_[place];
  return {&rows_[start], &values_[start], std::size_t(starts_[place + 1] - start), &peaks_[start / Postings::kRun]};
}

}  // namespace braid
