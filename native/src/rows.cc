#include "rows.h"

namespace braid {
namespace {

constexpr unsigned kRowBits = 31;  // LIMITS.rowsMax in native/limits.ts is below 2^31
constexpr std::size_t kChunkBytes = std::size_t(64) << 20;

}  // namespace

Rows::Rows(std::size_t stride) : stride_(stride), shift_(0) {
  while (shift_ + 1 < kRowBits && (stride << (shift_ + 1)) <= kChunkBytes) ++shift_;
  mask_ = (std::uint32_t(1) << shift_) - 1;
  table_ = std::make_unique<Pages>((std::size_t(1) << (kRowBits - shift_)) * sizeof(std::uint8_t*));
  chunks_ = reinterpret_cast<std::uint8_t const**>(table_->data());
}

Rows::Rows(std::uint8_t const* data, std::size_t stride)
    : stride_(stride), shift_(kRowBits), mask_((std::uint32_t(1) << kRowBits) - 1), mapped_(data), chunks_(&mapped_) {}

void Rows::reserve(std::uint32_t from, std::uint32_t to) {
  for (std::uint32_t row = from; row < to; row = chunk_end(row)) {
    std::size_t const chunk = row >> shift_;
    if (chunk < pages_.size()) continue;
    pages_.push_back(std::make_unique<Pages>(stride_ << shift_));
    pages_.back()->prefer_huge(chunk == 0 ? Pages::kSmallBytes : 0);
    chunks_[chunk] = pages_.back()->data();
  }
}

}  // namespace braid
