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

// What the heads of our own begin with.
constexpr std::size_t kOwnHeadBytes = 32;
Writer own_head(char const* name, RowKind const& kind, std::uint64_t rows) {
  Writer writer;
  writer.text(name).put(std::uint32_t(1)).put(metric_kind(kind.metric)).put(scalar_kind(kind.scalar)).put(std::uint16_t(0));
  writer.put(rows).put(std::uint64_t(kind.dimensions));
  return writer;
}

template <typename Value>
Value value_at(std::uint8_t const* head, std::size_t at) {
  Value value;
  std::memcpy(&value, head + at, sizeof(value));
  return value;
}

}  // namespace

Head graph_head(RowKind const& kind, std::uint64_t rows) {
  Writer writer;
  writer.text("usearch").put(std::uint16_t(2)).put(std::uint16_t(26)).put(std::uint16_t(2));
  writer.put(metric_kind(kind.metric)).put(scalar_kind(kind.scalar)).put(kKindU64).put(kKindU32);
  writer.put(rows).put(std::uint64_t(0)).put(std::uint64_t(kind.dimensions)).put(std::uint8_t(0));
  return writer.head();
}

Head vectors_head(RowKind const& kind, std::uint64_t rows, CopyNumbers const& numbers) {
  Writer writer = own_head("braidvec", kind, rows);
  writer.put(std::uint64_t(numbers.stride)).put(numbers.step).put(numbers.offset);
  return writer.head();
}

CopyNumbers copy_numbers_of(std::uint8_t const* head) {
  return {value_at<std::uint64_t>(head, kOwnHeadBytes), value_at<float>(head, kOwnHeadBytes + 8),
          value_at<float>(head, kOwnHeadBytes + 12)};
}

Head lists_head(RowKind const& kind, std::uint64_t rows, std::uint64_t lists) {
  return own_head("braidivf", kind, rows).put(lists).head();
}

std::uint64_t lists_of(std::uint8_t const* head) { return value_at<std::uint64_t>(head, kOwnHeadBytes); }

}  // namespace braid
