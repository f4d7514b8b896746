// A graph in a usearch file that is mapped and searched in place.
#pragma once
#include <cstdint>
#include <memory>
#include <string>

#include "links.h"
#include "mapped_file.h"
#include "rows.h"

namespace braid {

class MappedGraph {
 public:
  // Checks what can be checked without reading every edge: the header, the levels and the length they add up to. Throws std::runtime_error.
  // A file whose edges are damaged is not found out here: verify its checksum before.
  MappedGraph(std::string const& path, std::uint32_t rows);

  GraphView view() const { return {*links_, links_->entry(), rows_}; }
  std::size_t memory_bytes() const { return std::size_t(rows_) * sizeof(Tape); }

 private:
  MappedFile file_;
  std::uint32_t rows_;
  Rows tapes_;
  std::unique_ptr<Links> links_;
};

}  // namespace braid
