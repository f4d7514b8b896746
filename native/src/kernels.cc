#include "kernels.h"

#include <string>

namespace braid {

#if defined(__x86_64__)
static bool has_avx2() {
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c") &&
         __builtin_cpu_supports("popcnt");
}
static bool has_avx512() {
  return has_avx2() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
}
#else
static bool has_avx2() { return false; }
static bool has_avx512() { return false; }
Distance avx2_kernel(Metric, Scalar) { return nullptr; }
Distance avx512_kernel(Metric, Scalar) { return nullptr; }
#endif

Distance distance_kernel(Isa isa, Metric metric, Scalar scalar) {
  bool const bits = metric == Metric::hamming || metric == Metric::jaccard;
  if (bits != (scalar == Scalar::b1)) return nullptr;
  switch (isa) {
    case Isa::portable: return portable_kernel(metric, scalar);
    case Isa::avx2: return has_avx2() ? avx2_kernel(metric, scalar) : nullptr;
    case Isa::avx512: return has_avx512() ? avx512_kernel(metric, scalar) : nullptr;
  }
  return nullptr;
}

Distance distance_kernel(Metric metric, Scalar scalar) {
  for (Isa isa : {Isa::avx512, Isa::avx2, Isa::portable})
    if (Distance kernel = distance_kernel(isa, metric, scalar)) return kernel;
  return nullptr;
}

char const* instruction_sets() {
  static std::string const names = [] {
    std::string list;
#if defined(__x86_64__)
    if (has_avx512()) {
      if (__builtin_cpu_supports("avx512bf16")) list += "avx512bf16 ";
      if (__builtin_cpu_supports("avx512vnni")) list += "avx512vnni ";
      if (__builtin_cpu_supports("avx512vpopcntdq")) list += "avx512vpopcntdq ";
      list += "avx512 ";
    }
    if (has_avx2()) list += "avx2 ";
#elif defined(__aarch64__)
    list += "neon ";
#endif
    return list + "portable";
  }();
  return names.c_str();
}

}  // namespace braid
