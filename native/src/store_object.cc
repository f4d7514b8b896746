#include "store_object.h"

#include "arguments.h"
#include "index_job.h"
#include "pool_job.h"
#include "search_job.h"

namespace braid {
namespace {

class SaveJob : public PoolJob {
 public:
  SaveJob(Napi::CallbackInfo const& info, std::shared_ptr<Store const> store)
      : PoolJob(info.Env()), store_(std::move(store)), path_(info[0].As<Napi::String>().Utf8Value()) {}

 private:
  void work() override { files_ = store_->save(path_); }
  Napi::Value answer(Napi::Env env) override {
    auto list = Napi::Array::New(env, files_.size());
    for (std::uint32_t i = 0; i < files_.size(); ++i) {
      auto file = Napi::Object::New(env);
      file.Set("path", files_[i].path);
      file.Set("byteLength", double(files_[i].bytes));
      list.Set(i, file);
    }
    return list;
  }

  std::shared_ptr<Store const> store_;
  std::string path_;
  std::vector<SavedFile> files_;
};

}  // namespace

Napi::Function StoreObject::define(Napi::Env env) {
  return DefineClass(
      env, "Store",
      {InstanceMethod<&StoreObject::append>("append"), InstanceMethod<&StoreObject::index>("index"),
       InstanceMethod<&StoreObject::search>("search"), InstanceMethod<&StoreObject::get>("get"),
       InstanceMethod<&StoreObject::save>("save"), InstanceMethod<&StoreObject::close>("close"),
       InstanceAccessor<&StoreObject::rows>("rows"), InstanceAccessor<&StoreObject::indexed>("indexed"),
       InstanceAccessor<&StoreObject::memory>("memory")});
}

Napi::Value StoreObject::wrap(Napi::Env env, std::shared_ptr<Store> store) {
  auto const* constructor = env.GetInstanceData<Napi::FunctionReference>();
  return constructor->New({Napi::External<std::shared_ptr<Store>>::New(env, &store)});
}

StoreObject::StoreObject(Napi::CallbackInfo const& info)
    : Napi::ObjectWrap<StoreObject>(info), store_(*info[0].As<Napi::External<std::shared_ptr<Store>>>().Data()) {}

Napi::Value StoreObject::append(Napi::CallbackInfo const& info) {
  try {
    store_->append(bytes_at(info, 0), number_at(info, 1));
  } catch (std::bad_alloc const&) {
    Napi::Error::New(info.Env(), "no memory for more rows").ThrowAsJavaScriptException();
  }
  return info.Env().Undefined();
}

Napi::Value StoreObject::index(Napi::CallbackInfo const& info) { return start_index(info, store_); }

Napi::Value StoreObject::search(Napi::CallbackInfo const& info) { return start_search(info, store_); }

Napi::Value StoreObject::save(Napi::CallbackInfo const& info) { return (new SaveJob(info, store_))->start(); }

Napi::Value StoreObject::get(Napi::CallbackInfo const& info) {
  auto const offsets = info[0].As<Napi::Uint32Array>();
  auto rows = Napi::Uint8Array::New(info.Env(), offsets.ElementLength() * store_->row_bytes());
  store_->get(offsets.Data(), offsets.ElementLength(), rows.Data());
  return rows;
}

Napi::Value StoreObject::close(Napi::CallbackInfo const& info) {
  store_->stop();
  store_.reset();
  return info.Env().Undefined();
}

Napi::Value StoreObject::rows(Napi::CallbackInfo const& info) { return Napi::Number::New(info.Env(), store_->rows()); }

Napi::Value StoreObject::indexed(Napi::CallbackInfo const& info) {
  return Napi::Number::New(info.Env(), store_->indexed());
}

Napi::Value StoreObject::memory(Napi::CallbackInfo const& info) {
  return Napi::Number::New(info.Env(), double(store_->memory_bytes()));
}

}  // namespace braid
