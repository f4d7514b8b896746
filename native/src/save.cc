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

void write_lists(OutputFile& file, RowKind const& kind, ListsView const& lists) {
  Centres const& centres = *lists.centres;
  file.write(lists_head(kind, lists.bound, centres.count()).data(), kHeadBytes);
  file.write(centres.mean().data(), centres.mean().size() * sizeof(float));
  file.write(centres.values().data(), centres.values().size() * sizeof(std::uint16_t));
  file.write(lists.ends, centres.count() * sizeof(std::uint32_t));
  file.write(lists.rows, lists.bound * sizeof(std::uint32_t));
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
  if (!options_.has_index() || indexed() != count) return files;
  if (graph_) {
    add(".graph", [&](OutputFile& file) {
      file.write(graph_head(copies_kind(), count).data(), kHeadBytes);
      graph_->serialise([&](void const* data, std::size_t bytes) { file.write(data, bytes); });
    });
  }
  if (auto const lists = this->lists()) add(".lists", [&](OutputFile& file) { write_lists(file, rows_kind(), *lists); });
  if (!copy_) return files;
  add(".vectors", [&](OutputFile& file) {
    CopyNumbers const numbers{copy_->stride(), format_.step(), format_.offset()};
    file.write(vectors_head(copies_kind(), count, numbers).data(), kHeadBytes);
    write_rows(file, *copy_, count);
  });
  return files;
}

}  // namespace braid
