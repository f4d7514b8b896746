#include "search.h"

#include <algorithm>

#include "scan.h"
#include "walk.h"

namespace braid {
namespace {

// A list of so many rows for each step of expansion costs what the walk would: about 14 distances a step, each 2.3 times as dear
// as one of a list because its row lies anywhere. A filtered walk costs up to twice that, and finds less than a list does.
constexpr std::uint64_t kListRows = 32;
constexpr std::uint64_t kListRowsFiltered = 64;
// Below one allowed row in a hundred the walk reads more forbidden nodes than a list reads rows.
constexpr std::uint64_t kListShare = 100;
// Breadth of a filtered walk. Its nodes have fewer neighbours that are near and allowed, so it needs up to a quarter more to
// find what one without a filter finds. Where allowed rows lie everywhere, stepping over forbidden ones finds the more the fewer
// are allowed, and less will do; where they lie together it does not. Measured on 63,166 sentence embeddings, random and
// clustered filters of 90 to 5 % (docs/performance.md).
constexpr double kBreadthAdded = 0.5, kBreadthAddedMax = 0.25;
constexpr double kBreadthSaved = 0.65, kBreadthSavedShare = 0.3;
// How many times as common allowed rows are near allowed rows as they are everywhere: from `kScattered` on they begin to lie together.
constexpr double kScattered = 1.5, kClustered = 2.5;
constexpr std::uint32_t kSeeds = 32;
// Candidates measured again on the rows themselves: k, half as many more and some, since the graph's copy is rounded.
constexpr std::size_t kRerankSpare = 8;

}  // namespace

Search::Search(Store const& store, SearchRequest const& request)
    : store_(store), request_(request), filter_(request.bits, request.visible), graph_(store.graph()) {
  if (graph_) walkable_ = std::min(graph_->bound, request.visible);
  way_ = choose();
  if (way_ == Way::exact) walkable_ = 0;
  if (way_ != Way::graph) return;
  restricted_ = filter_.has_bits() || walkable_ < graph_->bound;
  if (restricted_) seeds_ = filter_.sample(walkable_, kSeeds);
  expansion_ = std::max(request.k, std::size_t(double(request.expansion) * breadth()));
}

// What to multiply the expansion with, for the filter.
double Search::breadth() const {
  double const share = double(request_.allowed) / std::max<std::uint32_t>(1, request_.visible);
  if (!restricted_ || share >= 1) return 1;
  double const wide = 1 + std::min(kBreadthAddedMax, kBreadthAdded * (1 - share));
  double const saved = kBreadthSaved * std::max(0.0, 1 - share / kBreadthSavedShare);
  double const together = (share_near_allowed() / std::max(share, 1e-9) - kScattered) / (kClustered - kScattered);
  return wide - saved * (1 - std::clamp(together, 0.0, 1.0));
}

// The share of allowed rows among the neighbours of some allowed rows.
double Search::share_near_allowed() const {
  std::uint32_t allowed = 0, all = 0;
  for (std::uint32_t seed : seeds_) graph_->links.prefetch_pointer(seed);
  for (std::uint32_t seed : seeds_) prefetch(graph_->links.tape(seed), graph_->links.base_bytes());
  for (std::uint32_t seed : seeds_) {
    graph_->links.each(graph_->links.tape(seed), 0, graph_->bound, [&](std::uint32_t neighbour) {
      allowed += filter_.allows(neighbour);
      ++all;
      return true;
    });
  }
  return all ? double(allowed) / all : 1;
}

Search::Way Search::choose() const {
  if (walkable_ == 0 || request_.method == Method::exact) return Way::exact;
  if (request_.method == Method::graph) return Way::graph;
  std::uint64_t const expansion = std::max(request_.expansion, request_.k);
  bool const filtered = request_.allowed < request_.visible;
  std::uint64_t rows = expansion * (filtered ? kListRowsFiltered : kListRows);
  if (filtered) rows = std::max(rows, std::uint64_t(request_.visible) / kListShare);
  if (request_.allowed > rows) return Way::graph;
  // A list over the graph's copy pays where the copy is narrower than the rows.
  bool const narrower = store_.has_copy() && store_.graph_space().rows.stride() < store_.row_bytes();
  return narrower ? Way::list : Way::exact;
}

std::uint64_t Search::answer(std::uint8_t const* queries, std::size_t count, std::vector<Hit>* hits) const {
  std::vector<void const*> rows(count);
  std::vector<Top> tops(count);
  std::uint64_t measured = 0;
  for (std::size_t i = 0; i < count; ++i) {
    rows[i] = queries + i * store_.row_bytes();
    tops[i].reset(request_.k);
    if (way_ == Way::graph) measured += walk(rows[i], tops[i]);
  }
  if (way_ == Way::list) measured += list(rows, tops);
  measured += scan(store_.rows_space(), filter_, walkable_, request_.visible, rows, tops);
  for (std::size_t i = 0; i < count; ++i) hits[i] = std::move(tops[i].sorted());
  return measured;
}

std::uint64_t Search::walk(void const* query, Top& top) const {
  // Threads of the pool live as long as the process, and so does the memory of their walks.
  thread_local Walk walk;
  thread_local std::vector<std::uint8_t> converted;
  Space const space = store_.graph_space();
  if (store_.has_copy()) {
    converted.resize(space.rows.stride());
    store_.to_graph(query, converted.data());
  }
  Allowed const allowed{filter_, seeds_};
  std::uint64_t const before = walk.measured();
  auto const& candidates = walk.run(*graph_, space, store_.has_copy() ? converted.data() : query, expansion_,
                                    restricted_ ? &allowed : nullptr);
  return walk.measured() - before + rerank(query, candidates, top);
}

std::uint64_t Search::list(std::vector<void const*> const& queries, std::vector<Top>& tops) const {
  Space const space = store_.graph_space();
  std::vector<std::uint8_t> converted(queries.size() * space.rows.stride());
  std::vector<void const*> copies(queries.size());
  std::vector<Top> nearest(queries.size());
  for (std::size_t i = 0; i < queries.size(); ++i) {
    std::uint8_t* copy = converted.data() + i * space.rows.stride();
    store_.to_graph(queries[i], copy);
    copies[i] = copy;
    nearest[i].reset(candidates());
  }
  std::uint64_t measured = scan(space, filter_, 0, walkable_, copies, nearest);
  for (std::size_t i = 0; i < queries.size(); ++i) measured += rerank(queries[i], nearest[i].sorted(), tops[i]);
  return measured;
}

// Distances over the rows as they are, where the graph keeps a rounded copy.
std::uint64_t Search::rerank(void const* query, std::vector<Hit> const& nearest, Top& top) const {
  if (!store_.has_copy()) {
    for (Hit const& hit : nearest) top.offer(hit);
    return 0;
  }
  Space const space = store_.rows_space();
  std::size_t const count = std::min(nearest.size(), candidates());
  for (std::size_t i = 0; i < count; ++i) space.fetch(nearest[i].row);
  for (std::size_t i = 0; i < count; ++i) top.offer({space.distance(query, nearest[i].row), nearest[i].row});
  return count;
}

std::size_t Search::candidates() const {
  return store_.has_copy() ? request_.k + request_.k / 2 + kRerankSpare : request_.k;
}

}  // namespace braid
