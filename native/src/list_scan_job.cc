#include "list_scan_job.h"

#include <utility>
#include <vector>

#include "arguments.h"
#include "hits_answer.h"
#include "list_scan.h"
#include "pool_job.h"

namespace braid {
namespace {

class ListScanJob : public PoolJob {
 public:
  explicit ListScanJob(Napi::CallbackInfo const& info)
      : PoolJob(info.Env()),
        filter_(bytes_at(info, 8), number_at(info, 9)),
        space_{distance_kernel(Metric(number_at(info, 12)), Scalar(number_at(info, 11))), number_at(info, 10),
               row_bytes(Scalar(number_at(info, 11)), number_at(info, 10))},
        tops_(number_at(info, 6)) {
    auto const bytes = info[0].As<Napi::Array>();
    auto const offsets = info[1].As<Napi::Array>();
    std::uint32_t first = number_at(info, 2);
    for (std::uint32_t i = 0; i < bytes.Length(); ++i) {
      auto const ends = offsets.Get(i).As<Napi::Uint32Array>();
      std::uint32_t const rows = std::uint32_t(ends.ElementLength() - 1);
      chunks_.push_back({bytes.Get(i).As<Napi::Uint8Array>().Data(), ends.Data(), first, rows});
      first += rows;
    }
    auto const* query_bytes = bytes_at(info, 3);
    auto const* ends = info[4].As<Napi::Uint32Array>().Data() + number_at(info, 5);
    for (std::size_t i = 0; i < tops_.size(); ++i) {
      queries_.push_back({query_bytes + ends[i], (ends[i + 1] - ends[i]) / space_.row_bytes});
      tops_[i].reset(number_at(info, 7));
    }
    // What is read off the event loop must not be collected meanwhile.
    for (std::size_t place : {0, 1, 3, 4, 8}) {
      if (!info[place].IsUndefined()) kept_.push_back(Napi::Persistent(info[place].As<Napi::Object>()));
    }
  }

 private:
  void work() override {
    times_.begin();
    for (ListChunk const& chunk : chunks_) computed_ += scan_lists(space_, filter_, chunk, queries_, tops_);
    for (Top& top : tops_) hits_.push_back(std::move(top.sorted()));
    times_.end();
  }

  Napi::Value answer(Napi::Env env) override { return hits_answer(env, hits_, "exact", computed_, times_); }

  JobTimes times_;
  std::vector<Napi::ObjectReference> kept_;
  Filter filter_;
  ListSpace space_;
  std::vector<ListChunk> chunks_;
  std::vector<ListQuery> queries_;
  std::vector<Top> tops_;
  std::vector<std::vector<Hit>> hits_;
  std::uint64_t computed_ = 0;
};

}  // namespace

Napi::Value scan_lists(Napi::CallbackInfo const& info) { return (new ListScanJob(info))->start(); }

}  // namespace braid
