#include "lists.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <stdexcept>

#include "file_heads.h"
#include "parallel.h"

namespace braid {
namespace {

// Fewer rows than that in a list, and its centre is more chance than place (FAISS warns below 39, knowhere makes fewer lists).
constexpr std::uint32_t kRowsPerListMin = 39;
// Learning costs rows x lists: beyond this many lists per root of the rows it takes longer than the graph of the same rows.
constexpr double kListsPerRootOfRows = 8;
// Where the user does not say how many: a search then reads about as many centres as rows.
constexpr double kUsualListsPerRootOfRows = 4;
constexpr std::size_t kStopRows = 1'024;

std::uint32_t list_count(std::uint32_t wanted, std::uint32_t rows) {
  double const root = std::sqrt(double(rows));
  double const most = std::min(double(rows) / kRowsPerListMin, kListsPerRootOfRows * root);
  return std::uint32_t(std::max(1.0, std::min(wanted ? double(wanted) : kUsualListsPerRootOfRows * root, most)));
}

}  // namespace

struct Lists::State {
  std::shared_ptr<Centres const> centres;
  std::uint32_t learnt_from;
  std::vector<std::uint32_t> ends, rows;
};

Lists::Lists(RowKind const& kind, Rows const& matrix, std::uint32_t count) : kind_(kind), matrix_(matrix), count_(count) {}

std::shared_ptr<Lists::State const> Lists::state() const {
  std::lock_guard<std::mutex> lock(mutex_);
  return state_;
}

std::optional<ListsView> Lists::view() const {
  auto const now = state();
  if (!now) return std::nullopt;
  return ListsView{now, now->centres.get(), now->ends.data(), now->rows.data(), std::uint32_t(now->rows.size())};
}

std::uint32_t Lists::indexed() const {
  auto const now = state();
  return now ? std::uint32_t(now->rows.size()) : 0;
}

std::size_t Lists::memory_bytes() const {
  auto const now = state();
  return now ? now->centres->memory_bytes() + (now->ends.size() + now->rows.size()) * sizeof(std::uint32_t) : 0;
}

void Lists::add(std::uint32_t up_to, std::size_t threads, std::atomic<bool> const& stopped) {
  auto before = state();
  if (before && up_to >= 2 * std::uint64_t(before->learnt_from)) before = nullptr;
  std::uint32_t const first = before ? std::uint32_t(before->rows.size()) : 0;
  auto next = std::make_shared<State>();
  next->learnt_from = before ? before->learnt_from : up_to;
  next->centres = before ? before->centres : Centres::train(kind_, matrix_, up_to, list_count(count_, up_to), threads, stopped);

  std::vector<std::uint32_t> list_of(up_to - first);
  in_parallel_ranges(threads, list_of.size(), [&](std::size_t from, std::size_t to) {
    for (std::size_t i = from; i < to && next->centres; ++i) {
      if (i % kStopRows == 0 && stopped.load(std::memory_order_relaxed)) return;
      list_of[i] = next->centres->nearest(matrix_.at(first + std::uint32_t(i)));
    }
  });
  if (stopped.load(std::memory_order_relaxed)) throw std::runtime_error("the store was closed while its lists were built");

  std::uint32_t const count = next->centres->count();
  next->ends.assign(count, 0);
  next->rows.resize(up_to);
  for (std::uint32_t list : list_of) ++next->ends[list];
  std::vector<std::uint32_t> at(count);
  for (std::uint32_t list = 0, end = 0; list < count; ++list) {
    std::uint32_t const start = before && list ? before->ends[list - 1] : 0;
    std::uint32_t const kept = before ? before->ends[list] - start : 0;
    if (kept) std::memcpy(next->rows.data() + end, before->rows.data() + start, kept * sizeof(std::uint32_t));
    at[list] = end + kept;
    end = next->ends[list] += end + kept;
  }
  for (std::size_t i = 0; i < list_of.size(); ++i) next->rows[at[list_of[i]]++] = first + std::uint32_t(i);
  std::lock_guard<std::mutex> lock(mutex_);
  state_ = std::move(next);
}

SavedLists::SavedLists(std::string const& path, bool in_memory, RowKind const& kind, std::uint32_t rows)
    : file_(path, in_memory), bound_(rows) {
  if (file_.size() < kHeadBytes) file_.refuse("it is too short");
  std::uint64_t const count = lists_of(file_.data());
  if (std::memcmp(file_.data(), lists_head(kind, rows, count).data(), kHeadBytes) != 0)
    file_.refuse("its head names another metric, element type, dimension, number of rows or version");
  if (count < 1 || count > std::max<std::uint32_t>(1, rows)) file_.refuse("its number of lists makes no sense");
  std::size_t const stride = Centres::stride(kind.dimensions);
  std::uint64_t const centres_at = kHeadBytes + kind.dimensions * sizeof(float);
  std::uint64_t const ends_at = centres_at + count * stride * sizeof(std::uint16_t);
  file_.expect_size(ends_at + (count + rows) * sizeof(std::uint32_t));
  centres_ = std::make_unique<Centres>(kind, std::uint32_t(count), reinterpret_cast<float const*>(file_.data() + kHeadBytes),
                                       reinterpret_cast<std::uint16_t const*>(file_.data() + centres_at));
  ends_ = reinterpret_cast<std::uint32_t const*>(file_.data() + ends_at);
  rows_ = ends_ + count;
  for (std::uint64_t list = 0; list < count; ++list)
    if (ends_[list] < (list ? ends_[list - 1] : 0)) file_.refuse("an end of its lists makes no sense");
  if (ends_[count - 1] != rows) file_.refuse("its lists do not hold every row");
  for (std::uint32_t i = 0; i < rows; ++i)
    if (rows_[i] >= rows) file_.refuse("a row of its lists makes no sense");
}

}  // namespace braid
