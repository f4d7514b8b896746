#include "scalar.h"

namespace braid {

float f16_to_f32(std::uint16_t bits) {
  std::uint32_t const sign = std::uint32_t(bits & 0x8000u) << 16;
  std::uint32_t exponent = (bits >> 10) & 0x1f;
  std::uint32_t mantissa = bits & 0x3ffu;
  std::uint32_t wide;
  if (exponent == 0x1f) {
    wide = sign | 0x7f800000u | (mantissa << 13);
  } else if (exponent != 0) {
    wide = sign | ((exponent + 112) << 23) | (mantissa << 13);
  } else if (mantissa == 0) {
    wide = sign;
  } else {
    // A subnormal half is a normal float: shift the leading one into place.
    exponent = 113;
    while (!(mantissa & 0x400u)) {
      mantissa <<= 1;
      --exponent;
    }
    wide = sign | (exponent << 23) | ((mantissa & 0x3ffu) << 13);
  }
  float value;
  std::memcpy(&value, &wide, 4);
  return value;
}

std::uint16_t f32_to_f16(float value) {
  std::uint32_t bits;
  std::memcpy(&bits, &value, 4);
  std::uint16_t const sign = std::uint16_t((bits >> 16) & 0x8000u);
  std::uint32_t const magnitude = bits & 0x7fffffffu;
  if (magnitude > 0x7f800000u) return sign | 0x7e00u;
  if (magnitude >= 0x47800000u) return sign | 0x7c00u;  // 65536 and beyond, infinity included
  std::uint32_t const exponent = magnitude >> 23;
  if (exponent < 102) return sign;  // below half of the smallest subnormal
  std::uint32_t const shift = exponent < 113 ? 126 - exponent : 13;
  std::uint32_t const mantissa = exponent < 113 ? (magnitude & 0x7fffffu) | 0x800000u : magnitude - (112u << 23);
  std::uint32_t const half = 1u << (shift - 1);
  // Ties to even; a carry out of the mantissa runs into the exponent, which is what rounding up means.
  return std::uint16_t(sign | ((mantissa + half - 1 + ((mantissa >> shift) & 1)) >> shift));
}

void widen(Scalar from, void const* row, float* out, std::size_t dimensions) {
  auto const* words = static_cast<std::uint16_t const*>(row);
  auto const* bytes = static_cast<std::int8_t const*>(row);
  switch (from) {
    case Scalar::f32: std::memcpy(out, row, dimensions * 4); break;
    case Scalar::f16:
      for (std::size_t i = 0; i < dimensions; ++i) out[i] = f16_to_f32(words[i]);
      break;
    case Scalar::bf16:
      for (std::size_t i = 0; i < dimensions; ++i) out[i] = bf16_to_f32(words[i]);
      break;
    case Scalar::i8:
      for (std::size_t i = 0; i < dimensions; ++i) out[i] = bytes[i];
      break;
    case Scalar::b1:
      for (std::size_t i = 0; i < dimensions; ++i) out[i] = static_cast<std::uint8_t const*>(row)[i / 8] >> (7 - i % 8) & 1;
      break;
  }
}

void narrow(Scalar to, float const* values, void* out, std::size_t dimensions) {
  auto* words = static_cast<std::uint16_t*>(out);
  if (to == Scalar::f32) std::memcpy(out, values, dimensions * 4);
  if (to == Scalar::f16)
    for (std::size_t i = 0; i < dimensions; ++i) words[i] = f32_to_f16(values[i]);
  if (to == Scalar::bf16)
    for (std::size_t i = 0; i < dimensions; ++i) words[i] = f32_to_bf16(values[i]);
}

}  // namespace braid
