// The order of rows by their values: what indexes of scalar fields are made of.
#pragma once
#include <napi.h>

namespace braid {

// kind (0 int64, 1 double, 2 texts), values as bytes, for texts the rows + 1 uint32 offsets into them. Answers with a promise of
// { order: Uint32Array, starts: Uint32Array }.
Napi::Value order_rows(Napi::CallbackInfo const& info);

}  // namespace braid
