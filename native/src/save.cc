// Writing the files of a store.
#include <algorithm>
#include <stdexcept>

#include "file_heads.h"
#include "output_file.h"
#include "store.h"

namespace braid {
namespace {

void write_rows(OutputFile& file, Rows const& rows, std::uint32_t count) {
  for (std::uint32_t row = 0; row < count;) {
    std::uint32_t const end = std::min(count, rows.chunk_end(row));
    file.write(rows.at(row), std::size_t(end - row) * rows.stride());
    row = end;
  }
}

}  // namespace

std::vector<SavedFile> Store::save(std::string const& path) const {
  std::vector<SavedFile> files;
  std::uint32_t const count = rows();
  auto const add = [&](char const* suffix, auto write) {
    OutputFile file(path + suffix);
    write(file);
    files.push_back({path + suffix, file.finish()});
  };
  add(".rows", [&](OutputFile& file) { write_rows(file, *rows_, count); });
  if (!graph_ || graph_->indexed() != count) return files;
  GraphRows const described = graph_rows_of(count);
  add(".graph", [&](OutputFile& file) {
    file.write(graph_head(described).data(), kHeadBytes);
    graph_->serialise([&](void const* data, std::size_t bytes) { file.write(data, bytes); });
  });
  if (!copy_) return files;
  add(".vectors", [&](OutputFile& file) {
    file.write(vectors_head(described, copy_->stride()).data(), kHeadBytes);
    write_rows(file, *copy_, count);
  });
  return files;
}

}  // namespace braid
