// Kernels in plain C++. They accumulate in sixteen lanes, which a compiler may turn into vector instructions without being
// allowed to reorder floating point sums: on arm64 this is the NEON kernel.
#include "kernels.h"

namespace braid {
namespace {

constexpr std::size_t kLanes = 16;

struct F32 {
  using Element = float;
  static float load(float const* at) { return *at; }
};
struct F16 {
#if defined(__aarch64__)
  using Element = __fp16;
  static float load(__fp16 const* at) { return float(*at); }
#else
  using Element = std::uint16_t;
  static float load(std::uint16_t const* at) { return f16_to_f32(*at); }
#endif
};
struct Bf16 {
  using Element = std::uint16_t;
  static float load(std::uint16_t const* at) { return bf16_to_f32(*at); }
};
struct I8 {
  using Element = std::int8_t;
  static float load(std::int8_t const* at) { return float(*at); }
};

template <typename Type>
float l2(void const* left, void const* right, std::size_t dimensions) {
  auto const* a = static_cast<typename Type::Element const*>(left);
  auto const* b = static_cast<typename Type::Element const*>(right);
  float lanes[kLanes] = {};
  std::size_t i = 0;
  for (; i + kLanes <= dimensions; i += kLanes)
    for (std::size_t lane = 0; lane < kLanes; ++lane) {
      float const difference = Type::load(a + i + lane) - Type::load(b + i + lane);
      lanes[lane] += difference * difference;
    }
  for (std::size_t lane = 0; i < dimensions; ++i, ++lane) {
    float const difference = Type::load(a + i) - Type::load(b + i);
    lanes[lane] += difference * difference;
  }
  float sum = 0;
  for (float lane : lanes) sum += lane;
  return sum;
}

template <typename Type>
float dot(void const* left, void const* right, std::size_t dimensions) {
  auto const* a = static_cast<typename Type::Element const*>(left);
  auto const* b = static_cast<typename Type::Element const*>(right);
  float lanes[kLanes] = {};
  std::size_t i = 0;
  for (; i + kLanes <= dimensions; i += kLanes)
    for (std::size_t lane = 0; lane < kLanes; ++lane) lanes[lane] += Type::load(a + i + lane) * Type::load(b + i + lane);
  for (std::size_t lane = 0; i < dimensions; ++i, ++lane) lanes[lane] += Type::load(a + i) * Type::load(b + i);
  float sum = 0;
  for (float lane : lanes) sum += lane;
  return sum;
}

template <typename Type>
float ip(void const* a, void const* b, std::size_t dimensions) {
  return -dot<Type>(a, b, dimensions);
}

template <typename Type>
float cosine(void const* a, void const* b, std::size_t dimensions) {
  return cosine_distance(dot<Type>(a, b, dimensions), dot<Type>(a, a, dimensions), dot<Type>(b, b, dimensions));
}

// Bits are counted eight bytes at a time; the last word is filled up with zeros, which add nothing.
template <typename Count>
void each_word(void const* left, void const* right, std::size_t bits, Count count) {
  auto const* a = static_cast<unsigned char const*>(left);
  auto const* b = static_cast<unsigned char const*>(right);
  for (std::size_t at = 0, bytes = bits / 8; at < bytes; at += 8) {
    std::uint64_t x = 0, y = 0;
    std::size_t const length = bytes - at < 8 ? bytes - at : 8;
    std::memcpy(&x, a + at, length);
    std::memcpy(&y, b + at, length);
    count(x, y);
  }
}

float hamming(void const* a, void const* b, std::size_t bits) {
  std::size_t different = 0;
  each_word(a, b, bits, [&](std::uint64_t x, std::uint64_t y) { different += std::size_t(__builtin_popcountll(x ^ y)); });
  return float(different);
}

float jaccard(void const* a, void const* b, std::size_t bits) {
  std::size_t both = 0, either = 0;
  each_word(a, b, bits, [&](std::uint64_t x, std::uint64_t y) {
    both += std::size_t(__builtin_popcountll(x & y));
    either += std::size_t(__builtin_popcountll(x | y));
  });
  return either ? 1 - float(both) / float(either) : 0;
}

template <typename Type>
Distance of(Metric metric) {
  if (metric == Metric::l2) return l2<Type>;
  return metric == Metric::ip ? ip<Type> : cosine<Type>;
}

}  // namespace

Distance portable_kernel(Metric metric, Scalar scalar) {
  switch (scalar) {
    case Scalar::f32: return of<F32>(metric);
    case Scalar::f16: return of<F16>(metric);
    case Scalar::bf16: return of<Bf16>(metric);
    case Scalar::i8: return of<I8>(metric);
    case Scalar::b1: return metric == Metric::hamming ? hamming : jaccard;
  }
  return nullptr;
}

}  // namespace braid
