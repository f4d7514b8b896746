#include "sparse_rows.h"

#include <cstring>

namespace braid {

SparseRows::SparseRows(std::uint32_t first, std::uint32_t rows_max, std::uint32_t pairs_max)
    : first_(first),
      rows_max_(rows_max),
      pairs_max_(pairs_max),
      starts_(new std::uint32_t[std::size_t(rows_max) + 1]),
      pairs_(new SparsePair[pairs_max]),
      lengths_(new float[rows_max]) {
  starts_[0] = 0;
}

double SparseRows::total() const {
  double total = 0;
  for (std::uint32_t row = 0, end = rows(); row < end; ++row) total += lengths_[row];
  return total;
}

std::size_t SparseRows::memory_bytes() const {
  return std::size_t(rows()) * 8 + pairs() * sizeof(SparsePair);
}

bool SparseRows::has_room(std::uint32_t rows, std::uint64_t pairs) const {
  return this->rows() + rows <= rows_max_ && this->pairs() + pairs <= pairs_max_;
}

void SparseRows::append(std::uint8_t const* bytes, std::uint32_t const* offsets, std::uint32_t count) {
  std::uint32_t const from = rows();
  std::uint32_t at = starts_[from];
  std::memcpy(&pairs_[at], bytes + offsets[0], offsets[count] - offsets[0]);
  for (std::uint32_t i = 0; i < count; ++i) {
    std::uint32_t const end = at + (offsets[i + 1] - offsets[i]) / sizeof(SparsePair);
    float length = 0;
    for (; at < end; ++at) length += pairs_[at].value;
    lengths_[from + i] = length;
    starts_[from + i + 1] = end;
  }
  count_.store(from + count, std::memory_order_release);
}

}  // namespace braid
