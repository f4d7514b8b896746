// How an index keeps rows a second time, narrower, so that more of them are in the cache. What it finds by them is measured again
// on the rows themselves: the copies only have to keep the order, roughly.
#pragma once
#include <cstddef>
#include <cstdint>

#include "kernels.h"
#include "rows.h"
#include "scalar.h"

namespace braid {

class CopyFormat {
 public:
  // `to` is the scalar of the copies: that of the rows (no copies at all), f32, f16, bf16, or i8.
  CopyFormat(Scalar from, Scalar to, Metric metric, std::size_t dimensions);

  bool copies() const { return from_ != to_; }
  Scalar scalar() const { return to_; }
  // How copies are compared: cosine becomes a dot product, since they are normalised.
  Metric metric() const { return copies() && metric_ == Metric::cosine ? Metric::ip : metric_; }
  // Bytes from one copy to the next.
  std::size_t stride() const;

  // i8 only: floats are spread over -127..127 by a step, from an offset (l2; other metrics have none, since a dot product is not to
  // be shifted). Both come from the rows, once, before the first copy is made.
  bool needs_training() const { return copies() && to_ == Scalar::i8 && step_ == 0; }
  void train(Rows const& rows, std::uint32_t count);
  float step() const { return step_; }
  float offset() const { return offset_; }
  // False for numbers that no training yields.
  bool restore(float step, float offset);

  void row(void const* row, void* out) const { convert(row, out, false); }
  void query(void const* query, void* out) const { convert(query, out, true); }

 private:
  void convert(void const* row, void* out, bool is_query) const;

  Scalar from_, to_;
  Metric metric_;
  std::size_t dimensions_;
  float step_ = 0, offset_ = 0;
};

}  // namespace braid
