// Answering a search: which way to find the rows, and finding them.
#pragma once
#include <cstdint>
#include <vector>

#include "filter.h"
#include "store.h"
#include "top.h"

namespace braid {

enum class Method : std::uint8_t { automatic, exact, index };

struct SearchRequest {
  std::size_t k;
  std::size_t expansion;   // breadth of the walk over a graph
  std::size_t probes;      // lists to read; 0: by their number
  std::size_t candidates;  // rows found by copies that are measured again; 0: by k
  std::uint8_t const* bits;  // null: every row
  std::uint64_t allowed;     // set bits below `visible`
  std::uint32_t visible;
  Method method;
};

// What a search does is decided once for all its queries; any number of threads may then answer them.
class Search {
 public:
  enum class Way : std::uint8_t { exact, list, graph, probe };

  Search(Store const& store, SearchRequest const& request);

  Way way() const { return way_; }
  // Queries that are best answered by one call.
  std::size_t group() const { return way_ == Way::graph || way_ == Way::probe ? 1 : kScanGroup; }
  // The nearest rows of each of `count` queries, one row after the other; nearest first. Returns the distances computed.
  std::uint64_t answer(std::uint8_t const* queries, std::size_t count, std::vector<Hit>* hits) const;

 private:
  static constexpr std::size_t kScanGroup = 8;

  Way choose() const;
  double breadth() const;
  double share_near_allowed() const;
  std::uint64_t rows_worth_an_index() const;
  std::size_t probes() const;
  // Rows of the lists that a search without a filter reads, on average.
  std::uint64_t probed_rows() const;
  void const* as_indexed(void const* query, std::vector<std::uint8_t>& memory) const;
  std::uint64_t walk(void const* query, Top& top) const;
  std::uint64_t probe(void const* query, Top& top) const;
  std::uint64_t list(std::vector<void const*> const& queries, std::vector<Top>& tops) const;
  std::uint64_t rerank(void const* query, std::vector<Hit> const& candidates, Top& top) const;
  std::size_t candidates() const;

  Store const& store_;
  SearchRequest request_;
  Filter filter_;
  std::optional<GraphView> graph_;
  std::optional<ListsView> lists_;
  std::uint32_t indexed_ = 0;  // rows that the index can find; those from here on are scanned
  std::size_t expansion_ = 0;
  bool restricted_ = false;  // some rows that the index finds may not be returned
  std::vector<std::uint32_t> seeds_;
  Way way_;
};

}  // namespace braid
