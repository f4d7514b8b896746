#include "mapped_graph.h"

#include <cstring>
#include <stdexcept>

namespace braid {
namespace {

// usearch's index_serialized_header_t.
struct Header {
  std::uint64_t size, connectivity, connectivity_base, max_level, entry_slot;
};

}  // namespace

MappedGraph::MappedGraph(std::string const& path, std::uint32_t rows) : file_(path), rows_(rows), tapes_(sizeof(Tape)) {
  auto const refuse = [&](char const* why) { throw std::runtime_error(path + " is not the graph of this store: " + why); };
  Header header;
  if (file_.size() < sizeof(header)) refuse("it is too short for a header");
  std::memcpy(&header, file_.data(), sizeof(header));
  if (header.size != rows) refuse("it has another number of rows");
  if (header.connectivity < 2 || header.connectivity > 2048 || header.connectivity_base != 2 * header.connectivity)
    refuse("its connectivity makes no sense");
  if (rows && header.entry_slot >= rows) refuse("it begins at a row that is not there");
  std::size_t const levels_bytes = sizeof(std::int16_t) * std::size_t(rows);
  std::size_t offset = sizeof(header) + levels_bytes;
  if (file_.size() < offset) refuse("it is too short for its rows");
  std::size_t const base_bytes = 4 + 4 * std::size_t(header.connectivity_base);
  std::size_t const level_bytes = 4 + 4 * std::size_t(header.connectivity);
  tapes_.reserve(0, rows);
  for (std::uint32_t row = 0; row < rows; ++row) {
    std::int16_t level;
    std::memcpy(&level, file_.data() + sizeof(header) + sizeof(level) * std::size_t(row), sizeof(level));
    if (level < 0 || std::uint64_t(level) > header.max_level) refuse("a level makes no sense");
    Tape const tape = file_.data() + offset;
    std::memcpy(tapes_.write(row), &tape, sizeof(tape));
    offset += Links::kHeadBytes + base_bytes + level_bytes * std::size_t(level);
    if (offset > file_.size()) refuse("it is shorter than its levels say");
  }
  if (offset != file_.size()) refuse("it is longer than its levels say");
  links_ = std::make_unique<Links>(tapes_, header.connectivity);
  if (rows) links_->set_entry({std::uint32_t(header.entry_slot), std::int32_t(header.max_level)});
}

}  // namespace braid
