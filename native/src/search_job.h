// A search of any number of queries, answered with a promise.
#pragma once
#include <napi.h>

#include <memory>

#include "store.h"

namespace braid {

// search(queries, queryCount, k, expansion, filter | undefined, allowedCount | -1, visibleRows, method)
Napi::Value start_search(Napi::CallbackInfo const& info, std::shared_ptr<Store const> store);

}  // namespace braid
