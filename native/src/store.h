// One vector field of one segment: the rows as they were inserted, and optionally an index (a graph or lists) over a prefix of them.
#pragma once
#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "copy_format.h"
#include "graph.h"
#include "input_file.h"
#include "kernels.h"
#include "lists.h"
#include "rows.h"
#include "saved_graph.h"
#include "space.h"

namespace braid {

struct GraphOptions {
  std::size_t connectivity;
  std::size_t expansion;
};

struct ListsOptions {
  std::uint32_t count;
};

// At most one of graph and lists.
struct StoreOptions {
  std::size_t dimensions;
  Scalar scalar;
  Metric metric;
  // Of the rows that the index compares; that of the rows themselves: no copies.
  Scalar copy;
  std::optional<GraphOptions> graph;
  std::optional<ListsOptions> lists;

  bool has_index() const { return graph || lists; }
};

struct SavedFile {
  std::string path;
  std::uint64_t bytes;
};

class Store {
 public:
  explicit Store(StoreOptions const& options);
  // Maps or loads `<path>.rows` and, if an index is asked for, `<path>.graph` or `<path>.lists`, and `<path>.vectors`. Throws
  // std::runtime_error, std::bad_alloc.
  Store(StoreOptions const& options, std::string const& path, std::uint32_t rows, bool in_memory);

  StoreOptions const& options() const { return options_; }
  std::size_t row_bytes() const { return row_bytes_; }
  std::uint32_t rows() const { return count_.load(std::memory_order_acquire); }
  std::uint32_t indexed() const;
  std::size_t memory_bytes() const;

  // One caller at a time. Throws std::bad_alloc.
  void append(std::uint8_t const* rows, std::uint32_t count);
  // Brings rows below `up_to` into the index. One call at a time. Throws when memory is short or `stop` was called.
  void index(std::uint32_t up_to, std::size_t threads);
  // Ends a running `index` after the rows it is at.
  void stop() { stopped_.store(true, std::memory_order_relaxed); }
  void get(std::uint32_t const* offsets, std::size_t count, std::uint8_t* out) const;
  // Writes the files, each synced to disk. Must not overlap `index`. Throws std::runtime_error.
  std::vector<SavedFile> save(std::string const& path) const;

  // The rows as they were inserted.
  Space rows_space() const { return {*rows_, distance_, options_.dimensions}; }
  // The rows as the index compares them. Only with an index.
  Space index_space() const { return {index_rows(), index_distance_, options_.dimensions}; }
  // True when the index compares copies: its distances order like those over the rows, nearly, and are not equal to them.
  bool has_copy() const { return copy_ != nullptr; }
  // A query as the index compares it; `out` has room for a row of `index_space()`. Only when rows are in the index.
  void query_to_copy(void const* query, void* out) const { format_.query(query, out); }
  // Nothing without a graph.
  std::optional<GraphView> graph() const;
  // Nothing without lists, or before the first rows are in them.
  std::optional<ListsView> lists() const;

 private:
  void open_copy(std::string const& path, bool in_memory);
  void make_copies(std::uint32_t up_to, std::size_t threads);
  void insert_into_graph(std::uint32_t up_to, std::size_t threads);
  Rows const& index_rows() const { return copy_ ? *copy_ : *rows_; }
  RowKind rows_kind() const { return {options_.metric, options_.scalar, options_.dimensions}; }
  // The copies of cosine are normalised and compared by their dot product, but files name what they are for.
  RowKind copies_kind() const { return {options_.metric, options_.copy, options_.dimensions}; }

  StoreOptions options_;
  std::size_t row_bytes_;
  Distance distance_;
  CopyFormat format_;
  Distance index_distance_;
  std::unique_ptr<InputFile> rows_file_, copy_file_;
  std::unique_ptr<Rows> rows_, copy_;
  std::unique_ptr<Graph> graph_;
  std::unique_ptr<SavedGraph> saved_graph_;
  std::unique_ptr<Lists> lists_;
  std::unique_ptr<SavedLists> saved_lists_;
  std::atomic<std::uint32_t> count_{0};
  std::atomic<bool> stopped_{false};
};

}  // namespace braid
