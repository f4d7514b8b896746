// Kernels for AVX-512 (F, BW, VL, DQ), with its bf16, integer dot product and bit count extensions where the machine has them.
#include "kernels.h"

#if defined(__x86_64__)
#include <immintrin.h>

#include "target.h"

BRAID_TARGET_BEGIN("avx2,fma,f16c,popcnt,avx512f,avx512bw,avx512vl,avx512dq")
#include "kernels_vector.h"

namespace braid {
namespace {

inline __mmask16 first16(std::size_t count) { return __mmask16((1u << count) - 1); }

struct Floats {
  static constexpr std::size_t width = 16;
  static __m512 zero() { return _mm512_setzero_ps(); }
  static __m512 add(__m512 a, __m512 b) { return _mm512_add_ps(a, b); }
  static __m512 subtract(__m512 a, __m512 b) { return _mm512_sub_ps(a, b); }
  static __m512 multiply_add(__m512 a, __m512 b, __m512 sum) { return _mm512_fmadd_ps(a, b, sum); }
  static float sum(__m512 v) { return _mm512_reduce_add_ps(v); }
};

struct LoadF32 {
  using Element = float;
  static __m512 load(float const* at) { return _mm512_loadu_ps(at); }
  static __m512 load_some(float const* at, std::size_t count) { return _mm512_maskz_loadu_ps(first16(count), at); }
};
struct LoadF16 {
  using Element = std::uint16_t;
  static __m512 load(std::uint16_t const* at) { return _mm512_cvtph_ps(_mm256_loadu_si256((__m256i const*)at)); }
  static __m512 load_some(std::uint16_t const* at, std::size_t count) {
    return _mm512_cvtph_ps(_mm256_maskz_loadu_epi16(first16(count), at));
  }
};
struct LoadBf16 {
  using Element = std::uint16_t;
  static __m512 wide(__m256i halves) {
    return _mm512_castsi512_ps(_mm512_slli_epi32(_mm512_cvtepu16_epi32(halves), 16));
  }
  static __m512 load(std::uint16_t const* at) { return wide(_mm256_loadu_si256((__m256i const*)at)); }
  static __m512 load_some(std::uint16_t const* at, std::size_t count) {
    return wide(_mm256_maskz_loadu_epi16(first16(count), at));
  }
};

struct Bytes {
  static constexpr std::size_t width = 32;
  static __m512i zero() { return _mm512_setzero_si512(); }
  static __m512i subtract(__m512i a, __m512i b) { return _mm512_sub_epi16(a, b); }
  static __m512i multiply_add(__m512i a, __m512i b, __m512i sum) {
    return _mm512_add_epi32(sum, _mm512_madd_epi16(a, b));
  }
  static __m512i load(std::int8_t const* at, std::size_t left) {
    if (left >= width) return _mm512_cvtepi8_epi16(_mm256_loadu_si256((__m256i const*)at));
    return _mm512_cvtepi8_epi16(_mm256_maskz_loadu_epi8(__mmask32((1u << left) - 1), at));
  }
  static double sum(__m512i v) {
    // The lanes may not fit 32 bits together.
    __m512i const low = _mm512_cvtepi32_epi64(_mm512_castsi512_si256(v));
    __m512i const high = _mm512_cvtepi32_epi64(_mm512_extracti64x4_epi64(v, 1));
    return double(_mm512_reduce_add_epi64(_mm512_add_epi64(low, high)));
  }
};

template <typename Load>
Distance of(Metric metric) {
  if (metric == Metric::l2) return vector_l2<Floats, Load>;
  return metric == Metric::ip ? vector_ip<Floats, Load> : vector_cosine<Floats, Load>;
}

}  // namespace
}  // namespace braid
BRAID_TARGET_END

BRAID_TARGET_BEGIN("avx2,fma,f16c,popcnt,avx512f,avx512bw,avx512vl,avx512dq,avx512bf16,avx512vpopcntdq")
namespace braid {
namespace {

// 32 elements: 64 bytes, one cache line.
inline __m512bh pairs(std::uint16_t const* at, std::size_t left) {
  if (left >= 32) return (__m512bh)_mm512_loadu_si512(at);
  return (__m512bh)_mm512_maskz_loadu_epi16(__mmask32((1u << left) - 1), at);
}

float bf16_ip(void const* left, void const* right, std::size_t dimensions) {
  auto const* a = static_cast<std::uint16_t const*>(left);
  auto const* b = static_cast<std::uint16_t const*>(right);
  __m512 sum0 = _mm512_setzero_ps(), sum1 = _mm512_setzero_ps();
  std::size_t i = 0;
  for (; i + 64 <= dimensions; i += 64) {
    sum0 = _mm512_dpbf16_ps(sum0, pairs(a + i, 32), pairs(b + i, 32));
    sum1 = _mm512_dpbf16_ps(sum1, pairs(a + i + 32, 32), pairs(b + i + 32, 32));
  }
  for (; i < dimensions; i += 32)
    sum0 = _mm512_dpbf16_ps(sum0, pairs(a + i, dimensions - i), pairs(b + i, dimensions - i));
  return -_mm512_reduce_add_ps(_mm512_add_ps(sum0, sum1));
}

float bf16_cosine(void const* left, void const* right, std::size_t dimensions) {
  auto const* a = static_cast<std::uint16_t const*>(left);
  auto const* b = static_cast<std::uint16_t const*>(right);
  __m512 ab = _mm512_setzero_ps(), aa = ab, bb = ab;
  for (std::size_t i = 0; i < dimensions; i += 32) {
    __m512bh const x = pairs(a + i, dimensions - i), y = pairs(b + i, dimensions - i);
    ab = _mm512_dpbf16_ps(ab, x, y);
    aa = _mm512_dpbf16_ps(aa, x, x);
    bb = _mm512_dpbf16_ps(bb, y, y);
  }
  return cosine_distance(_mm512_reduce_add_ps(ab), _mm512_reduce_add_ps(aa), _mm512_reduce_add_ps(bb));
}

inline __m512i bits512(unsigned char const* at, std::size_t left) {
  if (left >= 64) return _mm512_loadu_si512(at);
  return _mm512_maskz_loadu_epi8((1ull << left) - 1, at);
}

float hamming(void const* left, void const* right, std::size_t bits) {
  auto const* a = static_cast<unsigned char const*>(left);
  auto const* b = static_cast<unsigned char const*>(right);
  __m512i different = _mm512_setzero_si512();
  for (std::size_t at = 0, bytes = bits / 8; at < bytes; at += 64) {
    __m512i const x = bits512(a + at, bytes - at), y = bits512(b + at, bytes - at);
    different = _mm512_add_epi64(different, _mm512_popcnt_epi64(_mm512_xor_si512(x, y)));
  }
  return float(_mm512_reduce_add_epi64(different));
}

float jaccard(void const* left, void const* right, std::size_t bits) {
  auto const* a = static_cast<unsigned char const*>(left);
  auto const* b = static_cast<unsigned char const*>(right);
  __m512i both = _mm512_setzero_si512(), either = both;
  for (std::size_t at = 0, bytes = bits / 8; at < bytes; at += 64) {
    __m512i const x = bits512(a + at, bytes - at), y = bits512(b + at, bytes - at);
    both = _mm512_add_epi64(both, _mm512_popcnt_epi64(_mm512_and_si512(x, y)));
    either = _mm512_add_epi64(either, _mm512_popcnt_epi64(_mm512_or_si512(x, y)));
  }
  long long const all = _mm512_reduce_add_epi64(either);
  return all ? 1 - float(_mm512_reduce_add_epi64(both)) / float(all) : 0;
}

}  // namespace
}  // namespace braid
BRAID_TARGET_END

namespace braid {

Distance avx512_kernel(Metric metric, Scalar scalar) {
  switch (scalar) {
    case Scalar::f32: return of<LoadF32>(metric);
    case Scalar::f16: return of<LoadF16>(metric);
    case Scalar::bf16:
      if (metric != Metric::l2 && __builtin_cpu_supports("avx512bf16")) return metric == Metric::ip ? bf16_ip : bf16_cosine;
      return of<LoadBf16>(metric);
    case Scalar::i8:
      if (metric == Metric::l2) return integer_l2<Bytes>;
      return metric == Metric::ip ? integer_ip<Bytes> : integer_cosine<Bytes>;
    case Scalar::b1:
      if (!__builtin_cpu_supports("avx512vpopcntdq")) return nullptr;
      return metric == Metric::hamming ? hamming : jaccard;
  }
  return nullptr;
}

}  // namespace braid
#endif
