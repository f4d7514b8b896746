#include "walk.h"

#include <algorithm>

namespace braid {
namespace {

// Starting points brought down from level 1, per `expansion`: at ef 64 they are 8, cost 6 % more distances, and find what
// otherwise takes ef 100 where clusters are far apart.
constexpr std::size_t kExpansionPerStart = 8;
// Tapes of bridges to have on the way while one is read.
constexpr std::size_t kBridgesAhead = 4;
constexpr std::size_t kTapeBytes = 192;

bool farther(Hit const& a, Hit const& b) { return b < a; }

}  // namespace

std::vector<Hit> const& Walk::run(GraphView const& graph, Space const& space, void const* query, std::size_t expansion,
                                  Allowed const* allowed) {
  Run const run{graph, space, query};
  starts_.clear();
  frontier_.clear();
  seen_.reserve(graph.bound);
  if (graph.bound > 0) descend(run, expansion);
  top_.reset(expansion);
  batch_.clear();
  for (Hit const& hit : starts_) {
    seen_.add(hit.row);
    push(hit);
    if (!allowed || allowed->filter.allows(hit.row)) top_.offer(hit);
  }
  if (allowed) {
    for (std::uint32_t row : allowed->seeds) meet(run, row);
    for (std::uint32_t row : batch_) {
      Hit const hit = measure(run, row);
      push(hit);
      top_.offer(hit);
    }
    spread(run, 0, [&](std::uint32_t row) { collect_allowed(run, row, allowed->filter); });
  } else {
    spread(run, 0, [&](std::uint32_t row) { collect_all(run, row, 0); });
  }
  seen_.clear();
  return top_.sorted();
}

// Leaves in `starts_` the rows that are nearest on level 1, or the entry if there is no level above the base.
void Walk::descend(Run const& run, std::size_t expansion) {
  starts_.push_back(measure(run, run.graph.entry.row));
  for (std::int32_t level = run.graph.entry.level; level > 0; --level) {
    top_.reset(level == 1 ? std::max<std::size_t>(1, expansion / kExpansionPerStart) : 1);
    frontier_.clear();
    for (Hit const& hit : starts_) {
      seen_.add(hit.row);
      push(hit);
      top_.offer(hit);
    }
    spread(run, level, [&](std::uint32_t row) { collect_all(run, row, level); });
    seen_.clear();
    starts_ = top_.sorted();
  }
  frontier_.clear();
}

// Best first from the frontier on, until what is left is farther than the worst of a full `top_`. `collect(row)` fills `batch_`
// with rows to measure.
template <typename Collect>
void Walk::spread(Run const& run, std::int32_t level, Collect collect) {
  Links const& links = run.graph.links;
  while (!frontier_.empty()) {
    Hit const nearest = pop();
    if (top_.full() && top_.worst() < nearest) break;
    if (level == 0 && !frontier_.empty()) prefetch(links.tape(frontier_.front().row), kTapeBytes);
    collect(nearest.row);
    for (std::uint32_t row : batch_) {
      Hit const hit = measure(run, row);
      if (!top_.accepts(hit)) continue;
      links.prefetch_pointer(row);
      push(hit);
      top_.offer(hit);
    }
  }
}

void Walk::collect_all(Run const& run, std::uint32_t row, std::int32_t level) {
  batch_.clear();
  Tape const tape = run.graph.links.tape(row);
  if (Links::level(tape) < level) return;
  run.graph.links.each(tape, level, run.graph.bound, [&](std::uint32_t neighbour) {
    meet(run, neighbour);
    return true;
  });
}

// Forbidden neighbours are not measured: their neighbours take their place, and theirs again, until there are as many as a node
// has at least in a healthy graph. So the walk goes over the allowed rows as if the graph were theirs alone (ACORN,
// arXiv:2403.04871), whatever the share of forbidden rows and however they cluster.
void Walk::collect_allowed(Run const& run, std::uint32_t row, Filter const& filter) {
  Links const& links = run.graph.links;
  std::uint32_t const bound = run.graph.bound;
  std::size_t const bridges_max = links.base_room();
  std::uint32_t const enough = links.base_room() / 2;
  std::uint32_t found = 0;
  batch_.clear();
  bridges_.clear();
  auto bridge = [&](std::uint32_t neighbour) {
    if (seen_.has(neighbour)) return;
    bridges_.push_back(neighbour);
    links.prefetch_pointer(neighbour);
  };
  links.each(links.tape(row), 0, bound, [&](std::uint32_t neighbour) {
    if (filter.allows(neighbour)) {
      ++found;
      meet(run, neighbour);
    } else {
      bridge(neighbour);
    }
    return true;
  });
  std::size_t fetched = 0;
  for (std::size_t i = 0; i < bridges_.size() && found < enough; ++i) {
    for (; fetched < bridges_.size() && fetched <= i + kBridgesAhead; ++fetched)
      prefetch(links.tape(bridges_[fetched]), kTapeBytes);
    // Marked only now: a bridge that this node did not need may serve the next one.
    if (!seen_.add(bridges_[i])) continue;
    links.each(links.tape(bridges_[i]), 0, bound, [&](std::uint32_t neighbour) {
      if (filter.allows(neighbour))
        found += meet(run, neighbour);
      else if (bridges_.size() < bridges_max)
        bridge(neighbour);
      return found < enough;
    });
  }
}

// The row goes into the batch and on its way into the cache, unless it was met before.
inline bool Walk::meet(Run const& run, std::uint32_t row) {
  if (!seen_.add(row)) return false;
  batch_.push_back(row);
  run.space.fetch(row);
  return true;
}

inline Hit Walk::measure(Run const& run, std::uint32_t row) {
  ++measured_;
  return {run.space.distance(run.query, row), row};
}

inline void Walk::push(Hit const& hit) {
  frontier_.push_back(hit);
  std::push_heap(frontier_.begin(), frontier_.end(), farther);
}

inline Hit Walk::pop() {
  Hit const nearest = frontier_.front();
  std::pop_heap(frontier_.begin(), frontier_.end(), farther);
  frontier_.pop_back();
  return nearest;
}

}  // namespace braid
