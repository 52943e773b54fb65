import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, Matches } from 'class-validator';
import { REPORT_DATINGS, REPORT_STATES, ReportDating, ReportState } from '../data/entities/report';
import { Period, PERIODS } from './report-period';
import { UUID } from '../http/patterns';

const DAY = /^20\d\d-\d\d-\d\d$/;

export class ReportRequest {
  /** A merchant's uuid */
  @ApiProperty({ pattern: UUID.source })
  @IsString()
  @Matches(UUID)
  merchant!: string;
  /** A day of Asia/Shanghai, today at the latest: 2026-11-24 */
  @ApiProperty({ pattern: DAY.source })
  @IsString()
  @Matches(DAY)
  day!: string;
  /** The day itself (default), or its week from Monday, or its month */
  @IsOptional()
  @IsIn(PERIODS)
  period?: Period;
  /** By which day orders count: 受理日, accepted (default), or 开票日, issued: the one that the invoice bears */
  @IsOptional()
  @IsIn(REPORT_DATINGS)
  by?: ReportDating;
}

/** What a report is about. */
export class ReportHead {
  id!: string;
  merchant!: string;
  merchant_name!: string;
  /** Its first day */
  day!: string;
  /** Its last day, which is in it */
  until!: string;
  @ApiProperty({ enum: PERIODS })
  period!: Period;
  @ApiProperty({ enum: REPORT_DATINGS })
  by!: ReportDating;
  requested_by!: string;
  requested_at!: string;
  /** The moment that all of it shows; null until it is made */
  as_of!: string | null;
}

export class SumView {
  count!: number;
  /** 价税合计, 分 */
  fee!: number;
  /** 不含税金额, 分; reports of old lack it */
  net?: number;
  /** 税额, 分; reports of old lack it */
  tax?: number;
}

/** The orders of those days, by where they stand: issued = inserted + open + refused + cancelled. */
export class ReportSummaryView {
  issued!: SumView;
  inserted!: SumView;
  /** On their way, waiting, in doubt, or with a person */
  open!: SumView;
  /** Refused or rejected: no card was made */
  refused!: SumView;
  cancelled!: SumView;
  /** Differences that hold: findings open or accepted */
  drift!: number;
}

export class ReportFileView {
  name!: string;
  bytes!: number;
  sha256!: string;
  /** Where it is */
  href!: string;
}

export class ReportView extends ReportHead {
  @ApiProperty({ enum: REPORT_STATES })
  state!: ReportState;
  error!: string | null;
  summary!: ReportSummaryView | null;
  /** The manifest; the same as SHA256SUMS beside them, and kept in the audit trail */
  files!: ReportFileView[];
}

export class ReportPage {
  items!: ReportView[];
  next_cursor!: string | null;
  has_more!: boolean;
}
