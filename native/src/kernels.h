// Distances between two rows of one scalar type, "smaller is nearer" for every metric.
//
// Every kernel exists in portable C++; x86 machines get AVX2 and AVX-512 ones, chosen when the addon is loaded, so that one
// binary runs anywhere. usearch's own kernels are not used: its f32 ones accumulate in f64 and cost 1.6 to 2.2 times as much,
// and its i8 ones normalise, which is wrong for l2.
#pragma once
#include <cmath>
#include <cstddef>
#include <cstdint>

#include "scalar.h"

namespace braid {

// The order is that of the table in native/addon.ts.
enum class Metric : std::uint8_t { l2, ip, cosine, hamming, jaccard };

// `dimensions` counts elements; bits for b1 (always a multiple of 8).
using Distance = float (*)(void const* a, void const* b, std::size_t dimensions);

// A zero vector has no direction: its similarity to everything is 0.
inline float cosine_distance(float ab, float aa, float bb) {
  float const norms = aa * bb;
  return norms > 0 ? -ab / std::sqrt(norms) : 0;
}

enum class Isa : std::uint8_t { portable, avx2, avx512 };

// The best kernel of this machine; null for a pair that makes no sense (l2 over b1, hamming over f32).
Distance distance_kernel(Metric metric, Scalar scalar);

// The kernel of one instruction set, for tests that compare them; null where this machine or the pair has none.
Distance distance_kernel(Isa isa, Metric metric, Scalar scalar);

// Names of the instruction sets the kernels use on this machine, best first, space separated; ends with "portable".
char const* instruction_sets();

// One file each. Null where that set has nothing better than the next lower one.
Distance portable_kernel(Metric metric, Scalar scalar);
Distance avx2_kernel(Metric metric, Scalar scalar);
Distance avx512_kernel(Metric metric, Scalar scalar);

}  // namespace braid
