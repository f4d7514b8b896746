#pragma once

#include <napi.h>

#include <cstdint>
#include <vector>

#include "job_times.h"
#include "top.h"

namespace braid {

// What a search gives back, per query in the order of `hits`: counts, and the rows' offsets and distances one query
// after the other. The three arrays are views of one buffer. `visited` is how many rows (or postings) were measured.
Napi::Object hits_answer(Napi::Env env, std::vector<std::vector<Hit>> const& hits, char const* method,
                         std::uint64_t visited, JobTimes const& times);

}  // namespace braid
