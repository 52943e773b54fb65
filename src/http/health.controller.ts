import { Controller, Get } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { Problem } from './problems';

/** Whether the database has lately refused something because it lacks room: reads may go on, orders may not. */
export class Shortage {
  constructor(readonly isSevere: () => boolean) {}
}

/** Liveness: the process answers. Readiness: its database also takes writes. Neither tells anything else. */
@ApiExcludeController()
@Controller()
export class HealthController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly shortage: Shortage,
  ) {}

  @Get('livez')
  livez() {
    return { status: 'ok' };
  }

  @Get('readyz')
  async readyz() {
    if (this.shortage.isSevere()) throw new Problem('unavailable');
    // A standby, or a server put aside during a failover, answers every question and keeps no order.
    const rows = await this.dataSource
      .query<{ read_only: string }[]>(`SELECT current_setting('transaction_read_only') AS read_only`)
      .catch(() => []);
    if (rows[0]?.read_only !== 'off') throw new Problem('unavailable');
    return { status: 'ok' };
  }
}
