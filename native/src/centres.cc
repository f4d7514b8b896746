#include "centres.h"

#include <algorithm>
#include <cmath>
#include <random>

#include "parallel.h"

namespace braid {
namespace {

// More rows or rounds move the centres no more than noise (FAISS stops at 256 rows and 10 rounds).
constexpr std::uint32_t kRowsPerCentre = 96;
constexpr int kRounds = 10;
constexpr std::uint32_t kMeanRows = 16'384;
constexpr std::size_t kStopRows = 1'024;

}  // namespace

Centres::Centres(RowKind const& kind, std::uint32_t count)
    : kind_(kind),
      count_(count),
      stride_(stride(kind.dimensions)),
      kernel_(distance_kernel(Metric::ip, Scalar::bf16)),
      mean_(kind.dimensions),
      values_(count * stride_),
      biases_(count) {}

Centres::Centres(RowKind const& kind, std::uint32_t count, float const* mean, std::uint16_t const* values)
    : Centres(kind, count) {
  std::copy_n(mean, mean_.size(), mean_.data());
  std::copy_n(values, values_.size(), values_.data());
  for (std::uint32_t centre = 0; centre < count; ++centre) update_bias(centre);
}

bool Centres::by_direction() const { return kind_.metric != Metric::l2 && kind_.metric != Metric::hamming; }

void Centres::update_bias(std::uint32_t centre) {
  if (by_direction()) return;
  std::uint16_t const* values = values_.data() + centre * stride_;
  double squares = 0;
  for (std::size_t i = 0; i < kind_.dimensions; ++i) squares += double(bf16_to_f32(values[i])) * bf16_to_f32(values[i]);
  biases_[centre] = float(squares / 2);
}

void Centres::to_point(void const* row, std::uint16_t* out) const {
  thread_local std::vector<float> values;
  values.resize(kind_.dimensions);
  widen(kind_.scalar, row, values.data(), kind_.dimensions);
  for (std::size_t i = 0; i < kind_.dimensions; ++i) out[i] = f32_to_bf16(values[i] - mean_[i]);
  std::fill(out + kind_.dimensions, out + stride_, 0);
}

std::uint32_t Centres::nearest_to_point(std::uint16_t const* point) const {
  std::uint32_t best = 0;
  float least = distance(point, 0);
  for (std::uint32_t centre = 1; centre < count_; ++centre) {
    float const other = distance(point, centre);
    if (!(other < least)) continue;
    best = centre;
    least = other;
  }
  return best;
}

std::uint32_t Centres::nearest(void const* row) const {
  thread_local std::vector<std::uint16_t> point;
  point.resize(stride_);
  to_point(row, point.data());
  return nearest_to_point(point.data());
}

void Centres::measure(void const* row, std::vector<Hit>& out) const {
  thread_local std::vector<std::uint16_t> point;
  point.resize(stride_);
  to_point(row, point.data());
  out.resize(count_);
  for (std::uint32_t centre = 0; centre < count_; ++centre) {
    float const far = distance(point.data(), centre);
    // A NaN has no place in a heap.
    out[centre] = {far == far ? far : std::numeric_limits<float>::infinity(), centre};
  }
}

// Lloyd's algorithm over a sample of the rows. Seeded, so that the same rows give the same centres.
class Centres::Training {
 public:
  Training(Centres& centres, Rows const& matrix, std::uint32_t rows, std::size_t threads, std::atomic<bool> const& stopped)
      : centres_(centres), threads_(threads), stopped_(stopped), random_(20'261'121) {
    if (!centres.by_direction()) find_mean(matrix, rows);
    std::uint64_t const wanted = std::uint64_t(kRowsPerCentre) * centres.count_;
    count_ = std::size_t(std::min<std::uint64_t>(rows, wanted));
    points_.resize(count_ * centres.stride_);
    assigned_.resize(count_);
    in_parallel_ranges(threads_, count_, [&](std::size_t from, std::size_t to) {
      for (std::size_t i = from; i < to; ++i)
        centres_.to_point(matrix.at(std::uint32_t(std::uint64_t(rows) * i / count_)), point(i));
    });
  }

  bool run() {
    choose_first();
    for (int round = 0; round < kRounds; ++round) {
      assign();
      if (stopped_.load(std::memory_order_relaxed)) return false;
      move_centres();
    }
    return true;
  }

 private:
  std::uint16_t* point(std::size_t i) { return points_.data() + i * centres_.stride_; }

  void find_mean(Rows const& matrix, std::uint32_t rows) {
    std::size_t const dimensions = centres_.kind_.dimensions;
    std::uint32_t const sampled = std::min(rows, kMeanRows);
    std::vector<double> sums(dimensions);
    std::vector<float> values(dimensions);
    for (std::uint32_t i = 0; i < sampled; ++i) {
      widen(centres_.kind_.scalar, matrix.at(std::uint32_t(std::uint64_t(rows) * i / sampled)), values.data(), dimensions);
      for (std::size_t d = 0; d < dimensions; ++d) sums[d] += values[d];
    }
    for (std::size_t d = 0; d < dimensions; ++d) centres_.mean_[d] = sampled ? float(sums[d] / sampled) : 0;
  }

  // Different points, drawn at random: the beginning of a shuffle.
  void choose_first() {
    std::vector<std::uint32_t> order(count_);
    for (std::size_t i = 0; i < count_; ++i) order[i] = std::uint32_t(i);
    for (std::uint32_t centre = 0; centre < centres_.count_; ++centre) {
      std::swap(order[centre], order[centre + random_() % (count_ - centre)]);
      set_centre(centre, point(order[centre]));
    }
  }

  void assign() {
    in_parallel_ranges(threads_, count_, [&](std::size_t from, std::size_t to) {
      for (std::size_t i = from; i < to; ++i) {
        if (i % kStopRows == 0 && stopped_.load(std::memory_order_relaxed)) return;
        assigned_[i] = centres_.nearest_to_point(point(i));
      }
    });
  }

  // Each centre goes to the mean of its points (by direction: of their directions); one without points to a point at random.
  void move_centres() {
    std::vector<std::uint32_t> ends(centres_.count_), order(count_);
    for (std::uint32_t centre : assigned_) ++ends[centre];
    for (std::uint32_t centre = 1; centre < centres_.count_; ++centre) ends[centre] += ends[centre - 1];
    std::vector<std::uint32_t> next(centres_.count_);
    for (std::uint32_t centre = 1; centre < centres_.count_; ++centre) next[centre] = ends[centre - 1];
    for (std::size_t i = 0; i < count_; ++i) order[next[assigned_[i]]++] = std::uint32_t(i);
    in_parallel_ranges(threads_, centres_.count_, [&](std::size_t from, std::size_t to) {
      std::vector<float> sums(centres_.stride_);
      for (std::size_t centre = from; centre < to; ++centre) {
        std::uint32_t const first = centre ? ends[centre - 1] : 0;
        if (first < ends[centre]) move_centre(std::uint32_t(centre), order.data() + first, order.data() + ends[centre], sums);
      }
    });
    for (std::uint32_t centre = 0; centre < centres_.count_; ++centre)
      if (ends[centre] == (centre ? ends[centre - 1] : 0)) set_centre(centre, point(random_() % count_));
  }

  void move_centre(std::uint32_t centre, std::uint32_t const* from, std::uint32_t const* to, std::vector<float>& sums) {
    std::fill(sums.begin(), sums.end(), 0.f);
    for (std::uint32_t const* i = from; i < to; ++i) {
      std::uint16_t const* values = point(*i);
      float const weight = centres_.by_direction() ? inverse_length(values) : 1;
      for (std::size_t d = 0; d < sums.size(); ++d) sums[d] += bf16_to_f32(values[d]) * weight;
    }
    float squares = 0;
    for (float sum : sums) squares += sum * sum;
    float const divisor = centres_.by_direction() ? std::sqrt(squares) : float(to - from);
    std::uint16_t* values = centres_.values_.data() + centre * centres_.stride_;
    for (std::size_t d = 0; d < sums.size(); ++d) values[d] = f32_to_bf16(divisor > 0 ? sums[d] / divisor : 0);
    centres_.update_bias(centre);
  }

  void set_centre(std::uint32_t centre, std::uint16_t const* point) {
    std::uint16_t* values = centres_.values_.data() + centre * centres_.stride_;
    float const weight = centres_.by_direction() ? inverse_length(point) : 1;
    for (std::size_t d = 0; d < centres_.stride_; ++d) values[d] = f32_to_bf16(bf16_to_f32(point[d]) * weight);
    centres_.update_bias(centre);
  }

  float inverse_length(std::uint16_t const* point) const {
    float const squares = -centres_.kernel_(point, point, centres_.stride_);
    return squares > 0 ? 1 / std::sqrt(squares) : 0;
  }

  Centres& centres_;
  std::size_t threads_;
  std::atomic<bool> const& stopped_;
  std::mt19937_64 random_;
  std::size_t count_;
  std::vector<std::uint16_t> points_;
  std::vector<std::uint32_t> assigned_;
};

std::unique_ptr<Centres> Centres::train(RowKind const& kind, Rows const& matrix, std::uint32_t rows, std::uint32_t count,
                                        std::size_t threads, std::atomic<bool> const& stopped) {
  std::unique_ptr<Centres> centres(new Centres(kind, count));
  return Training(*centres, matrix, rows, threads, stopped).run() ? std::move(centres) : nullptr;
}

}  // namespace braid
