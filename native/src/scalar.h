// The element types of a row, and the conversions between them.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace braid {

// The order is that of the table in native/addon.ts: both sides pass these as small integers.
enum class Scalar : std::uint8_t { f32, f16, bf16, i8, b1 };

inline std::size_t row_bytes(Scalar scalar, std::size_t dimensions) {
  switch (scalar) {
    case Scalar::f32: return dimensions * 4;
    case Scalar::f16:
    case Scalar::bf16: return dimensions * 2;
    case Scalar::i8: return dimensions;
    case Scalar::b1: return dimensions / 8;
  }
  return 0;
}

inline float bf16_to_f32(std::uint16_t bits) {
  std::uint32_t const wide = std::uint32_t(bits) << 16;
  float value;
  std::memcpy(&value, &wide, 4);
  return value;
}

// Rounds to nearest even. A NaN keeps its quiet bit, or the rounding could carry it into an infinity.
inline std::uint16_t f32_to_bf16(float value) {
  std::uint32_t bits;
  std::memcpy(&bits, &value, 4);
  if ((bits & 0x7fffffffu) > 0x7f800000u) return std::uint16_t((bits >> 16) | 0x40);
  return std::uint16_t((bits + 0x7fffu + ((bits >> 16) & 1)) >> 16);
}

float f16_to_f32(std::uint16_t bits);
std::uint16_t f32_to_f16(float value);

// Widens a row of any scalar; bits, the most significant of a byte first, become 0 and 1.
void widen(Scalar from, void const* row, float* out, std::size_t dimensions);

// Narrows to f32, f16 or bf16. (To i8 see copy_format.h: it needs a scale.)
void narrow(Scalar to, float const* values, void* out, std::size_t dimensions);

}  // namespace braid
