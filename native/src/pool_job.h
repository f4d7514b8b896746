// Work off the event loop that answers with a promise.
#pragma once
#include <napi.h>

#include <exception>
#include <memory>

#include "store.h"

namespace braid {

// One piece of work on a thread of the pool. Deletes itself.
class PoolJob : public Napi::AsyncWorker {
 public:
  Napi::Value start() {
    Napi::Value const promise = deferred_.Promise();
    Queue();
    return promise;
  }

 protected:
  explicit PoolJob(Napi::Env env) : Napi::AsyncWorker(env, "braid"), deferred_(Napi::Promise::Deferred::New(env)) {}

  // On a thread of the pool.
  virtual void work() = 0;
  // On the event loop, when `work` has returned.
  virtual Napi::Value answer(Napi::Env env) = 0;

 private:
  void Execute() final {
    try {
      work();
    } catch (std::exception const& error) {
      SetError(error.what());
    }
  }
  void OnOK() final { deferred_.Resolve(answer(Env())); }
  void OnError(Napi::Error const& error) final { deferred_.Reject(error.Value()); }

  Napi::Promise::Deferred deferred_;
};

}  // namespace braid
