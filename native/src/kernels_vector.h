// The float kernels, written once for every vector width.
//
// Include this behind a target pragma, with a `Vector` that wraps the registers of that target: the pragma applies to templates
// where they are defined, and `Vector` (in an anonymous namespace) keeps the instances of two files apart.
//
// Two accumulators hide the latency of a fused multiply-add behind the next load; more gained nothing, rows come from memory.

namespace braid {
namespace {

template <typename Vector, typename Type>
float vector_l2(void const* left, void const* right, std::size_t dimensions) {
  auto const* a = static_cast<typename Type::Element const*>(left);
  auto const* b = static_cast<typename Type::Element const*>(right);
  constexpr std::size_t width = Vector::width;
  auto sum0 = Vector::zero(), sum1 = Vector::zero();
  std::size_t i = 0;
  for (; i + 2 * width <= dimensions; i += 2 * width) {
    auto const d0 = Vector::subtract(Type::load(a + i), Type::load(b + i));
    auto const d1 = Vector::subtract(Type::load(a + i + width), Type::load(b + i + width));
    sum0 = Vector::multiply_add(d0, d0, sum0);
    sum1 = Vector::multiply_add(d1, d1, sum1);
  }
  for (; i < dimensions; i += width) {
    std::size_t const count = dimensions - i < width ? dimensions - i : width;
    auto const d = Vector::subtract(Type::load_some(a + i, count), Type::load_some(b + i, count));
    sum0 = Vector::multiply_add(d, d, sum0);
  }
  return Vector::sum(Vector::add(sum0, sum1));
}

template <typename Vector, typename Type>
float vector_ip(void const* left, void const* right, std::size_t dimensions) {
  auto const* a = static_cast<typename Type::Element const*>(left);
  auto const* b = static_cast<typename Type::Element const*>(right);
  constexpr std::size_t width = Vector::width;
  auto sum0 = Vector::zero(), sum1 = Vector::zero();
  std::size_t i = 0;
  for (; i + 2 * width <= dimensions; i += 2 * width) {
    sum0 = Vector::multiply_add(Type::load(a + i), Type::load(b + i), sum0);
    sum1 = Vector::multiply_add(Type::load(a + i + width), Type::load(b + i + width), sum1);
  }
  for (; i < dimensions; i += width) {
    std::size_t const count = dimensions - i < width ? dimensions - i : width;
    sum0 = Vector::multiply_add(Type::load_some(a + i, count), Type::load_some(b + i, count), sum0);
  }
  return -Vector::sum(Vector::add(sum0, sum1));
}

// Both norms are computed along the way: the row is in registers anyway, and stored norms would cost another cache miss.
template <typename Vector, typename Type>
float vector_cosine(void const* left, void const* right, std::size_t dimensions) {
  auto const* a = static_cast<typename Type::Element const*>(left);
  auto const* b = static_cast<typename Type::Element const*>(right);
  constexpr std::size_t width = Vector::width;
  auto ab = Vector::zero(), aa = Vector::zero(), bb = Vector::zero();
  for (std::size_t i = 0; i < dimensions; i += width) {
    bool const whole = i + width <= dimensions;
    auto const x = whole ? Type::load(a + i) : Type::load_some(a + i, dimensions - i);
    auto const y = whole ? Type::load(b + i) : Type::load_some(b + i, dimensions - i);
    ab = Vector::multiply_add(x, y, ab);
    aa = Vector::multiply_add(x, x, aa);
    bb = Vector::multiply_add(y, y, bb);
  }
  return cosine_distance(Vector::sum(ab), Vector::sum(aa), Vector::sum(bb));
}

// Bytes are widened to 16 bits, multiplied and added in pairs into 32 bits. A lane takes at most 2 * 255 * 255 a step, and
// 262,144 dimensions are at most 16,384 steps: it cannot overflow.
template <typename Vector>
float integer_l2(void const* left, void const* right, std::size_t dimensions) {
  auto const* a = static_cast<std::int8_t const*>(left);
  auto const* b = static_cast<std::int8_t const*>(right);
  auto sum = Vector::zero();
  for (std::size_t i = 0; i < dimensions; i += Vector::width) {
    auto const d = Vector::subtract(Vector::load(a + i, dimensions - i), Vector::load(b + i, dimensions - i));
    sum = Vector::multiply_add(d, d, sum);
  }
  return float(Vector::sum(sum));
}

template <typename Vector>
float integer_ip(void const* left, void const* right, std::size_t dimensions) {
  auto const* a = static_cast<std::int8_t const*>(left);
  auto const* b = static_cast<std::int8_t const*>(right);
  auto sum = Vector::zero();
  for (std::size_t i = 0; i < dimensions; i += Vector::width)
    sum = Vector::multiply_add(Vector::load(a + i, dimensions - i), Vector::load(b + i, dimensions - i), sum);
  return -float(Vector::sum(sum));
}

template <typename Vector>
float integer_cosine(void const* left, void const* right, std::size_t dimensions) {
  auto const* a = static_cast<std::int8_t const*>(left);
  auto const* b = static_cast<std::int8_t const*>(right);
  auto ab = Vector::zero(), aa = Vector::zero(), bb = Vector::zero();
  for (std::size_t i = 0; i < dimensions; i += Vector::width) {
    auto const x = Vector::load(a + i, dimensions - i);
    auto const y = Vector::load(b + i, dimensions - i);
    ab = Vector::multiply_add(x, y, ab);
    aa = Vector::multiply_add(x, x, aa);
    bb = Vector::multiply_add(y, y, bb);
  }
  return cosine_distance(float(Vector::sum(ab)), float(Vector::sum(aa)), float(Vector::sum(bb)));
}

}  // namespace
}  // namespace braid
