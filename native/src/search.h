// Answering a search: which way to find the rows, and finding them.
#pragma once
#include <cstdint>
#include <vector>

#include "filter.h"
#include "store.h"
#include "top.h"

namespace braid {

enum class Method : std::uint8_t { automatic, exact, graph };

struct SearchRequest {
  std::size_t k;
  std::size_t expansion;
  std::uint8_t const* bits;  // null: every row
  std::uint64_t allowed;     // set bits below `visible`
  std::uint32_t visible;
  Method method;
};

// What a search does is decided once for all its queries; any number of threads may then answer them.
class Search {
 public:
  enum class Way : std::uint8_t { exact, list, graph };

  Search(Store const& store, SearchRequest const& request);

  Way way() const { return way_; }
  // Queries that are best answered by one call.
  std::size_t group() const { return way_ == Way::graph ? 1 : kScanGroup; }
  // The nearest rows of each of `count` queries, one row after the other; nearest first. Returns the distances computed.
  std::uint64_t answer(std::uint8_t const* queries, std::size_t count, std::vector<Hit>* hits) const;

 private:
  static constexpr std::size_t kScanGroup = 8;

  Way choose() const;
  double breadth() const;
  double share_near_allowed() const;
  std::uint64_t walk(void const* query, Top& top) const;
  std::uint64_t list(std::vector<void const*> const& queries, std::vector<Top>& tops) const;
  std::uint64_t rerank(void const* query, std::vector<Hit> const& candidates, Top& top) const;
  std::size_t candidates() const;

  Store const& store_;
  SearchRequest request_;
  Filter filter_;
  std::optional<GraphView> graph_;
  std::uint32_t walkable_ = 0;  // rows that the graph can find; those from here on are scanned
  std::size_t expansion_ = 0;
  bool restricted_ = false;  // some rows that the walk meets may not be returned
  std::vector<std::uint32_t> seeds_;
  Way way_;
};

}  // namespace braid
