// Kernels for AVX2, FMA and F16C: every x86 server since 2013.
#include "kernels.h"

#if defined(__x86_64__)
#include <immintrin.h>

#include "target.h"

BRAID_TARGET_BEGIN("avx2,fma,f16c,popcnt")
#include "kernels_vector.h"

namespace braid {
namespace {

struct Floats {
  static constexpr std::size_t width = 8;
  static __m256 zero() { return _mm256_setzero_ps(); }
  static __m256 add(__m256 a, __m256 b) { return _mm256_add_ps(a, b); }
  static __m256 subtract(__m256 a, __m256 b) { return _mm256_sub_ps(a, b); }
  static __m256 multiply_add(__m256 a, __m256 b, __m256 sum) { return _mm256_fmadd_ps(a, b, sum); }
  static float sum(__m256 v) {
    __m128 half = _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps(v, 1));
    half = _mm_add_ps(half, _mm_movehl_ps(half, half));
    return _mm_cvtss_f32(_mm_add_ss(half, _mm_movehdup_ps(half)));
  }
};

// A tail is copied into a zeroed register's worth of memory: reading past a row could cross into an unmapped page.
template <typename Type>
struct Tail : Type {
  static __m256 load_some(typename Type::Element const* at, std::size_t count) {
    if (count == Floats::width) return Type::load(at);
    typename Type::Element padded[Floats::width] = {};
    std::memcpy(padded, at, count * sizeof(padded[0]));
    return Type::load(padded);
  }
};
struct LoadF32 {
  using Element = float;
  static __m256 load(float const* at) { return _mm256_loadu_ps(at); }
};
struct LoadF16 {
  using Element = std::uint16_t;
  static __m256 load(std::uint16_t const* at) { return _mm256_cvtph_ps(_mm_loadu_si128((__m128i const*)at)); }
};
struct LoadBf16 {
  using Element = std::uint16_t;
  static __m256 load(std::uint16_t const* at) {
    __m256i const wide = _mm256_cvtepu16_epi32(_mm_loadu_si128((__m128i const*)at));
    return _mm256_castsi256_ps(_mm256_slli_epi32(wide, 16));
  }
};

struct Bytes {
  static constexpr std::size_t width = 16;
  static __m256i zero() { return _mm256_setzero_si256(); }
  static __m256i subtract(__m256i a, __m256i b) { return _mm256_sub_epi16(a, b); }
  static __m256i multiply_add(__m256i a, __m256i b, __m256i sum) {
    return _mm256_add_epi32(sum, _mm256_madd_epi16(a, b));
  }
  static __m256i load(std::int8_t const* at, std::size_t left) {
    if (left >= width) return _mm256_cvtepi8_epi16(_mm_loadu_si128((__m128i const*)at));
    std::int8_t padded[width] = {};
    std::memcpy(padded, at, left);
    return _mm256_cvtepi8_epi16(_mm_loadu_si128((__m128i const*)padded));
  }
  static double sum(__m256i v) {
    std::int32_t lanes[8];
    _mm256_storeu_si256((__m256i*)lanes, v);
    double total = 0;
    for (std::int32_t lane : lanes) total += lane;
    return total;
  }
};

template <typename Count>
void each_word(void const* left, void const* right, std::size_t bits, Count count) {
  auto const* a = static_cast<unsigned char const*>(left);
  auto const* b = static_cast<unsigned char const*>(right);
  std::size_t const bytes = bits / 8;
  std::size_t at = 0;
  std::uint64_t x = 0, y = 0;
  for (; at + 8 <= bytes; at += 8) {
    std::memcpy(&x, a + at, 8);
    std::memcpy(&y, b + at, 8);
    count(x, y);
  }
  x = y = 0;
  std::memcpy(&x, a + at, bytes - at);
  std::memcpy(&y, b + at, bytes - at);
  count(x, y);
}

float hamming(void const* a, void const* b, std::size_t bits) {
  long long different = 0;
  each_word(a, b, bits, [&](std::uint64_t x, std::uint64_t y) { different += _mm_popcnt_u64(x ^ y); });
  return float(different);
}

float jaccard(void const* a, void const* b, std::size_t bits) {
  long long both = 0, either = 0;
  each_word(a, b, bits, [&](std::uint64_t x, std::uint64_t y) {
    both += _mm_popcnt_u64(x & y);
    either += _mm_popcnt_u64(x | y);
  });
  return either ? 1 - float(both) / float(either) : 0;
}

template <typename Load>
Distance of(Metric metric) {
  if (metric == Metric::l2) return vector_l2<Floats, Tail<Load>>;
  return metric == Metric::ip ? vector_ip<Floats, Tail<Load>> : vector_cosine<Floats, Tail<Load>>;
}

}  // namespace

Distance avx2_kernel(Metric metric, Scalar scalar) {
  switch (scalar) {
    case Scalar::f32: return of<LoadF32>(metric);
    case Scalar::f16: return of<LoadF16>(metric);
    case Scalar::bf16: return of<LoadBf16>(metric);
    case Scalar::i8:
      if (metric == Metric::l2) return integer_l2<Bytes>;
      return metric == Metric::ip ? integer_ip<Bytes> : integer_cosine<Bytes>;
    case Scalar::b1: return metric == Metric::hamming ? hamming : jaccard;
  }
  return nullptr;
}

}  // namespace braid

BRAID_TARGET_END
#endif
