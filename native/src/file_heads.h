// The first 64 bytes of the files of a store, which say what is in them. All numbers are little endian.
//
// `.graph` begins as every file of usearch does that leaves its vectors out (`index_dense_head_t` in usearch/index_dense.hpp),
// followed by the serialised `index_gt`. So usearch itself can open it: put the number of rows and the bytes of a row (two 32-bit
// numbers) and the rows of `.vectors` in front (or of `.rows`, where the graph keeps no copy).
// `.vectors` has a head of our own, because usearch's, of 8 bytes, would put every row across two cache lines; so has `.lists`.
#pragma once
#include <array>
#include <cstddef>
#include <cstdint>

#include "row_kind.h"

namespace braid {

constexpr std::size_t kHeadBytes = 64;
using Head = std::array<std::uint8_t, kHeadBytes>;

Head graph_head(RowKind const& kind, std::uint64_t rows);

// How the copies were made; `step` and `offset` are those of i8, 0 for other scalars.
struct CopyNumbers {
  std::size_t stride;
  float step;
  float offset;
};
Head vectors_head(RowKind const& kind, std::uint64_t rows, CopyNumbers const& numbers);
// What such a head names; it may be any 64 bytes.
CopyNumbers copy_numbers_of(std::uint8_t const* head);

Head lists_head(RowKind const& kind, std::uint64_t rows, std::uint64_t lists);
std::uint64_t lists_of(std::uint8_t const* head);

}  // namespace braid
