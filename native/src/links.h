// Reading the graph: who is whose neighbour.
//
// A node is one run of bytes ("tape"), the same in memory and in a usearch file: key (8 bytes), level (2), then for the base
// level and for each level above it a count (4) and room for a fixed number of slots (4 each). A slot is a row.
//
// Searches read tapes while insertions rewrite them, without locks. What makes that safe:
//  - a tape in memory is placed so that counts and slots are aligned words, which the machine writes and reads whole;
//  - a count is cut to the room, and a slot at or beyond `bound`, the rows known to be inserted completely when the search
//    began, is skipped: whatever mixture of old and new list is read, every slot followed is a node that is there;
//  - a node says its level, and no list above it is read.
// A search may so miss an edge that is being rewritten. It cannot follow one to what is not a node.
#pragma once
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "prefetch.h"
#include "rows.h"

namespace braid {

using Tape = std::uint8_t const*;

struct Entry {
  std::uint32_t row;
  std::int32_t level;
};

class Links {
 public:
  static constexpr std::size_t kTapeHeadBytes = 10;

  // `tapes` holds a pointer for each row. The base level has twice the connectivity of those above it.
  Links(Rows const& tapes, std::size_t connectivity)
      : tapes_(tapes), base_room_(std::uint32_t(2 * connectivity)), room_(std::uint32_t(connectivity)) {}

  Tape tape(std::uint32_t row) const {
    Tape tape;
    std::memcpy(&tape, tapes_.at(row), sizeof(tape));
    return tape;
  }
  __attribute__((always_inline)) void prefetch_pointer(std::uint32_t row) const { prefetch(tapes_.at(row), sizeof(Tape)); }

  static std::int32_t level(Tape tape) {
    std::int16_t level;
    std::memcpy(&level, tape + 8, sizeof(level));
    return level;
  }

  std::uint32_t base_room() const { return base_room_; }
  std::size_t base_bytes() const { return kTapeHeadBytes + list_bytes(base_room_); }
  // Length of a tape of that level.
  std::size_t tape_bytes(std::int32_t level) const { return base_bytes() + std::size_t(level) * list_bytes(room_); }

  // Calls `use(slot)` for the neighbours at `level` that are below `bound`, until it returns false.
  template <typename Use>
  void each(Tape tape, std::int32_t level, std::uint32_t bound, Use use) const {
    std::uint8_t const* list = tape + (level ? tape_bytes(level - 1) : kTapeHeadBytes);
    std::uint32_t const room = level ? room_ : base_room_;
    std::uint32_t count;
    std::memcpy(&count, list, sizeof(count));
    if (count > room) count = room;
    for (std::uint32_t i = 0; i < count; ++i) {
      std::uint32_t slot;
      std::memcpy(&slot, list + 4 + 4 * std::size_t(i), sizeof(slot));
      if (slot < bound && !use(slot)) return;
    }
  }

  // Row and level change together, or a search could start on a level that its entry does not have.
  Entry entry() const {
    std::uint64_t const packed = entry_.load(std::memory_order_acquire);
    return {std::uint32_t(packed), std::int32_t(packed >> 32)};
  }
  void set_entry(Entry entry) {
    entry_.store(std::uint64_t(std::uint32_t(entry.level)) << 32 | entry.row, std::memory_order_release);
  }

 private:
  static std::size_t list_bytes(std::uint32_t room) { return 4 + 4 * std::size_t(room); }

  Rows const& tapes_;
  std::uint32_t base_room_;
  std::uint32_t room_;
  std::atomic<std::uint64_t> entry_{std::uint64_t(0xffffffff) << 32};  // level -1: no entry yet
};

// A graph as one search sees it.
struct GraphView {
  Links const& links;
  // Read before `bound`: an entry is inside every bound that is read after it.
  Entry entry;
  // Rows below it are in the graph.
  std::uint32_t bound;
};

}  // namespace braid
