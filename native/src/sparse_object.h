// The sparse index as JavaScript holds it (native/sparse-index.ts).
#pragma once
#include <napi.h>

#include <memory>

#include "sparse_index.h"

namespace braid {

class SparseObject : public Napi::ObjectWrap<SparseObject> {
 public:
  static Napi::Function define(Napi::Env env);
  explicit SparseObject(Napi::CallbackInfo const& info);

 private:
  Napi::Value append(Napi::CallbackInfo const& info);
  Napi::Value index(Napi::CallbackInfo const& info);
  Napi::Value search(Napi::CallbackInfo const& info);
  Napi::Value statistics(Napi::CallbackInfo const& info);
  Napi::Value close(Napi::CallbackInfo const& info);
  Napi::Value rows(Napi::CallbackInfo const& info);
  Napi::Value indexed(Napi::CallbackInfo const& info);
  Napi::Value memory(Napi::CallbackInfo const& info);

  std::shared_ptr<SparseIndex> index_;
};

}  // namespace braid
