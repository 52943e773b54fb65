import { Controller, Get, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { nextTime } from '../cron';
import { toShanghai } from '../domain/shanghai';
import { JobStatus, Jobs } from './jobs';
import { JobList, JobView } from './jobs.api';
import { NeedsRole, OperatorGuard } from './operator.guard';

@ApiTags('admin')
@ApiBearerAuth()
@UseGuards(OperatorGuard)
@Controller('v1/admin/jobs')
export class JobsController {
  constructor(private readonly jobs: Jobs) {}

  @Get()
  @NeedsRole('viewer')
  @ApiOperation({ summary: 'Every recurring job: when it ran last, how that went, when it runs next' })
  @ApiResponse({ status: 200, type: JobList })
  async list(): Promise<JobList> {
    return { items: (await this.jobs.status()).map((status) => viewOf(status, new Date())) };
  }
}

function viewOf({ job, last }: JobStatus, now: Date): JobView {
  return {
    name: job.name,
    about: job.about[0],
    about_en: job.about[1],
    schedule: job.cron.text,
    time_zone: job.cron.zone,
    next_run_at: toShanghai(nextTime(job.cron, now)),
    last_run: last && {
      started_at: toShanghai(last.started_at),
      ended_at: toShanghai(last.ended_at),
      outcome: last.outcome,
      error: last.error,
    },
  };
}
