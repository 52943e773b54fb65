import { Controller, Get, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { thrashOf } from '../accounts/account-check';
import { toShanghai } from '../domain/shanghai';
import { DEATHS, EarlyDeaths } from '../wechat/early-deaths';
import { TokenList } from './accounts.api';
import { NeedsRole, OperatorGuard } from './operator.guard';

interface Row extends EarlyDeaths {
  generation: string;
  fetched_at: Date | null;
  expires_at: Date | null;
  age: number | null;
}

@ApiTags('admin')
@ApiBearerAuth()
@UseGuards(OperatorGuard)
@Controller('v1/admin/tokens')
export class TokensController {
  constructor(private readonly dataSource: DataSource) {}

  @Get()
  @NeedsRole('viewer')
  @ApiOperation({ summary: 'How old the access tokens are; the tokens themselves are never shown' })
  @ApiResponse({ status: 200, type: TokenList })
  async list(): Promise<TokenList> {
    const rows = await this.dataSource.query<Row[]>(
      `SELECT appid, kind, generation, fetched_at, expires_at,
              extract(epoch FROM clock_timestamp() - fetched_at)::float8 AS age, ${DEATHS}
         FROM wechat_tokens ORDER BY appid, kind`,
    );
    return {
      items: rows.map(({ appid, kind, generation, fetched_at, expires_at, age, deaths }) => ({
        appid,
        kind,
        generation: Number(generation),
        fetched_at: fetched_at && toShanghai(fetched_at),
        age_seconds: age === null ? null : Math.round(age),
        expires_at: expires_at && toShanghai(expires_at),
        early_deaths: deaths,
        findings: thrashOf({ appid, kind, deaths }),
      })),
    };
  }
}
