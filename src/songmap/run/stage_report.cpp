#include "songmap/run/report.h"
#include "songmap/run/run_figures.h"
#include "songmap/run/stage_record.h"

namespace songmap::run {

void report_stage(const RunFolder& folder, const StageContext& context) {
  draw_figures(folder.path(), context.execution);
  write_report(folder.path());
}

}  // namespace songmap::run
