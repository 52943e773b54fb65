import { Check, Column, Entity, PrimaryColumn } from 'typeorm';

/** How the last run of a recurring job went. */
@Entity('recurring_jobs')
@Check('recurring_jobs_outcome', `outcome IN ('done', 'failed')`)
export class RecurringJob {
  @PrimaryColumn('text') name!: string;
  @Column('timestamptz', { name: 'started_at' }) startedAt!: Date;
  @Column('timestamptz', { name: 'ended_at' }) endedAt!: Date;
  @Column('text') outcome!: 'done' | 'failed';
  @Column('text', { nullable: true }) error!: string | null;
}
