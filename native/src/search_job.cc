#include "search_job.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "arguments.h"
#include "hits_answer.h"
#include "search.h"

namespace braid {
namespace {

using Clock = std::chrono::steady_clock;

// A task gives its thread back after so long and queues up again: a batch of thousands of queries does not keep a single one
// waiting for longer.
constexpr auto kSlice = std::chrono::milliseconds(10);

class SearchJob : public std::enable_shared_from_this<SearchJob> {
 public:
  SearchJob(Napi::CallbackInfo const& info, std::shared_ptr<Store const> store)
      : env_(info.Env()),
        deferred_(Napi::Promise::Deferred::New(env_)),
        store_(std::move(store)),
        queries_(bytes_at(info, 0)),
        request_{number_at(info, 2), number_at(info, 3), number_at(info, 4), number_at(info, 5), bytes_at(info, 6),
                 0,                  number_at(info, 8),  Method(number_at(info, 9))},
        allowed_count_(info[7].As<Napi::Number>().Int64Value()),
        hits_(number_at(info, 1)) {
    // What is read off the event loop must not be collected meanwhile.
    kept_queries_ = Napi::Persistent(info[0].As<Napi::Object>());
    if (request_.bits) kept_filter_ = Napi::Persistent(info[6].As<Napi::Object>());
  }

  Napi::Value start() {
    std::size_t const threads = std::max(1u, std::thread::hardware_concurrency());
    running_ = std::min(hits_.size(), threads);
    group_max_ = std::max<std::size_t>(1, hits_.size() / threads);
    for (std::size_t i = 0; i < running_; ++i) queue_task();
    return deferred_.Promise();
  }

 private:
  // One slice of one thread. Deletes itself.
  class Task : public Napi::AsyncWorker {
   public:
    explicit Task(std::shared_ptr<SearchJob> job) : Napi::AsyncWorker(job->env_, "braid search"), job_(std::move(job)) {}

   private:
    void Execute() override { job_->work(); }
    void OnOK() override { job_->task_ended(); }

    std::shared_ptr<SearchJob> job_;
  };

  void queue_task() { (new Task(shared_from_this()))->Queue(); }

  void work() noexcept {
    answer_some();
    times_.end();
  }

  void answer_some() noexcept {
    try {
      std::call_once(planned_, [this] {
        times_.begin();
        request_.allowed =
            allowed_count_ >= 0 ? std::uint64_t(allowed_count_) : Filter(request_.bits, request_.visible).count();
        search_.emplace(*store_, request_);
      });
      std::size_t const group = std::min(group_max_, search_->group());
      auto const end = Clock::now() + kSlice;
      do {
        std::size_t const first = next_.fetch_add(group);
        if (first >= hits_.size()) return;
        std::size_t const count = std::min(group, hits_.size() - first);
        measured_ += search_->answer(queries_ + first * store_->row_bytes(), count, &hits_[first]);
      } while (Clock::now() < end);
    } catch (std::exception const& error) {
      std::lock_guard<std::mutex> lock(failure_mutex_);
      failure_ = error.what();
      next_ = hits_.size();
    }
  }

  void task_ended() {
    if (next_.load() < hits_.size()) return queue_task();
    if (--running_ > 0) return;
    if (failure_.empty()) {
      deferred_.Resolve(hits_answer(env_, hits_, way_name(search_->way()), measured_.load(), times_));
    } else {
      deferred_.Reject(Napi::Error::New(env_, failure_).Value());
    }
  }

  static char const* way_name(Search::Way way) {
    switch (way) {
      case Search::Way::graph: return "graph";
      case Search::Way::list: return "list";
      case Search::Way::probe: return "probe";
      case Search::Way::exact: return "exact";
    }
    return "";
  }

  JobTimes times_;
  Napi::Env env_;
  Napi::Promise::Deferred deferred_;
  std::shared_ptr<Store const> store_;
  Napi::ObjectReference kept_queries_, kept_filter_;
  std::uint8_t const* queries_;
  SearchRequest request_;
  std::int64_t allowed_count_;
  std::size_t group_max_ = 1;
  std::size_t running_ = 0;
  std::once_flag planned_;
  std::optional<Search> search_;
  std::atomic<std::size_t> next_{0};
  std::atomic<std::uint64_t> measured_{0};
  std::vector<std::vector<Hit>> hits_;
  std::mutex failure_mutex_;
  std::string failure_;
};

}  // namespace

Napi::Value start_search(Napi::CallbackInfo const& info, std::shared_ptr<Store const> store) {
  return std::make_shared<SearchJob>(info, std::move(store))->start();
}

}  // namespace braid
