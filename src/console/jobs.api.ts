export class JobView {
  name!: string;
  about!: string;
  about_en!: string;
  /** Five fields of cron */
  schedule!: string;
  time_zone!: 'UTC' | 'Asia/Shanghai';
  next_run_at!: string;
  /** null: it has not run yet */
  last_run!: JobRunView | null;
}

export class JobRunView {
  started_at!: string;
  ended_at!: string;
  outcome!: 'done' | 'failed';
  error!: string | null;
}

export class JobList {
  items!: JobView[];
}
