// How long a search waited for a thread of the pool, and how long it ran then.
#pragma once
#include <atomic>
#include <chrono>

namespace braid {

// Of one job, from its construction on the event loop. `begin` is called once; `end` by every thread that leaves it, which may happen at the same time.
class JobTimes {
 public:
  void begin() { began_ = Clock::now(); }
  void end() { ended_.store(Clock::now().time_since_epoch().count(), std::memory_order_relaxed); }

  // Milliseconds. Good once the job is done.
  double queue() const { return milliseconds(began_ - asked_); }
  double run() const { return milliseconds(Clock::time_point(Clock::duration(ended_.load())) - began_); }

 private:
  using Clock = std::chrono::steady_clock;

  static double milliseconds(Clock::duration duration) {
    return std::chrono::duration<double, std::milli>(duration).count();
  }

  Clock::time_point const asked_ = Clock::now();
  Clock::time_point began_ = asked_;
  std::atomic<Clock::rep> ended_{asked_.time_since_epoch().count()};
};

}  // namespace braid
