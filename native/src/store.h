// One vector field of one segment: the rows as they were inserted, and optionally a graph over a prefix of them.
#pragma once
#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "file_heads.h"
#include "graph.h"
#include "kernels.h"
#include "mapped_file.h"
#include "mapped_graph.h"
#include "rows.h"
#include "space.h"

namespace braid {

struct GraphOptions {
  std::size_t connectivity;
  std::size_t expansion;
  Scalar scalar;
};

struct StoreOptions {
  std::size_t dimensions;
  Scalar scalar;
  Metric metric;
  std::optional<GraphOptions> graph;
};

struct SavedFile {
  std::string path;
  std::uint64_t bytes;
};

class Store {
 public:
  explicit Store(StoreOptions const& options);
  // Maps `<path>.rows` and, if a graph is asked for, `<path>.graph` and `<path>.vectors`. Throws std::runtime_error.
  Store(StoreOptions const& options, std::string const& path, std::uint32_t rows);

  StoreOptions const& options() const { return options_; }
  std::size_t row_bytes() const { return row_bytes_; }
  std::uint32_t rows() const { return count_.load(std::memory_order_acquire); }
  std::uint32_t indexed() const;
  std::size_t memory_bytes() const;

  // One caller at a time. Throws std::bad_alloc.
  void append(std::uint8_t const* rows, std::uint32_t count);
  // Inserts rows below `up_to` into the graph. One call at a time. Throws when memory is short or `stop` was called.
  void index(std::uint32_t up_to, std::size_t threads);
  // Ends a running `index` after the rows it is at.
  void stop() { stopped_.store(true, std::memory_order_relaxed); }
  void get(std::uint32_t const* offsets, std::size_t count, std::uint8_t* out) const;
  // Writes the files, each synced to disk. Must not overlap `index`. Throws std::runtime_error.
  std::vector<SavedFile> save(std::string const& path) const;

  // The rows as they were inserted.
  Space rows_space() const { return {*rows_, distance_, options_.dimensions}; }
  // The rows as the graph compares them. Only with a graph.
  Space graph_space() const { return {graph_rows(), graph_distance_, options_.dimensions}; }
  // True when the graph compares copies: its distances are then near to those over the rows, but not equal.
  bool has_copy() const { return copy_ != nullptr; }
  // A row as the graph compares it; `out` has room for a row of `graph_space()`.
  void to_graph(void const* row, void* out) const;
  // Nothing without a graph.
  std::optional<GraphView> graph() const;

 private:
  void choose_graph_distance();
  Rows const& graph_rows() const { return copy_ ? *copy_ : *rows_; }
  GraphRows graph_rows_of(std::uint32_t count) const;
  std::size_t copy_stride() const;

  StoreOptions options_;
  std::size_t row_bytes_;
  Distance distance_;
  Distance graph_distance_ = nullptr;
  std::unique_ptr<MappedFile> rows_file_, copy_file_;
  std::unique_ptr<Rows> rows_, copy_;
  std::unique_ptr<Graph> graph_;
  std::unique_ptr<MappedGraph> mapped_graph_;
  std::atomic<std::uint32_t> count_{0};
  std::atomic<bool> stopped_{false};
};

}  // namespace braid
