#include "file_heads.h"

#include <cstring>

namespace braid {
namespace {

// Fields one after the other, without padding.
class Writer {
 public:
  template <typename Value>
  Writer& put(Value value) {
    std::memcpy(head_.data() + at_, &value, sizeof(value));
    at_ += sizeof(value);
    return *this;
  }
  Writer& text(char const* text) {
    for (; *text; ++text) put(*text);
    return *this;
  }
  Head head() const { return head_; }

 private:
  Head head_{};
  std::size_t at_ = 0;
};

// usearch::metric_kind_t
std::uint8_t metric_kind(Metric metric) {
  switch (metric) {
    case Metric::l2: return 'e';
    case Metric::ip: return 'i';
    case Metric::cosine: return 'c';
    case Metric::hamming: return 'b';
    case Metric::jaccard: return 't';
  }
  return 0;
}

// usearch::scalar_kind_t
constexpr std::uint8_t kKindU64 = 14, kKindU32 = 15;
std::uint8_t scalar_kind(Scalar scalar) {
  switch (scalar) {
    case Scalar::f32: return 11;
    case Scalar::f16: return 12;
    case Scalar::bf16: return 4;
    case Scalar::i8: return 23;
    case Scalar::b1: return 1;
  }
  return 0;
}

}  // namespace

Head graph_head(GraphRows const& rows) {
  Writer writer;
  writer.text("usearch").put(std::uint16_t(2)).put(std::uint16_t(26)).put(std::uint16_t(2));
  writer.put(metric_kind(rows.metric)).put(scalar_kind(rows.scalar)).put(kKindU64).put(kKindU32);
  writer.put(rows.count).put(std::uint64_t(0)).put(std::uint64_t(rows.dimensions)).put(std::uint8_t(0));
  return writer.head();
}

Head vectors_head(GraphRows const& rows, std::size_t stride) {
  Writer writer;
  writer.text("braidvec").put(std::uint32_t(1));
  writer.put(metric_kind(rows.metric)).put(scalar_kind(rows.scalar)).put(std::uint16_t(0));
  writer.put(rows.count).put(std::uint64_t(rows.dimensions)).put(std::uint64_t(stride));
  return writer.head();
}

}  // namespace braid
