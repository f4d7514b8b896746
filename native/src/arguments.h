// Taking apart arguments that native/native.ts has checked.
#pragma once
#include <napi.h>

#include <cstdint>

namespace braid {

inline std::uint32_t number_at(Napi::CallbackInfo const& info, std::size_t index) {
  return info[index].As<Napi::Number>().Uint32Value();
}

// The bytes of a Uint8Array, wherever it begins in its buffer; null for undefined.
inline std::uint8_t const* bytes_at(Napi::CallbackInfo const& info, std::size_t index) {
  if (info[index].IsUndefined()) return nullptr;
  void* data = nullptr;
  napi_get_typedarray_info(info.Env(), info[index], nullptr, nullptr, &data, nullptr, nullptr);
  return static_cast<std::uint8_t const*>(data);
}

}  // namespace braid
