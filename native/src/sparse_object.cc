#include "sparse_object.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "arguments.h"
#include "hits_answer.h"
#include "pool_job.h"
#include "sparse_search.h"

namespace braid {
namespace {

float float_at(Napi::CallbackInfo const& info, std::size_t place) { return info[place].As<Napi::Number>().FloatValue(); }

class SparseIndexJob : public PoolJob {
 public:
  SparseIndexJob(Napi::CallbackInfo const& info, std::shared_ptr<SparseIndex> index)
      : PoolJob(info.Env()), index_(std::move(index)), everything_(info[0].As<Napi::Boolean>().Value()) {}

 private:
  void work() override { index_->index(everything_); }
  Napi::Value answer(Napi::Env env) override { return Napi::Number::New(env, index_->indexed()); }

  std::shared_ptr<SparseIndex> index_;
  bool everything_;
};

// queries, their byte offsets, the first and the number of those to answer, k, filter, visible rows, drop ratio, average length, k1, b
class SparseSearchJob : public PoolJob {
 public:
  SparseSearchJob(Napi::CallbackInfo const& info, SparseIndex const& index)
      : PoolJob(info.Env()),
        queries_(bytes_at(info, 0)),
        offsets_(info[1].As<Napi::Uint32Array>().Data() + number_at(info, 2)),
        hits_(number_at(info, 3)),
        search_(index.snapshot(), {number_at(info, 4),
                                   bytes_at(info, 5),
                                   number_at(info, 6),
                                   float_at(info, 7),
                                   {float_at(info, 8), float_at(info, 9), float_at(info, 10)}}) {
    // What is read off the event loop must not be collected meanwhile.
    for (std::size_t place : {0, 1, 5}) {
      if (!info[place].IsUndefined()) kept_.push_back(Napi::Persistent(info[place].As<Napi::Object>()));
    }
  }

 private:
  void work() override {
    times_.begin();
    std::vector<SparsePair> query;
    for (std::size_t i = 0; i < hits_.size(); ++i) {
      query.resize((offsets_[i + 1] - offsets_[i]) / sizeof(SparsePair));
      if (!query.empty()) std::memcpy(query.data(), queries_ + offsets_[i], query.size() * sizeof(SparsePair));
      read_ += search_.answer(query.data(), query.size(), hits_[i]);
    }
    times_.end();
  }

  Napi::Value answer(Napi::Env env) override { return hits_answer(env, hits_, "exact", read_, times_); }

  JobTimes times_;
  std::vector<Napi::ObjectReference> kept_;
  std::uint8_t const* queries_;
  std::uint32_t const* offsets_;
  std::vector<std::vector<Hit>> hits_;
  SparseSearch search_;
  std::uint64_t read_ = 0;
};

class TermStatisticsJob : public PoolJob {
 public:
  TermStatisticsJob(Napi::CallbackInfo const& info, SparseIndex const& index)
      : PoolJob(info.Env()), snapshot_(index.snapshot()) {
    auto const terms = info[0].As<Napi::Uint32Array>();
    terms_.assign(terms.Data(), terms.Data() + terms.ElementLength());
  }

 private:
  void work() override { statistics_ = term_statistics(snapshot_, terms_); }
  Napi::Value answer(Napi::Env env) override {
    auto counts = Napi::Float64Array::New(env, terms_.size());
    std::copy(statistics_.row_counts.begin(), statistics_.row_counts.end(), counts.Data());
    auto result = Napi::Object::New(env);
    result.Set("total", statistics_.total);
    result.Set("rowCounts", counts);
    return result;
  }

  SparseSnapshot snapshot_;
  std::vector<std::uint32_t> terms_;
  TermStatistics statistics_;
};

}  // namespace

Napi::Function SparseObject::define(Napi::Env env) {
  return DefineClass(
      env, "SparseIndex",
      {InstanceMethod<&SparseObject::append>("append"), InstanceMethod<&SparseObject::index>("index"),
       InstanceMethod<&SparseObject::search>("search"), InstanceMethod<&SparseObject::statistics>("statistics"),
       InstanceMethod<&SparseObject::close>("close"), InstanceAccessor<&SparseObject::rows>("rows"),
       InstanceAccessor<&SparseObject::indexed>("indexed"), InstanceAccessor<&SparseObject::memory>("memory")});
}

SparseObject::SparseObject(Napi::CallbackInfo const& info)
    : Napi::ObjectWrap<SparseObject>(info), index_(std::make_shared<SparseIndex>()) {}

// bytes, byte offsets of the rows
Napi::Value SparseObject::append(Napi::CallbackInfo const& info) {
  auto const offsets = info[1].As<Napi::Uint32Array>();
  try {
    index_->append(bytes_at(info, 0), offsets.Data(), std::uint32_t(offsets.ElementLength() - 1));
  } catch (std::bad_alloc const&) {
    Napi::Error::New(info.Env(), "no memory for more rows").ThrowAsJavaScriptException();
  }
  return info.Env().Undefined();
}

Napi::Value SparseObject::index(Napi::CallbackInfo const& info) { return (new SparseIndexJob(info, index_))->start(); }

Napi::Value SparseObject::search(Napi::CallbackInfo const& info) {
  return (new SparseSearchJob(info, *index_))->start();
}

Napi::Value SparseObject::statistics(Napi::CallbackInfo const& info) {
  return (new TermStatisticsJob(info, *index_))->start();
}

Napi::Value SparseObject::close(Napi::CallbackInfo const& info) {
  index_.reset();
  return info.Env().Undefined();
}

Napi::Value SparseObject::rows(Napi::CallbackInfo const& info) { return Napi::Number::New(info.Env(), index_->rows()); }

Napi::Value SparseObject::indexed(Napi::CallbackInfo const& info) {
  return Napi::Number::New(info.Env(), index_->indexed());
}

Napi::Value SparseObject::memory(Napi::CallbackInfo const& info) {
  return Napi::Number::New(info.Env(), double(index_->memory_bytes()));
}

}  // namespace braid
