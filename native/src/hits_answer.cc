#include "hits_answer.h"

namespace braid {

Napi::Object hits_answer(Napi::Env env, std::vector<std::vector<Hit>> const& hits, char const* method,
                         std::uint64_t visited, JobTimes const& times) {
  std::size_t total = 0;
  for (auto const& of_query : hits) total += of_query.size();
  auto buffer = Napi::ArrayBuffer::New(env, (2 * total + hits.size()) * 4);
  auto* offset = static_cast<std::uint32_t*>(buffer.Data());
  auto* distance = static_cast<float*>(buffer.Data()) + total;
  auto* count = static_cast<std::uint32_t*>(buffer.Data()) + 2 * total;
  for (auto const& of_query : hits) {
    *count++ = std::uint32_t(of_query.size());
    for (Hit const& hit : of_query) {
      *offset++ = hit.row;
      *distance++ = hit.distance;
    }
  }
  auto result = Napi::Object::New(env);
  result.Set("counts", Napi::Uint32Array::New(env, hits.size(), buffer, 8 * total));
  result.Set("offsets", Napi::Uint32Array::New(env, total, buffer, 0));
  result.Set("distances", Napi::Float32Array::New(env, total, buffer, 4 * total));
  result.Set("method", method);
  result.Set("visited", double(visited));
  result.Set("queueMs", times.queue());
  result.Set("runMs", times.run());
  return result;
}

}  // namespace braid
