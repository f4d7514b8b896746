// A graph in a file, searched where it lies.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "file_heads.h"
#include "links.h"
#include "mapped_file.h"
#include "rows.h"

namespace braid {

class MappedGraph {
 public:
  // Checks the head, the levels and the length they add up to, which reads two bytes a row; the edges are not looked at, and a
  // walk follows no edge out of the file. Throws std::runtime_error.
  MappedGraph(std::string const& path, GraphRows const& rows);

  GraphView view() const { return {*links_, links_->entry(), std::uint32_t(pointers_.size())}; }
  std::size_t memory_bytes() const { return pointers_.size() * sizeof(Tape); }

 private:
  MappedFile file_;
  std::vector<Tape> pointers_;
  std::unique_ptr<Rows> tapes_;
  std::unique_ptr<Links> links_;
};

}  // namespace braid
