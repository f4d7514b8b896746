#include "index_job.h"

#include <string>
#include <thread>

#include "arguments.h"

namespace braid {
namespace {

// It takes minutes, so it does not take threads of the pool, on which searches and file reads wait, but its own.
class IndexJob {
 public:
  IndexJob(Napi::CallbackInfo const& info, std::shared_ptr<Store> store)
      : env_(info.Env()), deferred_(Napi::Promise::Deferred::New(env_)), store_(std::move(store)) {
    napi_create_threadsafe_function(env_, nullptr, nullptr, Napi::String::New(env_, "braid index"), 0, 1, nullptr,
                                    finalize, this, settle, &done_);
    // A worker thread of Node that is ended must find no thread of ours in its addon.
    napi_add_env_cleanup_hook(env_, abandon, this);
    thread_ = std::thread([this, up_to = number_at(info, 0), threads = number_at(info, 1)] { work(up_to, threads); });
  }

  Napi::Value promise() const { return deferred_.Promise(); }

 private:
  void work(std::uint32_t up_to, std::uint32_t threads) noexcept {
    try {
      store_->index(up_to, threads);
    } catch (std::exception const& error) {
      failure_ = error.what();
    }
    napi_call_threadsafe_function(done_, nullptr, napi_tsfn_blocking);
    napi_release_threadsafe_function(done_, napi_tsfn_release);
  }

  // On the event loop, when the work is done.
  static void settle(napi_env env, napi_value, void* context, void*) {
    auto* job = static_cast<IndexJob*>(context);
    if (!env) return;
    if (job->failure_.empty()) {
      job->deferred_.Resolve(Napi::Number::New(env, job->store_->indexed()));
    } else {
      job->deferred_.Reject(Napi::Error::New(env, job->failure_).Value());
    }
  }

  static void finalize(napi_env env, void*, void* context) {
    auto* job = static_cast<IndexJob*>(context);
    napi_remove_env_cleanup_hook(env, abandon, job);
    if (job->thread_.joinable()) job->thread_.join();
    delete job;
  }

  static void abandon(void* context) {
    auto* job = static_cast<IndexJob*>(context);
    job->store_->stop();
    job->thread_.join();
  }

  Napi::Env env_;
  Napi::Promise::Deferred deferred_;
  std::shared_ptr<Store> store_;
  std::string failure_;
  napi_threadsafe_function done_ = nullptr;
  std::thread thread_;
};

}  // namespace

Napi::Value start_index(Napi::CallbackInfo const& info, std::shared_ptr<Store> store) {
  // Deletes itself when it is done.
  return (new IndexJob(info, std::move(store)))->promise();
}

}  // namespace braid
