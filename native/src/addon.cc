// The face of a store towards JavaScript. Arguments have been checked by native/native.ts: here they are only taken apart.
#include <napi.h>

#include <algorithm>
#include <thread>

#include "search.h"
#include "store.h"

namespace braid {
namespace {

// One query is one task of the thread pool; so many and more are split over threads of their own.
constexpr std::uint32_t kSplitQueries = 8;

std::uint8_t const* bytes_of(Napi::Value value) {
  auto const array = value.As<Napi::Uint8Array>();
  return static_cast<std::uint8_t const*>(array.ArrayBuffer().Data()) + array.ByteOffset();
}

std::uint32_t number(Napi::CallbackInfo const& info, std::size_t index) { return info[index].As<Napi::Number>().Uint32Value(); }

template <typename Array, typename Value>
Array array_of(Napi::Env env, std::vector<Value> const& values) {
  Array array = Array::New(env, values.size());
  std::copy(values.begin(), values.end(), array.Data());
  return array;
}

// Work on a store off the event loop, answered by a promise. Keeps the store alive until it is done.
class StoreTask : public Napi::AsyncWorker {
 public:
  StoreTask(Napi::Env env, std::shared_ptr<Store> store)
      : Napi::AsyncWorker(env), store_(std::move(store)), deferred_(Napi::Promise::Deferred::New(env)) {}
  Napi::Value start() {
    Napi::Value const promise = deferred_.Promise();
    Queue();
    return promise;
  }

 protected:
  virtual void work(Store& store) = 0;
  virtual Napi::Value answer(Napi::Env env) = 0;

  void Execute() override {
    try {
      work(*store_);
    } catch (std::exception const& error) {
      SetError(error.what());
    }
  }
  void OnOK() override { deferred_.Resolve(answer(Env())); }
  void OnError(Napi::Error const& error) override { deferred_.Reject(error.Value()); }

 private:
  std::shared_ptr<Store> store_;
  Napi::Promise::Deferred deferred_;
};

class SearchTask : public StoreTask {
 public:
  SearchTask(Napi::CallbackInfo const& info, std::shared_ptr<Store> store)
      : StoreTask(info.Env(), store),
        queries_(bytes_of(info[0])),
        query_count_(number(info, 1)),
        row_bytes_(store->row_bytes()),
        kept_(Napi::Persistent(Napi::Object::New(info.Env()))),
        search_(*store, request(info)),
        hits_(query_count_) {
    // What is read off the event loop must not be collected meanwhile.
    kept_.Set("queries", info[0]);
    kept_.Set("filter", info[4]);
  }

 protected:
  void work(Store&) override {
    std::size_t const group = search_.group();
    std::atomic<std::size_t> next{0};
    auto const run = [&] {
      for (std::size_t query = next.fetch_add(group); query < query_count_; query = next.fetch_add(group)) {
        std::size_t const count = std::min<std::size_t>(group, query_count_ - query);
        measured_ += search_.answer(queries_ + query * row_bytes_, count, &hits_[query]);
      }
    };
    std::vector<std::thread> others;
    std::size_t const threads = query_count_ < kSplitQueries ? 1 : std::max(1u, std::thread::hardware_concurrency());
    for (std::size_t i = 1; i < threads; ++i) others.emplace_back(run);
    run();
    for (std::thread& other : others) other.join();
  }

  Napi::Value answer(Napi::Env env) override {
    std::size_t total = 0;
    for (auto const& hits : hits_) total += hits.size();
    auto counts = Napi::Uint32Array::New(env, query_count_);
    auto offsets = Napi::Uint32Array::New(env, total);
    auto distances = Napi::Float32Array::New(env, total);
    std::size_t at = 0;
    for (std::size_t query = 0; query < hits_.size(); ++query) {
      counts[query] = std::uint32_t(hits_[query].size());
      for (Hit const& hit : hits_[query]) {
        offsets[at] = hit.row;
        distances[at++] = hit.distance;
      }
    }
    auto result = Napi::Object::New(env);
    result.Set("counts", counts);
    result.Set("offsets", offsets);
    result.Set("distances", distances);
    result.Set("method", search_.way() == Search::Way::graph ? "graph" : "exact");
    result.Set("visited", double(measured_.load()));
    return result;
  }

 private:
  static SearchRequest request(Napi::CallbackInfo const& info) {
    return {number(info, 2), number(info, 3), info[4].IsUndefined() ? nullptr : bytes_of(info[4]),
            number(info, 5), number(info, 6), Method(number(info, 7))};
  }

  std::uint8_t const* queries_;
  std::size_t query_count_, row_bytes_;
  Napi::ObjectReference kept_;
  Search search_;
  std::vector<std::vector<Hit>> hits_;
  std::atomic<std::uint64_t> measured_{0};
};

class IndexTask : public StoreTask {
 public:
  IndexTask(Napi::CallbackInfo const& info, std::shared_ptr<Store> store)
      : StoreTask(info.Env(), std::move(store)), up_to_(number(info, 0)), threads_(number(info, 1)) {}

 protected:
  void work(Store& store) override {
    store.index(up_to_, threads_);
    indexed_ = store.indexed();
  }
  Napi::Value answer(Napi::Env env) override { return Napi::Number::New(env, indexed_); }

 private:
  std::uint32_t up_to_, threads_, indexed_ = 0;
};

class SaveTask : public StoreTask {
 public:
  SaveTask(Napi::CallbackInfo const& info, std::shared_ptr<Store> store)
      : StoreTask(info.Env(), std::move(store)), path_(info[0].As<Napi::String>().Utf8Value()) {}

 protected:
  void work(Store& store) override { files_ = store.save(path_); }
  Napi::Value answer(Napi::Env env) override {
    auto list = Napi::Array::New(env, files_.size());
    for (std::size_t i = 0; i < files_.size(); ++i) {
      auto file = Napi::Object::New(env);
      file.Set("path", files_[i].path);
      file.Set("byteLength", double(files_[i].bytes));
      list.Set(std::uint32_t(i), file);
    }
    return list;
  }

 private:
  std::string path_;
  std::vector<SavedFile> files_;
};

class StoreObject : public Napi::ObjectWrap<StoreObject> {
 public:
  static Napi::Function define(Napi::Env env) {
    return DefineClass(env, "Store",
                       {InstanceMethod<&StoreObject::append>("append"), InstanceMethod<&StoreObject::index>("index"),
                        InstanceMethod<&StoreObject::search>("search"), InstanceMethod<&StoreObject::get>("get"),
                        InstanceMethod<&StoreObject::save>("save"), InstanceMethod<&StoreObject::close>("close"),
                        InstanceAccessor<&StoreObject::rows>("rows"), InstanceAccessor<&StoreObject::indexed>("indexed"),
                        InstanceAccessor<&StoreObject::memory>("memory")});
  }

  // dimensions, scalar, metric, graph scalar or -1, connectivity, expansion, [path, rows]
  explicit StoreObject(Napi::CallbackInfo const& info) : Napi::ObjectWrap<StoreObject>(info) {
    StoreOptions options{number(info, 0), Scalar(number(info, 1)), Metric(number(info, 2)), std::nullopt};
    if (int const scalar = info[3].As<Napi::Number>().Int32Value(); scalar >= 0)
      options.graph = GraphOptions{number(info, 4), number(info, 5), Scalar(scalar)};
    try {
      store_ = info.Length() > 6 ? std::make_shared<Store>(options, info[6].As<Napi::String>().Utf8Value(), number(info, 7))
                                 : std::make_shared<Store>(options);
    } catch (std::exception const& error) {
      Napi::Error::New(info.Env(), error.what()).ThrowAsJavaScriptException();
    }
  }

 private:
  Napi::Value append(Napi::CallbackInfo const& info) {
    try {
      store_->append(bytes_of(info[0]), number(info, 1));
    } catch (std::exception const& error) {
      Napi::Error::New(info.Env(), error.what()).ThrowAsJavaScriptException();
    }
    return info.Env().Undefined();
  }
  Napi::Value index(Napi::CallbackInfo const& info) { return (new IndexTask(info, store_))->start(); }
  Napi::Value search(Napi::CallbackInfo const& info) { return (new SearchTask(info, store_))->start(); }
  Napi::Value save(Napi::CallbackInfo const& info) { return (new SaveTask(info, store_))->start(); }
  Napi::Value get(Napi::CallbackInfo const& info) {
    auto const offsets = info[0].As<Napi::Uint32Array>();
    auto rows = Napi::Uint8Array::New(info.Env(), offsets.ElementLength() * store_->row_bytes());
    store_->get(offsets.Data(), offsets.ElementLength(), rows.Data());
    return rows;
  }
  Napi::Value close(Napi::CallbackInfo const& info) {
    if (store_) store_->stop();
    store_.reset();
    return info.Env().Undefined();
  }
  Napi::Value rows(Napi::CallbackInfo const& info) { return Napi::Number::New(info.Env(), store_->rows()); }
  Napi::Value indexed(Napi::CallbackInfo const& info) { return Napi::Number::New(info.Env(), store_->indexed()); }
  Napi::Value memory(Napi::CallbackInfo const& info) { return Napi::Number::New(info.Env(), double(store_->memory_bytes())); }

  std::shared_ptr<Store> store_;
};

Napi::Value cpu_features(Napi::CallbackInfo const& info) { return Napi::String::New(info.Env(), instruction_sets()); }

Napi::Object init(Napi::Env env, Napi::Object exports) {
  exports.Set("Store", StoreObject::define(env));
  exports.Set("cpuFeatures", Napi::Function::New(env, cpu_features));
  return exports;
}

NODE_API_MODULE(braid_native, init)

}  // namespace
}  // namespace braid
