#include "graph.h"

#define USEARCH_USE_OPENMP 0
#include <usearch/index.hpp>

#include <algorithm>
#include <limits>
#include <stdexcept>

#include "tapes.h"

namespace braid {
namespace {

namespace us = unum::usearch;
using Allocator = std::allocator<us::byte_t>;
using UsearchIndex = us::index_gt<float, std::uint64_t, std::uint32_t, Allocator, TapeAllocator<us::byte_t>>;

constexpr std::uint32_t kNone = ~std::uint32_t(0);

// Nodes that reach above the base level and are not finished. usearch links a node level by level from the top, so another
// thread could come down through one that has no neighbours yet at the level below, find nothing else there, and leave its own
// node badly connected: with 16 threads on sorted rows that cost two points of recall. To all searches of insertions such a node
// is infinitely far until it is finished.
class Unfinished {
 public:
  explicit Unfinished(std::size_t threads) : rows_(threads) {
    for (auto& row : rows_) row.store(kNone, std::memory_order_relaxed);
  }
  void set(std::size_t thread, std::uint32_t row) { rows_[thread].store(row, std::memory_order_relaxed); }
  bool has(std::uint32_t row) const {
    for (auto const& other : rows_)
      if (other.load(std::memory_order_relaxed) == row) return true;
    return false;
  }

 private:
  std::vector<std::atomic<std::uint32_t>> rows_;
};

// The row that an insertion is about: usearch hands out slots in order, and only then is known which row it is.
struct Inserted {
  std::uint8_t const* vector = nullptr;
};

struct Compare {
  Distance distance;
  std::size_t dimensions;
  Rows const& vectors;
  Unfinished const& unfinished;

  template <typename Member>
  float operator()(Inserted const& inserted, Member const& member) const {
    std::uint32_t const row = std::uint32_t(get_slot(member));
    if (unfinished.has(row)) return std::numeric_limits<float>::infinity();
    return ordered(distance(inserted.vector, vectors.at(row), dimensions));
  }
  template <typename Left, typename Right>
  float operator()(Left const& left, Right const& right) const {
    auto const* a = vectors.at(std::uint32_t(get_slot(left)));
    return ordered(distance(a, vectors.at(std::uint32_t(get_slot(right))), dimensions));
  }
  // usearch sorts by distance, and a sort that meets a NaN reads beyond its list.
  static float ordered(float distance) { return distance == distance ? distance : std::numeric_limits<float>::infinity(); }
};

struct Prefetch {
  Rows const& vectors;
  template <typename Iterator>
  __attribute__((always_inline)) inline void operator()(Iterator begin, Iterator end) const noexcept {
    for (; begin != end; ++begin) prefetch(vectors.at(std::uint32_t(get_slot(begin))), vectors.stride());
  }
};

}  // namespace

struct Graph::Index {
  TapeArena arena;
  UsearchIndex graph;
  Unfinished unfinished{0};

  explicit Index(std::size_t connectivity)
      : graph(us::index_config_t(connectivity, 2 * connectivity), Allocator{}, TapeAllocator<us::byte_t>{&arena}) {}
};

Graph::Graph(std::size_t connectivity, std::size_t expansion, std::size_t dimensions, Distance distance, Rows const& vectors)
    : expansion_(expansion),
      dimensions_(dimensions),
      distance_(distance),
      vectors_(vectors),
      tapes_(sizeof(Tape)),
      links_(tapes_, connectivity),
      index_(std::make_unique<Index>(connectivity)) {}

Graph::~Graph() = default;

GraphView Graph::view() const {
  Entry const entry = links_.entry();
  return {links_, entry, indexed()};
}

std::size_t Graph::memory_bytes() const {
  // usearch keeps a pointer for each row, and so do we.
  return index_->arena.bytes() + std::size_t(indexed()) * 2 * sizeof(Tape);
}

void Graph::reserve(std::uint32_t rows, std::size_t threads) {
  auto limits = index_->graph.limits();
  if (rows > limits.members) limits.members = rows + rows / 2;
  if (!index_->graph.try_reserve(us::index_limits_t(limits.members, threads))) throw std::bad_alloc();
  index_->unfinished = Unfinished(threads);
  tapes_.reserve(indexed(), rows);
}

void Graph::insert_next(std::size_t thread, std::function<void(std::uint32_t)> const& prepare) {
  Unfinished& unfinished = index_->unfinished;
  Inserted inserted;
  std::uint32_t row = 0;
  auto begin = [&](UsearchIndex::member_ref_t member) {
    row = std::uint32_t(member.slot);
    member.key = std::uint64_t(row);
    prepare(row);
    inserted.vector = vectors_.at(row);
    Tape const tape = reinterpret_cast<Tape>(member.key.ptr());
    std::memcpy(tapes_.write(row), &tape, sizeof(tape));
    if (Links::level(tape) > 0) unfinished.set(thread, row);
  };
  us::index_update_config_t config;
  config.expansion = expansion_;
  config.thread = thread;
  Compare const compare{distance_, dimensions_, vectors_, unfinished};
  auto result = index_->graph.add(0, inserted, compare, config, begin, Prefetch{vectors_});
  unfinished.set(thread, kNone);
  // An error that is not released throws from its destructor.
  if (char const* message = result.error.release()) throw std::runtime_error(message);
  finished(row);
}

void Graph::finished(std::uint32_t row) {
  std::lock_guard<std::mutex> lock(finished_mutex_);
  // Threads finish out of order; what searches rely on is the prefix without gaps.
  finished_early_.push(row);
  std::uint32_t indexed = indexed_.load(std::memory_order_relaxed);
  Entry entry = links_.entry();
  while (!finished_early_.empty() && finished_early_.top() == indexed) {
    finished_early_.pop();
    std::int32_t const level = Links::level(links_.tape(indexed));
    if (level > entry.level) entry = {indexed, level};
    ++indexed;
  }
  indexed_.store(indexed, std::memory_order_release);
  links_.set_entry(entry);
}

void Graph::serialise(std::function<void(void const*, std::size_t)> const& write) const {
  // An exception cannot pass through usearch, which is noexcept there: it is carried around it.
  std::exception_ptr failure;
  auto result = index_->graph.save_to_stream([&](void const* data, std::size_t bytes) {
    try {
      write(data, bytes);
      return true;
    } catch (...) {
      failure = std::current_exception();
      return false;
    }
  });
  char const* const message = result.error.release();
  if (failure) std::rethrow_exception(failure);
  if (message) throw std::runtime_error(message);
}

}  // namespace braid
