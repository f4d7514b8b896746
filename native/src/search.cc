#include "search.h"

#include <algorithm>
#include <cmath>

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
// Candidates measured again on the rows themselves: k, half as many more and some, since copies are rounded.
constexpr std::size_t kRerankSpare = 8;
// Lists to read where the user does not say how many: so many for each root of their number, which on 63,166 sentence embeddings gives
// recall@10 of 0.95 and more with 128 to 1,024 lists.
constexpr double kProbesPerRootOfLists = 1.75;
// JACCARD needs more: its lists are made by the number of bits that differ.
constexpr double kProbesPerRootOfListsJaccard = 2.5;
constexpr std::size_t kProbesMin = 8;

}  // namespace

Search::Search(Store const& store, SearchRequest const& request)
    : store_(store),
      request_(request),
      filter_(request.bits, request.visible),
      graph_(store.graph()),
      lists_(store.lists()) {
  std::uint32_t const bound = graph_ ? graph_->bound : lists_ ? lists_->bound : 0;
  indexed_ = std::min(bound, request.visible);
  restricted_ = filter_.has_bits() || indexed_ < bound;
  way_ = choose();
  if (way_ == Way::exact) indexed_ = 0;
  if (way_ != Way::graph) return;
  if (restricted_) seeds_ = filter_.sample(indexed_, kSeeds);
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
  if (indexed_ == 0 || request_.method == Method::exact) return Way::exact;
  Way const by_index = graph_ ? Way::graph : Way::probe;
  if (request_.method == Method::index || request_.allowed > rows_worth_an_index()) return by_index;
  // A list over copies pays where they are narrower than the rows.
  bool const narrower = store_.has_copy() && store_.index_space().rows.stride() < store_.row_bytes();
  return narrower ? Way::list : Way::exact;
}

// So many allowed rows are measured one by one as cheaply as they are found by the index.
std::uint64_t Search::rows_worth_an_index() const {
  if (lists_) return probed_rows();
  std::uint64_t const expansion = std::max(request_.expansion, request_.k);
  if (request_.allowed >= request_.visible) return expansion * kListRows;
  return std::max(expansion * kListRowsFiltered, std::uint64_t(request_.visible) / kListShare);
}

std::size_t Search::probes() const {
  std::size_t const count = lists_->centres->count();
  double const per_root =
      store_.options().metric == Metric::jaccard ? kProbesPerRootOfListsJaccard : kProbesPerRootOfLists;
  std::size_t const usual = std::size_t(std::ceil(per_root * std::sqrt(double(count))));
  return std::min(count, request_.probes ? request_.probes : std::max(kProbesMin, usual));
}

std::uint64_t Search::probed_rows() const {
  return std::uint64_t(lists_->bound) * probes() / lists_->centres->count();
}

std::uint64_t Search::answer(std::uint8_t const* queries, std::size_t count, std::vector<Hit>* hits) const {
  std::vector<void const*> rows(count);
  std::vector<Top> tops(count);
  std::uint64_t measured = 0;
  for (std::size_t i = 0; i < count; ++i) {
    rows[i] = queries + i * store_.row_bytes();
    tops[i].reset(request_.k);
    if (way_ == Way::graph) measured += walk(rows[i], tops[i]);
    if (way_ == Way::probe) measured += probe(rows[i], tops[i]);
  }
  if (way_ == Way::list) measured += list(rows, tops);
  measured += scan(store_.rows_space(), filter_, indexed_, request_.visible, rows, tops);
  for (std::size_t i = 0; i < count; ++i) hits[i] = std::move(tops[i].sorted());
  return measured;
}

// The query in the form of the rows that the index compares: itself, or its copy in `memory`.
void const* Search::as_indexed(void const* query, std::vector<std::uint8_t>& memory) const {
  if (!store_.has_copy()) return query;
  memory.resize(store_.index_space().rows.stride());
  store_.query_to_copy(query, memory.data());
  return memory.data();
}

std::uint64_t Search::walk(void const* query, Top& top) const {
  // Threads of the pool live as long as the process, and so does the memory of their walks.
  thread_local Walk walk;
  thread_local std::vector<std::uint8_t> copy;
  Allowed const allowed{filter_, seeds_};
  std::uint64_t const before = walk.measured();
  auto const& found =
      walk.run(*graph_, store_.index_space(), as_indexed(query, copy), expansion_, restricted_ ? &allowed : nullptr);
  return walk.measured() - before + rerank(query, found, top);
}

// Reads the lists of the nearest centres. Under a filter more of them, until as many allowed rows were measured as rows are without
// one: what is allowed lies farther away the less of it there is. And until there are k rows, or no more lists.
std::uint64_t Search::probe(void const* query, Top& top) const {
  thread_local std::vector<std::uint8_t> copy;
  thread_local std::vector<Hit> centres;
  lists_->centres->measure(query, centres);
  auto const farther = [](Hit const& a, Hit const& b) { return b < a; };
  std::make_heap(centres.begin(), centres.end(), farther);

  std::vector<void const*> const queries{as_indexed(query, copy)};
  std::vector<Top> nearest(1);
  nearest[0].reset(candidates());
  Space const space = store_.index_space();
  Measuring measuring(space, queries, nearest);
  std::size_t const probes_min = probes();
  std::uint64_t const rows_min = std::max<std::uint64_t>(request_.k, restricted_ ? probed_rows() : 0);
  auto end = centres.end();
  for (std::size_t probed = 0; end != centres.begin(); ++probed) {
    if (probed >= probes_min && measuring.rows() >= rows_min) break;
    std::pop_heap(centres.begin(), end--, farther);
    lists_->each(end->row, [&](std::uint32_t row) {
      if (filter_.allows(row)) measuring.add(row);
    });
  }
  measuring.finish();
  return centres.size() + measuring.distances() + rerank(query, nearest[0].sorted(), top);
}

std::uint64_t Search::list(std::vector<void const*> const& queries, std::vector<Top>& tops) const {
  Space const space = store_.index_space();
  std::vector<std::vector<std::uint8_t>> memory(queries.size());
  std::vector<void const*> copies(queries.size());
  std::vector<Top> nearest(queries.size());
  for (std::size_t i = 0; i < queries.size(); ++i) {
    copies[i] = as_indexed(queries[i], memory[i]);
    nearest[i].reset(candidates());
  }
  std::uint64_t measured = scan(space, filter_, 0, indexed_, copies, nearest);
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
  if (!store_.has_copy()) return request_.k;
  return std::max(request_.k, request_.candidates ? request_.candidates : request_.k + request_.k / 2 + kRerankSpare);
}

}  // namespace braid
