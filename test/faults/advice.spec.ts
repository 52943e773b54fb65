import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { advance, startSending, stopBeforeSending } from '../../src/domain/advance';
import { fault } from '../../src/domain/fault';
import { Insertion, INSERTION_STATES, newInsertion, Policy } from '../../src/domain/insertion';
import { Outcome } from '../../src/domain/outcome';
import { refusalOf } from '../../src/domain/pdf-verdict';
import { Settlement } from '../../src/domain/settlement';
import { adviceFor, guidanceFor, guidanceForReason, operatorAdviceFor } from '../../src/orders/advice';
import { errcodeAdvice, errcodeGuidance } from '../../src/orders/errcode-advice';
import { Guidance } from '../../src/orders/guidance';
import { holdAdvice } from '../../src/orders/hold-advice';
import { Answer } from '../../src/wechat/answer';
import { Errcode, knownErrcodes } from '../../src/wechat/errcodes';
import { INSERT, judgementOf } from '../../src/wechat/judgements';
import { insertVerdict, tokenVerdict, uploadVerdict } from '../../src/wechat/verdict';

const NOW = new Date('2026-11-25T10:00:00+08:00');
const LONG_AGO = new Date('2026-01-01T10:00:00+08:00');
const POLICY: Policy = {
  inDoubt: 'probe',
  quietSeconds: 75,
  retrySchedule: [5],
  probeSchedule: [0],
  authorizationDeadlineSeconds: 86_400,
  jitter: 0,
};

/** Whatever WeChat can answer, and no answer. */
const ANSWERS: Answer[] = [
  ...[...knownErrcodes(), 43_004, 9_001_001, 88_888].map((errcode): Answer => ({
    kind: 'answered',
    httpStatus: 200,
    errcode,
    errmsg: '',
    hint: null,
    body: {},
  })),
  ...[302, 404, 413, 429, 502].map((httpStatus): Answer => ({ kind: 'garbled', httpStatus, reason: 'not_json' })),
  { kind: 'no_answer', sent: true, reason: 'timeout' },
  { kind: 'no_answer', sent: false, reason: 'ECONNREFUSED' },
];

/** Orders before and amid an attempt: fresh and with everything that changes what an answer means. */
const ORDERS: Insertion[] = [
  {},
  { doubtSince: NOW },
  { doubtSince: LONG_AGO },
  { doubtDenied: true },
  { reuploads: 1 },
  { probes: 1, doubtSince: NOW },
  { waitingSince: LONG_AGO },
].flatMap((more) => {
  const order: Insertion = { ...newInsertion(), state: 'uploaded', mediaId: 'm', uploadedAt: NOW, ...more };
  const resting = order.doubtSince ? { ...order, state: 'in_doubt' as const } : order;
  return [resting, startSending(resting), { ...resting, state: 'needs_human' as const }];
});

const SETTLEMENTS: Settlement[] = [
  { kind: 'reinserted' },
  { kind: 'confirmedInserted', cardCode: null },
  { kind: 'confirmedNotInserted' },
  { kind: 'abandoned' },
  { kind: 'rejectedByMerchant' },
  { kind: 'authorized' },
  { kind: 'cancelled' },
];

/** Every reason that the pure rules give an order, by trying all of them on all of these. */
function reasonsOfTheRules(): Set<string> {
  const reasons = new Set<string>();
  const keep = ({ reason }: Insertion) => reason !== null && reasons.add(reason);
  const outcomes: (Outcome | Settlement)[] = [
    ...ANSWERS.flatMap((answer) => [
      insertVerdict(answer, NOW),
      uploadVerdict(answer, NOW) ?? { kind: 'orphaned' as const },
      tokenVerdict(answer, NOW),
    ]),
    { kind: 'orphaned' },
    ...SETTLEMENTS,
  ];
  for (const order of ORDERS) {
    for (const outcome of outcomes) keep(advance(order, outcome, NOW, POLICY));
    for (const inDoubt of ['probe', 'manual'] as const) {
      for (const crashes of [0, 3]) {
        const policy = { ...POLICY, inDoubt };
        const stop = stopBeforeSending(order, crashes, NOW, policy);
        if (stop) keep(advance(order, stop, NOW, policy));
      }
    }
  }
  for (const pointer of ['/pdf', '/invoice/number']) {
    const faults = [{ ...fault('PDF-SHAPE-01', pointer, '…', '…'), severity: 'error' as const }];
    reasons.add(refusalOf(faults) as string);
  }
  return reasons;
}

/** Reasons that are written in the program, wherever an order is refused, rejected or handed to a person. */
function reasonsOfTheSource(): Set<string> {
  const root = join(process.cwd(), 'src');
  const sources = ['domain', 'insertion', 'wechat']
    .flatMap((room) => readdirSync(join(root, room)).map((name) => join(root, room, name)))
    .filter((file) => file.endsWith('.ts'))
    .map((file) => readFileSync(file, 'utf8'));
  const shapes = [
    /kind: 'needsHuman', reason: '(\w+)'/g,
    /kind: '(?:refused|rejected)', code: '(\w+)'/g,
    /toHuman\(insertion, '(\w+)'\)/g,
    /state: '(?:rejected|refused|needs_human)', reason: '(\w+)'/g,
  ];
  return new Set(
    sources.flatMap((text) => shapes.flatMap((shape) => [...text.matchAll(shape)].map((m) => String(m[1])))),
  );
}

const HAN = /\p{Script=Han}/u;

/** What is wrong with the advice for these: none, empty, in the wrong language, or the same as another's. */
function gaps(names: Iterable<string>, guidanceOf: (name: string) => Guidance | null): string[] {
  const found: string[] = [];
  const seen = new Map<string, string>();
  for (const name of names) {
    const guidance = guidanceOf(name);
    if (!guidance) found.push(`${name}: no advice`);
    for (const reader of guidance ? (['merchant', 'operator'] as const) : []) {
      const [zh, en] = (guidance as Guidance)[reader];
      if (!HAN.test(zh) || zh.length < 4) found.push(`${name}: ${reader}, zh: “${zh}”`);
      if (HAN.test(en.replace('冲红', '')) || en.length < 10) found.push(`${name}: ${reader}, en: “${en}”`);
      for (const text of [zh, en]) {
        const other = seen.get(`${reader} ${text}`);
        if (other) found.push(`${name}: ${reader} reads the same as for ${other}`);
        seen.set(`${reader} ${text}`, name);
      }
    }
  }
  return found;
}

describe('every outcome tells merchants and operators what to do, in Chinese and in English', () => {
  const reasons = new Set([...reasonsOfTheRules(), ...reasonsOfTheSource()]);

  it('each reason that an order can have', () => {
    expect(reasons.size).toBeGreaterThan(50);
    for (const known of ['in_doubt', 'probes_exhausted', 'card_code_in_use', 'wechat_72040', 'rejected_at_wechat']) {
      expect(reasons).toContain(known);
    }
    expect(gaps(reasons, guidanceForReason)).toEqual([]);
  });

  it('each state, and a card whose code nobody knows', () => {
    const states = [...INSERTION_STATES, 'held'] as const;
    const names = new Set<string>([...states, 'code unknown']);
    const standing = (name: string) =>
      name === 'code unknown'
        ? ({ state: 'inserted', reason: null, cardCodeState: 'unknown' } as const)
        : ({ state: name as (typeof states)[number], reason: null, cardCodeState: 'known' } as const);
    expect(gaps(names, (name) => guidanceFor(standing(name)))).toEqual([]);
  });

  it('each errcode of the table, whatever insert makes of it', () => {
    const codes = knownErrcodes().filter((code) => code !== 0);
    expect(gaps(codes.map(String), (code) => errcodeGuidance(Number(code)))).toEqual([]);
    expect(errcodeAdvice().map(({ errcode }) => errcode)).toEqual(codes);
  });

  it('a checker that finds nothing would find what is missing, empty, repeated or not translated', () => {
    const lacking = (name: string): Guidance | null => {
      const guidance = guidanceForReason(name);
      if (!guidance || name === 'media_gone') return null;
      if (name === 'doubt_aged') return { ...guidance, operator: ['', ''] };
      if (name === 'in_doubt') return { ...guidance, merchant: (guidanceForReason('abandoned') as Guidance).merchant };
      if (name === 'contradiction') return { ...guidance, operator: [guidance.operator[0], guidance.operator[0]] };
      return guidance;
    };
    const named = new Set(gaps(reasons, lacking).map((gap) => gap.split(':')[0]));
    expect([...named].filter((name) => name !== 'abandoned').sort()).toEqual([
      'contradiction',
      'doubt_aged',
      'in_doubt',
      'media_gone',
    ]);
  });
});

describe('advice leads on', () => {
  it('an upload that was refused for how it was made is not the order’s fault, and no merchant is told to mend data', () => {
    for (const errcode of [47_001, 72_031, 40_101, 40_035]) {
      const said = { kind: 'answered' as const, httpStatus: 200, errcode, errmsg: '', hint: null, body: {} };
      const { code } = uploadVerdict(said, NOW) as Outcome & { kind: 'refused' };
      const { merchant, operator } = guidanceForReason(code) as Guidance;
      expect([code, merchant[0]]).toEqual([code, expect.stringMatching(/setpdf.*与订单内容无关/)]);
      expect(merchant[1]).not.toMatch(/mend (what|the)/i);
      expect(operator[0]).toMatch(/代理.*boundary/);
      // On insert the same code speaks of the order.
      expect((insertVerdict(said, NOW) as { code?: string }).code).toBe(`wechat_${errcode}`);
    }
    const ofPdf = { kind: 'answered' as const, httpStatus: 200, errcode: 72_082, errmsg: '', hint: null, body: {} };
    expect(uploadVerdict(ofPdf, NOW)).toMatchObject({ kind: 'refused', code: 'wechat_72082' });
  });

  it('a whitelist is named where it stands, with the address that WeChat saw', () => {
    const advised = (errcode: number, errmsg: string) =>
      holdAdvice({ errcode, errmsg, reason: `token_errcode_${errcode}`, nextCanaryAt: NOW });
    const component = advised(
      61_004,
      'access clientip is not registered, requestIP: 203.0.113.7 rid: 61725984-6126f6f9-040f19c4',
    );
    expect(component.advice).toMatch(/微信开放平台（open\.weixin\.qq\.com）/);
    expect(component.advice).toContain('微信看到的出口 IP 是 203.0.113.7。');
    expect(component.advice_en).toMatch(/Open Platform.*203\.0\.113\.7/);
    const account = advised(
      40_164,
      'invalid ip 198.51.100.9 ipv6 ::ffff:198.51.100.9, not in whitelist rid: 61725984-6126f6f9-040f19c4',
    );
    expect(account.advice).toMatch(/公众平台.*198\.51\.100\.9。/);
    expect(account.advice).not.toContain('开放平台');
    expect(advised(40_164, 'invalid ip 2001:db8::7, not in whitelist').advice).toContain('2001:db8::7。');
    expect(advised(40_164, 'not in whitelist').advice).not.toContain('出口 IP 是');
    expect(advised(72_015, 'unauthorized 10.1.1.1').advice).not.toContain('10.1.1.1');
  });

  const standing = (reason: string | null) => ({ state: 'in_doubt', reason, cardCodeState: 'none' }) as const;

  it('a code that holds an account comes with its remedy', () => {
    const held = knownErrcodes().filter((code) => judgementOf(INSERT, code) === 'configuration');
    const whitelist = { errcode: Errcode.IpNotWhitelisted, reason: 'errcode_40164', nextCanaryAt: NOW };
    expect(holdAdvice(whitelist).advice).toContain('白名单');
    // At the token's door 40001 is a wrong secret; on insert it is a token's ordinary death.
    expect(holdAdvice({ errcode: 40_001, reason: 'token_errcode_40001', nextCanaryAt: NOW }).advice_en).toMatch(
      /Secret/,
    );
    for (const errcode of held) {
      expect(holdAdvice({ errcode, reason: `errcode_${errcode}`, nextCanaryAt: NOW }).advice_en).toMatch(/DELETE/);
    }
    const byHand = holdAdvice({ errcode: null, reason: 'a look at the books', nextCanaryAt: null });
    expect(byHand.advice_en).not.toEqual(
      holdAdvice({ errcode: null, reason: 'http_404', nextCanaryAt: NOW }).advice_en,
    );
  });

  it('what WeChat answered last is told to operators of an order that goes on, and never to merchants', () => {
    expect(operatorAdviceFor(standing(null), 72_054).operator_advice).toMatch(/72054/);
    expect(operatorAdviceFor(standing(null), 88_888).operator_advice_en).toMatch(/88888/);
    expect(adviceFor(standing(null)).advice).not.toMatch(/\d{5}/);
    expect(operatorAdviceFor(standing('contradiction'), 72_031).operator_advice).not.toMatch(/72031/);
  });
});
