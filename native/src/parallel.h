// Threads of a job's own.
#pragma once
#include <algorithm>
#include <cstddef>
#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

namespace braid {

// Calls `work(thread)` for thread 0..threads-1 at once, 0 on the caller's thread; those for which the system has no thread, after it. What
// one of them throws is thrown when all have ended.
template <typename Work>
void in_parallel(std::size_t threads, Work work) {
  std::mutex mutex;
  std::exception_ptr failure;
  auto guarded = [&](std::size_t thread) noexcept {
    try {
      work(thread);
    } catch (...) {
      std::lock_guard<std::mutex> lock(mutex);
      failure = std::current_exception();
    }
  };
  std::vector<std::thread> others;
  others.reserve(threads);
  std::size_t started = 1;
  try {
    for (; started < threads; ++started) others.emplace_back(guarded, started);
  } catch (std::system_error const&) {
  }
  guarded(0);
  for (; started < threads; ++started) guarded(started);
  for (std::thread& other : others) other.join();
  if (failure) std::rethrow_exception(failure);
}

// The same over 0..count-1 in runs of neighbours: `work(from, to)`.
template <typename Work>
void in_parallel_ranges(std::size_t threads, std::size_t count, Work work) {
  threads = std::max<std::size_t>(1, std::min(threads, count));
  in_parallel(threads, [&](std::size_t thread) { work(count * thread / threads, count * (thread + 1) / threads); });
}

}  // namespace braid
