#include "saved_graph.h"

#include <cstring>

#include "file_heads.h"

namespace braid {
namespace {

// usearch::index_serialized_header_t
struct GraphHeader {
  std::uint64_t size, connectivity, connectivity_base, max_level, entry_slot;
};

constexpr std::uint64_t kConnectivityMax = 2'048;

}  // namespace

SavedGraph::SavedGraph(std::string const& path, bool in_memory, RowKind const& kind, std::uint32_t rows)
    : file_(path, in_memory), pointers_(rows) {
  GraphHeader header;
  if (file_.size() < kHeadBytes + sizeof(header)) file_.refuse("it is too short");
  Head const head = graph_head(kind, rows);
  if (std::memcmp(file_.data(), head.data(), kHeadBytes) != 0)
    file_.refuse("its head names another metric, element type, dimension, number of rows or version");
  std::uint8_t const* at = file_.data() + kHeadBytes;
  std::uint8_t const* const end = file_.data() + file_.size();
  std::memcpy(&header, at, sizeof(header));
  at += sizeof(header);
  bool const fits = header.size == rows && header.connectivity >= 2 && header.connectivity <= kConnectivityMax &&
                    header.connectivity_base == 2 * header.connectivity;
  if (!fits || (rows > 0 && header.entry_slot >= rows)) file_.refuse("its graph makes no sense");

  tapes_ = std::make_unique<Rows>(reinterpret_cast<std::uint8_t const*>(pointers_.data()), sizeof(Tape));
  links_ = std::make_unique<Links>(*tapes_, header.connectivity);
  if (std::size_t(end - at) < rows * sizeof(std::int16_t)) file_.refuse("it is too short");
  std::uint8_t const* levels = at;
  at += rows * sizeof(std::int16_t);
  for (Tape& pointer : pointers_) {
    std::int16_t level;
    std::memcpy(&level, levels, sizeof(level));
    levels += sizeof(level);
    if (level < 0 || std::uint64_t(level) > header.max_level) file_.refuse("a level of its graph makes no sense");
    if (std::size_t(end - at) < links_->tape_bytes(level)) file_.refuse("it is too short");
    pointer = at;
    at += links_->tape_bytes(level);
  }
  if (at != end) file_.refuse("it is too long");
  if (rows > 0) links_->set_entry({std::uint32_t(header.entry_slot), std::int32_t(header.max_level)});
}

}  // namespace braid
