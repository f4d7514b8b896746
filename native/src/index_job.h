// Building a graph, answered with a promise.
#pragma once
#include <napi.h>

#include <memory>

#include "store.h"

namespace braid {

// index(upTo, threads)
Napi::Value start_index(Napi::CallbackInfo const& info, std::shared_ptr<Store> store);

}  // namespace braid
