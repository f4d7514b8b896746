#include "order_job.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <vector>

#include "arguments.h"
#include "pool_job.h"

namespace braid {
namespace {

struct Order {
  // Rows by value, of equal values by number.
  std::vector<std::uint32_t> rows;
  // Where each different value begins among them, and their number at the end.
  std::vector<std::uint32_t> starts;
};

template <typename Key>
struct Keyed {
  Key key;
  std::uint32_t row;
};

template <typename Entry, typename Less, typename Equal>
Order order_of(std::vector<Entry> entries, Less less, Equal equal) {
  std::sort(entries.begin(), entries.end(), less);
  Order order;
  order.rows.reserve(entries.size());
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (i == 0 || !equal(entries[i - 1], entries[i])) order.starts.push_back(std::uint32_t(i));
    order.rows.push_back(entries[i].row);
  }
  order.starts.push_back(std::uint32_t(entries.size()));
  return order;
}

template <typename Number>
Order order_numbers(Number const* values, std::uint32_t count) {
  std::vector<Keyed<Number>> entries(count);
  for (std::uint32_t row = 0; row < count; ++row) entries[row] = {values[row], row};
  auto const less = [](auto const& a, auto const& b) { return a.key != b.key ? a.key < b.key : a.row < b.row; };
  return order_of(std::move(entries), less, [](auto const& a, auto const& b) { return a.key == b.key; });
}

// The first eight bytes as a number that compares as they do; most texts differ in them.
std::uint64_t head_of(std::uint8_t const* text, std::uint32_t length) {
  std::uint64_t head = 0;
  for (std::uint32_t i = 0; i < 8; ++i) head = head << 8 | (i < length ? text[i] : 0);
  return head;
}

Order order_texts(std::uint8_t const* bytes, std::uint32_t const* offsets, std::uint32_t count) {
  std::vector<Keyed<std::uint64_t>> entries(count);
  for (std::uint32_t row = 0; row < count; ++row) {
    entries[row] = {head_of(bytes + offsets[row], offsets[row + 1] - offsets[row]), row};
  }
  auto const compare = [=](auto const& a, auto const& b) {
    if (a.key != b.key) return a.key < b.key ? -1 : 1;
    std::uint32_t const a_length = offsets[a.row + 1] - offsets[a.row];
    std::uint32_t const b_length = offsets[b.row + 1] - offsets[b.row];
    int const order = std::memcmp(bytes + offsets[a.row], bytes + offsets[b.row], std::min(a_length, b_length));
    if (order != 0) return order;
    return a_length < b_length ? -1 : a_length > b_length ? 1 : 0;
  };
  auto const less = [=](auto const& a, auto const& b) {
    int const order = compare(a, b);
    return order != 0 ? order < 0 : a.row < b.row;
  };
  return order_of(std::move(entries), less, [=](auto const& a, auto const& b) { return compare(a, b) == 0; });
}

class OrderJob : public PoolJob {
 public:
  explicit OrderJob(Napi::CallbackInfo const& info)
      : PoolJob(info.Env()),
        kind_(number_at(info, 0)),
        count_(number_at(info, 1)),
        values_(bytes_at(info, 2)),
        offsets_(reinterpret_cast<std::uint32_t const*>(bytes_at(info, 3))) {
    // The arrays live as long as the work.
    auto held = Napi::Array::New(info.Env(), 2);
    held.Set(0u, info[2]);
    held.Set(1u, info[3]);
    held_ = Napi::Persistent(held.As<Napi::Object>());
  }

 private:
  void work() override {
    if (kind_ == 0) {
      order_ = order_numbers(reinterpret_cast<std::int64_t const*>(values_), count_);
    } else if (kind_ == 1) {
      order_ = order_numbers(reinterpret_cast<double const*>(values_), count_);
    } else {
      order_ = order_texts(values_, offsets_, count_);
    }
  }

  Napi::Value answer(Napi::Env env) override {
    auto result = Napi::Object::New(env);
    result.Set("order", array_of(env, order_.rows));
    result.Set("starts", array_of(env, order_.starts));
    return result;
  }

  static Napi::Uint32Array array_of(Napi::Env env, std::vector<std::uint32_t> const& numbers) {
    auto array = Napi::Uint32Array::New(env, numbers.size());
    std::copy(numbers.begin(), numbers.end(), array.Data());
    return array;
  }

  std::uint32_t kind_;
  std::uint32_t count_;
  std::uint8_t const* values_;
  std::uint32_t const* offsets_;
  Napi::ObjectReference held_;
  Order order_;
};

}  // namespace

Napi::Value order_rows(Napi::CallbackInfo const& info) { return (new OrderJob(info))->start(); }

}  // namespace braid
