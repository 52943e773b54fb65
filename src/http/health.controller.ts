import { Controller, Get } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { Problem, ProblemCode } from './problems';

/** Why this process should get no orders although its database answers; null: nothing keeps it from them. */
export class Readiness {
  constructor(readonly hindrance: () => ProblemCode | null) {}
}

/** Liveness: the process answers. Readiness: its database also takes writes. Neither tells anything else. */
@ApiExcludeController()
@Controller()
export class HealthController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly readiness: Readiness,
  ) {}

  @Get('livez')
  livez() {
    return { status: 'ok' };
  }

  @Get('readyz')
  async readyz() {
    const hindrance = this.readiness.hindrance();
    if (hindrance) throw new Problem(hindrance);
    // A standby, or a server put aside during a failover, answers every question and keeps no order.
    const rows = await this.dataSource
      .query<{ read_only: string }[]>(`SELECT current_setting('transaction_read_only') AS read_only`)
      .catch(() => []);
    if (rows[0]?.read_only !== 'off') throw new Problem('unavailable');
    return { status: 'ok' };
  }
}
