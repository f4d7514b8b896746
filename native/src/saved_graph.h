// A graph in a file, searched as it lies there.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "input_file.h"
#include "links.h"
#include "row_kind.h"
#include "rows.h"

namespace braid {

class SavedGraph {
 public:
  // Checks the head, the levels and the length they add up to, which reads two bytes a row; the edges are not looked at, and a
  // walk follows no edge out of the file. Throws std::runtime_error.
  SavedGraph(std::string const& path, bool in_memory, RowKind const& kind, std::uint32_t rows);

  GraphView view() const { return {*links_, links_->entry(), std::uint32_t(pointers_.size())}; }
  std::size_t memory_bytes() const { return pointers_.size() * sizeof(Tape) + file_.memory_bytes(); }

 private:
  InputFile file_;
  std::vector<Tape> pointers_;
  std::unique_ptr<Rows> tapes_;
  std::unique_ptr<Links> links_;
};

}  // namespace braid
