// What `require` returns. Arguments are checked in native/native.ts; here they are only taken apart.
#include <napi.h>

#include "arguments.h"
#include "kernels.h"
#include "list_scan_job.h"
#include "order_job.h"
#include "pool_job.h"
#include "sparse_object.h"
#include "store_object.h"

namespace braid {
namespace {

// dimensions, scalar, metric, scalar of the copies; connectivity and expansion of a graph, or 0; number of lists, or -1
StoreOptions options_of(Napi::CallbackInfo const& info) {
  StoreOptions options{number_at(info, 0), Scalar(number_at(info, 1)), Metric(number_at(info, 2)), Scalar(number_at(info, 3)),
                       std::nullopt,       std::nullopt};
  if (number_at(info, 4)) options.graph = GraphOptions{number_at(info, 4), number_at(info, 5)};
  std::int32_t const lists = info[6].As<Napi::Number>().Int32Value();
  if (lists >= 0) options.lists = ListsOptions{std::uint32_t(lists)};
  return options;
}

class OpenJob : public PoolJob {
 public:
  explicit OpenJob(Napi::CallbackInfo const& info)
      : PoolJob(info.Env()),
        options_(options_of(info)),
        path_(info[7].As<Napi::String>().Utf8Value()),
        rows_(number_at(info, 8)),
        in_memory_(info[9].As<Napi::Boolean>()) {}

 private:
  void work() override { store_ = std::make_shared<Store>(options_, path_, rows_, in_memory_); }
  Napi::Value answer(Napi::Env env) override { return StoreObject::wrap(env, std::move(store_)); }

  StoreOptions options_;
  std::string path_;
  std::uint32_t rows_;
  bool in_memory_;
  std::shared_ptr<Store> store_;
};

Napi::Value create(Napi::CallbackInfo const& info) {
  try {
    return StoreObject::wrap(info.Env(), std::make_shared<Store>(options_of(info)));
  } catch (std::exception const& error) {
    Napi::Error::New(info.Env(), error.what()).ThrowAsJavaScriptException();
    return info.Env().Undefined();
  }
}

Napi::Value open(Napi::CallbackInfo const& info) { return (new OpenJob(info))->start(); }

Napi::Value cpu_features(Napi::CallbackInfo const& info) { return Napi::String::New(info.Env(), instruction_sets()); }

// For the test that compares the kernels: instruction set, metric, scalar, dimensions, two rows.
Napi::Value distance(Napi::CallbackInfo const& info) {
  Distance const kernel = distance_kernel(Isa(number_at(info, 0)), Metric(number_at(info, 1)), Scalar(number_at(info, 2)));
  if (!kernel) return info.Env().Undefined();
  return Napi::Number::New(info.Env(), kernel(bytes_at(info, 4), bytes_at(info, 5), number_at(info, 3)));
}

Napi::Object init(Napi::Env env, Napi::Object exports) {
  // Freed with the environment: every worker thread of Node has its own.
  env.SetInstanceData(new Napi::FunctionReference(Napi::Persistent(StoreObject::define(env))));
  // What it was compiled from: loading compares (native/addon.ts).
  exports.Set("sources", Napi::String::New(env, BRAID_SOURCES));
  exports.Set("create", Napi::Function::New<create>(env));
  exports.Set("open", Napi::Function::New<open>(env));
  exports.Set("SparseIndex", SparseObject::define(env));
  exports.Set("orderRows", Napi::Function::New<order_rows>(env));
  exports.Set("scanLists", Napi::Function::New<scan_lists>(env));
  exports.Set("cpuFeatures", Napi::Function::New<cpu_features>(env));
  exports.Set("distance", Napi::Function::New<distance>(env));
  return exports;
}

}  // namespace

NODE_API_MODULE(braid_native, init)

}  // namespace braid
