#include "store.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <mutex>
#include <stdexcept>
#include <thread>

namespace braid {

Store::Store(StoreOptions const& options)
    : options_(options),
      row_bytes_(braid::row_bytes(options.scalar, options.dimensions)),
      distance_(distance_kernel(options.metric, options.scalar)),
      rows_(std::make_unique<Rows>(row_bytes_)) {
  if (!options.graph) return;
  choose_graph_distance();
  if (copy_stride()) copy_ = std::make_unique<Rows>(copy_stride());
  graph_ = std::make_unique<Graph>(options.graph->connectivity, options.graph->expansion, options.dimensions,
                                   graph_distance_, graph_rows());
}

Store::Store(StoreOptions const& options, std::string const& path, std::uint32_t rows)
    : options_(options),
      row_bytes_(braid::row_bytes(options.scalar, options.dimensions)),
      distance_(distance_kernel(options.metric, options.scalar)),
      rows_file_(std::make_unique<MappedFile>(path + ".rows")) {
  rows_file_->expect_size(std::uint64_t(rows) * row_bytes_);
  rows_ = std::make_unique<Rows>(rows_file_->data(), row_bytes_);
  count_ = rows;
  if (!options.graph) return;
  choose_graph_distance();
  if (std::size_t const stride = copy_stride()) {
    copy_file_ = std::make_unique<MappedFile>(path + ".vectors");
    copy_file_->expect_size(kHeadBytes + std::uint64_t(rows) * stride);
    Head const head = vectors_head(graph_rows_of(rows), stride);
    if (std::memcmp(copy_file_->data(), head.data(), kHeadBytes) != 0)
      copy_file_->refuse("its head names another metric, element type, dimension or number of rows");
    copy_ = std::make_unique<Rows>(copy_file_->data() + kHeadBytes, stride);
  }
  mapped_graph_ = std::make_unique<MappedGraph>(path + ".graph", graph_rows_of(rows));
}

void Store::choose_graph_distance() {
  bool const copies = options_.graph->scalar != options_.scalar;
  // Copies are normalised, so that their cosine is a dot product.
  Metric const metric = copies && options_.metric == Metric::cosine ? Metric::ip : options_.metric;
  graph_distance_ = distance_kernel(metric, options_.graph->scalar);
}

GraphRows Store::graph_rows_of(std::uint32_t count) const {
  return {options_.metric, options_.graph->scalar, options_.dimensions, count};
}

// 0: the graph compares the rows themselves.
std::size_t Store::copy_stride() const {
  if (options_.graph->scalar == options_.scalar) return 0;
  std::size_t const bytes = braid::row_bytes(options_.graph->scalar, options_.dimensions);
  // A row that begins in the middle of a cache line costs a line more.
  return bytes < 64 ? bytes : (bytes + 63) / 64 * 64;
}

std::uint32_t Store::indexed() const {
  if (mapped_graph_) return rows();
  return graph_ ? graph_->indexed() : 0;
}

std::optional<GraphView> Store::graph() const {
  if (mapped_graph_) return mapped_graph_->view();
  if (graph_) return graph_->view();
  return std::nullopt;
}

std::size_t Store::memory_bytes() const {
  std::size_t bytes = 0;
  if (!rows_file_) bytes += std::size_t(rows()) * row_bytes_;
  if (copy_ && !copy_file_) bytes += std::size_t(indexed()) * copy_->stride();
  if (graph_) bytes += graph_->memory_bytes();
  if (mapped_graph_) bytes += mapped_graph_->memory_bytes();
  return bytes;
}

void Store::append(std::uint8_t const* rows, std::uint32_t count) {
  std::uint32_t const first = count_.load(std::memory_order_relaxed);
  std::uint32_t const end = first + count;
  rows_->reserve(first, end);
  for (std::uint32_t row = first; row < end;) {
    std::uint32_t const stop = std::min(end, rows_->chunk_end(row));
    std::size_t const bytes = std::size_t(stop - row) * row_bytes_;
    std::memcpy(rows_->write(row), rows, bytes);
    rows += bytes;
    row = stop;
  }
  count_.store(end, std::memory_order_release);
}

void Store::get(std::uint32_t const* offsets, std::size_t count, std::uint8_t* out) const {
  for (std::size_t i = 0; i < count; ++i) std::memcpy(out + i * row_bytes_, rows_->at(offsets[i]), row_bytes_);
}

void Store::to_graph(void const* row, void* out) const {
  thread_local std::vector<float> values;
  values.resize(options_.dimensions);
  widen(options_.scalar, row, values.data(), options_.dimensions);
  if (options_.metric == Metric::cosine) {
    double squares = 0;
    for (float value : values) squares += double(value) * value;
    float const factor = squares > 0 ? float(1 / std::sqrt(squares)) : 0;
    for (float& value : values) value *= factor;
  }
  narrow(options_.graph->scalar, values.data(), out, options_.dimensions);
}

void Store::index(std::uint32_t up_to, std::size_t threads) {
  std::uint32_t const first = graph_->indexed();
  if (up_to <= first) return;
  threads = std::min<std::size_t>(threads, up_to - first);
  graph_->reserve(up_to, threads);
  if (copy_) copy_->reserve(first, up_to);
  std::function<void(std::uint32_t)> const prepare = [this](std::uint32_t row) {
    if (copy_) to_graph(rows_->at(row), copy_->write(row));
  };
  std::atomic<std::uint32_t> next{first};
  std::mutex mutex;
  std::exception_ptr failure;
  auto work = [&](std::size_t thread) noexcept {
    try {
      while (!stopped_.load(std::memory_order_relaxed) && next.fetch_add(1) < up_to) graph_->insert_next(thread, prepare);
    } catch (...) {
      next.store(up_to);
      std::lock_guard<std::mutex> lock(mutex);
      failure = std::current_exception();
    }
  };
  std::vector<std::thread> others;
  for (std::size_t thread = 1; thread < threads; ++thread) others.emplace_back(work, thread);
  work(0);
  for (std::thread& other : others) other.join();
  if (failure) std::rethrow_exception(failure);
  if (graph_->indexed() < up_to) throw std::runtime_error("the store was closed while its graph was built");
}

}  // namespace braid
