#include "store.h"

#include <algorithm>
#include <cstring>
#include <stdexcept>

#include "file_heads.h"
#include "parallel.h"

namespace braid {

Store::Store(StoreOptions const& options)
    : options_(options),
      row_bytes_(braid::row_bytes(options.scalar, options.dimensions)),
      distance_(distance_kernel(options.metric, options.scalar)),
      format_(options.scalar, options.copy, options.metric, options.dimensions),
      index_distance_(distance_kernel(format_.metric(), options.copy)),
      rows_(std::make_unique<Rows>(row_bytes_)) {
  if (options.has_index() && format_.copies()) copy_ = std::make_unique<Rows>(format_.stride());
  if (options.graph) {
    auto const [connectivity, expansion] = *options.graph;
    graph_ = std::make_unique<Graph>(connectivity, expansion, options.dimensions, index_distance_, index_rows());
  }
  if (options.lists) lists_ = std::make_unique<Lists>(rows_kind(), *rows_, options.lists->count);
}

Store::Store(StoreOptions const& options, std::string const& path, std::uint32_t rows, bool in_memory)
    : options_(options),
      row_bytes_(braid::row_bytes(options.scalar, options.dimensions)),
      distance_(distance_kernel(options.metric, options.scalar)),
      format_(options.scalar, options.copy, options.metric, options.dimensions),
      index_distance_(distance_kernel(format_.metric(), options.copy)),
      rows_file_(std::make_unique<InputFile>(path + ".rows", in_memory)) {
  rows_file_->expect_size(std::uint64_t(rows) * row_bytes_);
  rows_ = std::make_unique<Rows>(rows_file_->data(), row_bytes_);
  count_ = rows;
  if (!options.has_index()) return;
  if (format_.copies()) open_copy(path + ".vectors", in_memory);
  if (options.graph) saved_graph_ = std::make_unique<SavedGraph>(path + ".graph", in_memory, copies_kind(), rows);
  if (options.lists) saved_lists_ = std::make_unique<SavedLists>(path + ".lists", in_memory, rows_kind(), rows);
}

void Store::open_copy(std::string const& path, bool in_memory) {
  copy_file_ = std::make_unique<InputFile>(path, in_memory);
  copy_file_->expect_size(kHeadBytes + std::uint64_t(rows()) * format_.stride());
  CopyNumbers const numbers = copy_numbers_of(copy_file_->data());
  Head const head = vectors_head(copies_kind(), rows(), {format_.stride(), numbers.step, numbers.offset});
  if (std::memcmp(copy_file_->data(), head.data(), kHeadBytes) != 0)
    copy_file_->refuse("its head names another metric, element type, dimension or number of rows");
  if (format_.needs_training() && !format_.restore(numbers.step, numbers.offset))
    copy_file_->refuse("its step and offset make no sense");
  copy_ = std::make_unique<Rows>(copy_file_->data() + kHeadBytes, format_.stride());
}

std::uint32_t Store::indexed() const {
  if (saved_graph_ || saved_lists_) return rows();
  return graph_ ? graph_->indexed() : lists_ ? lists_->indexed() : 0;
}

std::optional<GraphView> Store::graph() const {
  if (saved_graph_) return saved_graph_->view();
  if (graph_) return graph_->view();
  return std::nullopt;
}

std::optional<ListsView> Store::lists() const {
  if (saved_lists_) return saved_lists_->view();
  if (lists_) return lists_->view();
  return std::nullopt;
}

std::size_t Store::memory_bytes() const {
  std::size_t bytes = 0;
  bytes += rows_file_ ? rows_file_->memory_bytes() : std::size_t(rows()) * row_bytes_;
  if (copy_) bytes += copy_file_ ? copy_file_->memory_bytes() : std::size_t(indexed()) * copy_->stride();
  if (graph_) bytes += graph_->memory_bytes();
  if (saved_graph_) bytes += saved_graph_->memory_bytes();
  if (lists_) bytes += lists_->memory_bytes();
  if (saved_lists_) bytes += saved_lists_->memory_bytes();
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

void Store::index(std::uint32_t up_to, std::size_t threads) {
  if (up_to <= indexed()) return;
  if (copy_ && format_.needs_training()) format_.train(*rows_, rows());
  if (graph_) return insert_into_graph(up_to, threads);
  make_copies(up_to, threads);
  lists_->add(up_to, threads, stopped_);
}

void Store::make_copies(std::uint32_t up_to, std::size_t threads) {
  if (!copy_) return;
  std::uint32_t const first = indexed();
  copy_->reserve(first, up_to);
  in_parallel_ranges(threads, up_to - first, [&](std::size_t from, std::size_t to) {
    for (std::size_t row = first + from; row < first + to; ++row)
      format_.row(rows_->at(std::uint32_t(row)), copy_->write(std::uint32_t(row)));
  });
}

void Store::insert_into_graph(std::uint32_t up_to, std::size_t threads) {
  std::uint32_t const first = graph_->indexed();
  threads = std::min<std::size_t>(threads, up_to - first);
  graph_->reserve(up_to, threads);
  if (copy_) copy_->reserve(first, up_to);
  std::function<void(std::uint32_t)> const prepare = [this](std::uint32_t row) {
    if (copy_) format_.row(rows_->at(row), copy_->write(row));
  };
  std::atomic<std::uint32_t> next{first};
  in_parallel(threads, [&](std::size_t thread) {
    try {
      while (!stopped_.load(std::memory_order_relaxed) && next.fetch_add(1) < up_to) graph_->insert_next(thread, prepare);
    } catch (...) {
      next.store(up_to);
      throw;
    }
  });
  if (graph_->indexed() < up_to) throw std::runtime_error("the store was closed while its graph was built");
}

}  // namespace braid
