// Inverted lists ("IVF"): every row is in the list of the centre that is nearest to it, and a search reads the lists whose centres
// are nearest to the query.
#pragma once
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "centres.h"
#include "input_file.h"

namespace braid {

// Lists as one search sees them; they do not change.
struct ListsView {
  std::shared_ptr<void const> owner;
  Centres const* centres;
  std::uint32_t const* ends;  // list i holds rows[ends[i - 1]] to rows[ends[i] - 1]
  std::uint32_t const* rows;
  std::uint32_t bound;  // every row below it is in one list

  template <typename Use>
  void each(std::uint32_t list, Use use) const {
    for (std::uint32_t i = list ? ends[list - 1] : 0; i < ends[list]; ++i) use(rows[i]);
  }
};

// Lists that grow. Searches go on with the lists they began with.
class Lists {
 public:
  // `count` lists are wanted; fewer are made of few rows. 0: as many as suit the rows.
  Lists(RowKind const& kind, Rows const& matrix, std::uint32_t count);

  // Nothing before the first rows are in.
  std::optional<ListsView> view() const;
  std::uint32_t indexed() const;
  std::size_t memory_bytes() const;

  // Brings rows below `up_to` into lists. The centres are learnt anew when there are twice as many rows as they were learnt from,
  // so all calls together cost at most twice the last one. One call at a time. Throws when `stopped` is set meanwhile.
  void add(std::uint32_t up_to, std::size_t threads, std::atomic<bool> const& stopped);

 private:
  struct State;
  std::shared_ptr<State const> state() const;

  RowKind kind_;
  Rows const& matrix_;
  std::uint32_t count_;
  mutable std::mutex mutex_;
  std::shared_ptr<State const> state_;
};

// Lists in a file.
class SavedLists {
 public:
  // Checks everything that a search relies on, which reads four bytes a row. Throws std::runtime_error.
  SavedLists(std::string const& path, bool in_memory, RowKind const& kind, std::uint32_t rows);

  ListsView view() const { return {nullptr, centres_.get(), ends_, rows_, bound_}; }
  std::size_t memory_bytes() const { return centres_->memory_bytes() + file_.memory_bytes(); }

 private:
  InputFile file_;
  std::unique_ptr<Centres> centres_;
  std::uint32_t const* ends_;
  std::uint32_t const* rows_;
  std::uint32_t bound_;
};

}  // namespace braid
