#pragma once
#include <napi.h>

namespace braid {

// chunks (their bytes), chunks (their byte offsets), first row of the first chunk, queries, their byte offsets, first query, number of queries, k, filter, visible rows,
// dimensions, scalar, metric -> promise of hits
Napi::Value scan_lists(Napi::CallbackInfo const& info);

}  // namespace braid
