// A store as JavaScript holds it.
#pragma once
#include <napi.h>

#include <memory>

#include "store.h"

namespace braid {

class StoreObject : public Napi::ObjectWrap<StoreObject> {
 public:
  static Napi::Function define(Napi::Env env);
  static Napi::Value wrap(Napi::Env env, std::shared_ptr<Store> store);

  explicit StoreObject(Napi::CallbackInfo const& info);

 private:
  Napi::Value append(Napi::CallbackInfo const& info);
  Napi::Value index(Napi::CallbackInfo const& info);
  Napi::Value search(Napi::CallbackInfo const& info);
  Napi::Value get(Napi::CallbackInfo const& info);
  Napi::Value save(Napi::CallbackInfo const& info);
  Napi::Value close(Napi::CallbackInfo const& info);
  Napi::Value rows(Napi::CallbackInfo const& info);
  Napi::Value indexed(Napi::CallbackInfo const& info);
  Napi::Value memory(Napi::CallbackInfo const& info);

  // Running jobs hold it too: what `close` gives up is freed when they are done.
  std::shared_ptr<Store> store_;
};

}  // namespace braid
