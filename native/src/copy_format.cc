#include "copy_format.h"

#include <algorithm>
#include <cmath>
#include <vector>

namespace braid {
namespace {

constexpr std::size_t kLineBytes = 64;
constexpr float kLargest = 127;
// Rows to learn the range from, spread over all of them.
constexpr std::uint32_t kTrainingRows = 65'536;
// Rows that come later may reach farther by this much.
constexpr float kHeadroom = 1.1f;

void normalise(std::vector<float>& values) {
  double squares = 0;
  for (float value : values) squares += double(value) * value;
  float const factor = squares > 0 ? float(1 / std::sqrt(squares)) : 0;
  for (float& value : values) value *= factor;
}

// A NaN becomes 0.
std::int8_t quantise(float value, float steps_per_one) {
  float const scaled = value * steps_per_one;
  return scaled >= kLargest ? 127 : scaled <= -kLargest ? -127 : scaled == scaled ? std::int8_t(std::lrint(scaled)) : 0;
}

}  // namespace

CopyFormat::CopyFormat(Scalar from, Scalar to, Metric metric, std::size_t dimensions)
    : from_(from), to_(to), metric_(metric), dimensions_(dimensions) {}

std::size_t CopyFormat::stride() const {
  std::size_t const bytes = row_bytes(to_, dimensions_);
  // A row that begins in the middle of a cache line costs a line more.
  return bytes < kLineBytes ? bytes : (bytes + kLineBytes - 1) / kLineBytes * kLineBytes;
}

void CopyFormat::train(Rows const& rows, std::uint32_t count) {
  std::uint32_t const sampled = std::min(count, kTrainingRows);
  std::vector<float> values(dimensions_);
  float least = 0, most = 0;
  bool is_first = true;
  for (std::uint32_t i = 0; i < sampled; ++i) {
    widen(from_, rows.at(std::uint32_t(std::uint64_t(count) * i / sampled)), values.data(), dimensions_);
    if (metric_ == Metric::cosine) normalise(values);
    for (float value : values) {
      if (!std::isfinite(value)) continue;
      least = is_first ? value : std::min(least, value);
      most = is_first ? value : std::max(most, value);
      is_first = false;
    }
  }
  offset_ = metric_ == Metric::l2 ? least + (most - least) / 2 : 0;
  float const reach = std::max(std::abs(most - offset_), std::abs(least - offset_)) * kHeadroom;
  step_ = std::isfinite(reach) && reach > 0 ? reach / kLargest : 1;
}

bool CopyFormat::restore(float step, float offset) {
  if (!(step > 0) || !std::isfinite(step) || !std::isfinite(offset)) return false;
  step_ = step;
  offset_ = offset;
  return true;
}

void CopyFormat::convert(void const* row, void* out, bool is_query) const {
  thread_local std::vector<float> values;
  values.resize(dimensions_);
  widen(from_, row, values.data(), dimensions_);
  if (metric_ == Metric::cosine) normalise(values);
  if (to_ != Scalar::i8) return narrow(to_, values.data(), out, dimensions_);
  float steps_per_one = 1 / step_;
  if (is_query && metric_ != Metric::l2) {
    // The length of a query changes no order by dot product: it uses the whole range.
    float reach = 0;
    for (float value : values) reach = std::max(reach, std::abs(value));
    steps_per_one = std::isfinite(reach) && reach > 0 ? kLargest / reach : 0;
  }
  auto* bytes = static_cast<std::int8_t*>(out);
  for (std::size_t i = 0; i < dimensions_; ++i) bytes[i] = quantise(values[i] - offset_, steps_per_one);
}

}  // namespace braid
