import { Errcode } from '../../wechat/errcodes';
import { type Answer, refused } from '../wechat/answers';
import type { SandboxClock } from './clock';
import type { Profile } from './profile';

/** Calls per account and API, by Shanghai day and by minute. Page: 接口调用频次限制说明. */
export class Quotas {
  private readonly counts = new Map<string, { day: number; today: number; minute: number; thisMinute: number }>();

  constructor(private readonly clock: SandboxClock) {}

  /** Counts this call; the refusal when it is one too many. */
  spend(appid: string, path: string, profile: Profile): Answer | undefined {
    const limit = profile.quota[path];
    if (!limit) return undefined;
    const [day, minute] = [this.clock.day(), Math.floor(this.clock.seconds() / 60)];
    const key = `${appid} ${path}`;
    const count = this.counts.get(key) ?? { day, today: 0, minute, thisMinute: 0 };
    this.counts.set(key, count);
    if (count.day !== day) Object.assign(count, { day, today: 0 });
    if (count.minute !== minute) Object.assign(count, { minute, thisMinute: 0 });
    count.today += 1;
    count.thisMinute += 1;
    if (limit.day !== undefined && count.today > limit.day) return refused(Errcode.DailyQuotaReached);
    if (limit.minute !== undefined && count.thisMinute > limit.minute) return refused(Errcode.MinuteQuotaReached);
    return undefined;
  }

  today(appid: string, path: string): number {
    const count = this.counts.get(`${appid} ${path}`);
    return count?.day === this.clock.day() ? count.today : 0;
  }

  reset(): void {
    this.counts.clear();
  }
}
