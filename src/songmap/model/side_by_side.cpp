#include "songmap/model/side_by_side.h"

#include <algorithm>
#include <mutex>
#include <numeric>
#include <vector>

#include "songmap/core/parallel.h"
#include "songmap/model/backend.h"

namespace songmap::model {

void train_side_by_side(std::size_t n, const Execution& run,
                        const std::function<void(std::size_t, const Execution&)>& train) {
  static_cast<void>(backend());  // loaded by this thread, before there are others
  const std::size_t threads_each = std::max<std::size_t>(1, run.thread_count() / std::max<std::size_t>(1, n));
  std::mutex mutex;
  std::vector<double> done(n);
  double total_of_one = 0;
  bool go_on = true;
  parallel_for(n, run.thread_count(), [&](std::size_t i) {
    const Execution one{threads_each, [&, i](const Progress& at) {
                          const std::lock_guard lock(mutex);
                          done[i] = at.done;
                          total_of_one = at.total;
                          const double sum = std::accumulate(done.begin(), done.end(), 0.0);
                          const double total = at.total * static_cast<double>(n);
                          if (go_on && run.progress) go_on = run.progress({at.stage, sum, total, at.unit});
                          return go_on;
                        }};
    train(i, one);
    const std::lock_guard lock(mutex);
    done[i] = total_of_one;  // also when it stopped early
  });
}

}  // namespace songmap::model
