import { Controller, Get } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { Problem } from './problems';

/** Liveness: the process answers. Readiness: it can also reach its database. Neither tells anything else. */
@ApiExcludeController()
@Controller()
export class HealthController {
  constructor(private readonly dataSource: DataSource) {}

  @Get('livez')
  livez() {
    return { status: 'ok' };
  }

  @Get('readyz')
  async readyz() {
    await this.dataSource.query('SELECT 1').catch(() => {
      throw new Problem('unavailable');
    });
    return { status: 'ok' };
  }
}
