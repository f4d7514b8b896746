// Which rows a search may return.
#pragma once
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <vector>

namespace braid {

// One bit per row, least significant bit first. No bits at all: every row below `rows`.
class Filter {
 public:
  Filter(std::uint8_t const* bits, std::uint32_t rows) : bits_(bits), rows_(rows) {}

  std::uint32_t rows() const { return rows_; }
  bool has_bits() const { return bits_ != nullptr; }
  bool allows(std::uint32_t row) const { return row < rows_ && (!bits_ || (bits_[row / 8] >> (row % 8) & 1)); }

  std::uint64_t count() const {
    if (!bits_) return rows_;
    std::uint64_t count = 0;
    for (std::uint32_t at = 0; at < rows_; at += 64) count += std::uint64_t(__builtin_popcountll(word(at)));
    return count;
  }

  // Calls `use(row)` for every allowed row in [from, to), in order. Costs what is allowed, and a sixty-fourth of what is not.
  template <typename Use>
  void each(std::uint32_t from, std::uint32_t to, Use use) const {
    to = std::min(to, rows_);
    if (!bits_) {
      for (std::uint32_t row = from; row < to; ++row) use(row);
      return;
    }
    for (std::uint32_t at = from / 64 * 64; at < to; at += 64) {
      std::uint64_t left = word(at);
      if (at < from) left &= ~std::uint64_t(0) << (from - at);
      if (to - at < 64) left &= (std::uint64_t(1) << (to - at)) - 1;
      for (; left; left &= left - 1) use(at + std::uint32_t(__builtin_ctzll(left)));
    }
  }

  // Up to `count` allowed rows below `to`, spread over all of them.
  std::vector<std::uint32_t> sample(std::uint32_t to, std::uint32_t count) const {
    std::vector<std::uint32_t> rows;
    to = std::min(to, rows_);
    for (std::uint32_t i = 0; i < count; ++i) {
      std::uint32_t const from = std::uint32_t(std::uint64_t(to) * i / count);
      std::uint32_t const end = std::uint32_t(std::uint64_t(to) * (i + 1) / count);
      for (std::uint32_t at = from / 64 * 64; at < end; at += 64) {
        std::uint64_t left = word(at);
        if (at < from) left &= ~std::uint64_t(0) << (from - at);
        if (end - at < 64) left &= (std::uint64_t(1) << (end - at)) - 1;
        if (!left) continue;
        rows.push_back(at + std::uint32_t(__builtin_ctzll(left)));
        break;
      }
    }
    return rows;
  }

 private:
  // 64 bits from a multiple of 64 on; those at or beyond `rows_` are zero, and their bytes are not read.
  std::uint64_t word(std::uint32_t at) const {
    std::uint64_t word = ~std::uint64_t(0);
    std::uint32_t const left = rows_ - at;
    if (bits_) {
      word = 0;
      std::memcpy(&word, bits_ + at / 8, left >= 64 ? 8 : (left + 7) / 8);
    }
    return left >= 64 ? word : word & ((std::uint64_t(1) << left) - 1);
  }

  std::uint8_t const* bits_;
  std::uint32_t rows_;
};

}  // namespace braid
