import { Chance } from '../../src/sandbox/state/chance';
import { Json } from '../support/world';
import { Route } from './routes';

export interface Made {
  method: string;
  path: string;
  headers: Record<string, string>;
  body?: Buffer;
}

const UUID = '01234567-89ab-7cde-8f01-23456789abcd';
const TIMES = [
  ...['2026-11-20T10:00:00+08:00', '2026-11-20', '2026-02-30', '2026-02-30T00:00:00Z', '0000-01-01', '0001-01-01'],
  ...['9999-12-31', '9999-12-31T23:59:59-14:00', '+275760-09-13T00:00:00Z', '-271821-04-20T00:00:00Z', 'infinity'],
  ...['2026-11-20T24:00:00Z', '2026-11-20T10:00:00+99:99', '9999-12-31T23:59:59Z', '4714-11-24 BC', '12026-01-01Z'],
];
const TEXTS = [
  ...[
    '',
    ' ',
    'A1',
    '.',
    '..',
    '../../etc/passwd',
    "'; DROP TABLE orders; --",
    '\u0000',
    'a\u0000b',
    '\ud800',
    '\u202e',
  ],
  ...['\u200b', '%00', '{}', 'null', 'true', '-1', '0', '2147483648', '-2147483649', '9223372036854775808', '1e400'],
  ...['NaN', '0'.repeat(400), 'x'.repeat(5000), '票'.repeat(900), UUID, '-'.repeat(36), 'wxc0b84a53ed8e8d29'],
];
/** As they stand in JSON. */
const VALUES = [
  ...[
    'null',
    'true',
    '-0',
    '0',
    '-1',
    '1.5',
    '1e15',
    '9007199254740991',
    '9007199254740993',
    '2147483648',
    '99999999999',
  ],
  ...[
    '-2147483649',
    '1e400',
    '1e308',
    '[]',
    '{}',
    '[[[]]]',
    '"\\ud800"',
    '"\\u0000"',
    '"\\uD83D\\uDE00"',
    '{"a":{"a":{}}}',
  ],
  ...[
    '[null,null]',
    '{"__proto__":{"x":1}}',
    '{"constructor":1}',
    '{"toString":1}',
    `${'['.repeat(40)}${']'.repeat(40)}`,
  ],
];
const TYPES = [
  ...['application/json', 'application/json; charset=gbk', 'text/plain', 'a/b'],
  ...[
    'application/x-ndjson',
    'text/csv',
    'multipart/form-data',
    'multipart/form-data; boundary=b',
    ';',
    'x'.repeat(300),
  ],
];

/** Requests that somebody's program, or somebody, might send; the same seed makes the same. */
export class Malformed {
  private readonly chance: Chance;

  constructor(
    seed: string,
    private readonly routes: readonly Route[],
    private readonly keys: { merchant: string; admin: string },
    /** Of what there is: an unknown id is refused before anything else is looked at. */
    private readonly ids: readonly string[],
  ) {
    this.chance = new Chance(seed);
  }

  next(): Made {
    const route = this.one(this.routes);
    const { merchant, admin } = this.keys;
    const right = route.path.includes('/admin/') ? admin : merchant;
    const key = this.one([null, 'pk_wrong', merchant, admin, right, right, right, right]);
    const path = route.path.replace(
      /\{\w+\}/g,
      () => encoded(this.one(this.chance.int(3) ? this.ids : [UUID, ...TEXTS])) || '%20',
    );
    const headers: Record<string, string> = {};
    if (key !== null) headers.authorization = `Bearer ${key}`;
    if (this.chance.int(12) === 0)
      headers['idempotency-key'] = this.one(['a', 'x'.repeat(300), `k${this.chance.int(50)}`]);
    if (this.chance.int(20) === 0) headers['if-match'] = this.one(['"1"', '99999999999', 'x']);
    const made = { method: route.method, path: path + this.query(route), headers };
    if (route.method === 'GET') return made;
    if (this.chance.int(10) > 0) headers['content-type'] = this.chance.int(3) ? 'application/json' : this.one(TYPES);
    if (this.chance.int(30) === 0) headers['content-encoding'] = 'gzip';
    return { ...made, body: this.body(route, headers['content-type'] ?? '') };
  }

  private query({ query }: Route): string {
    const pairs: string[] = [];
    const count = this.chance.int(4);
    for (let n = 0; n < count; n += 1) {
      const name =
        this.chance.int(8) && query.length > 0
          ? this.one(query)
          : this.one(['limit', 'cursor', 'a', '', 'x'.repeat(90)]);
      pairs.push(`${encoded(name)}=${encoded(this.queryValue(name))}`);
    }
    return pairs.length > 0 ? `?${pairs.join('&')}` : '';
  }

  private queryValue(name: string): string {
    if (name === 'cursor' && this.chance.int(2)) {
      const parts = [
        this.one(TIMES),
        this.one(['2026-11-20 10:00:00+00', '9999-99-99 99:99:99.9+99', '0000-01-01 00:00:00+00']),
      ];
      const ids = [UUID, '-'.repeat(36), '0'];
      return Buffer.from([this.one(parts), this.one(ids), ...(this.chance.int(2) ? ['1'] : [])].join('|')).toString(
        'base64url',
      );
    }
    return this.one(this.chance.int(2) ? TIMES : TEXTS);
  }

  private body(route: Route, type: string): Buffer {
    if (type.startsWith('multipart')) return this.form();
    const json = this.json(route);
    switch (this.chance.int(14)) {
      case 0:
        return this.heavy();
      case 1:
        return Buffer.from(json.slice(0, this.chance.int(json.length + 1)));
      case 2: {
        const bytes = Buffer.from(json);
        if (bytes.length > 0) bytes[this.chance.int(bytes.length)] = this.chance.int(256);
        return bytes;
      }
      case 3:
        return Buffer.from(`${json}\n\n${json}\r\n`);
      case 4:
        return Buffer.from(JSON.stringify(json));
      default:
        return Buffer.from(json);
    }
  }

  /** What fits its schema, but for a few places. */
  private json({ body }: Route): string {
    if (!body) return this.one(VALUES);
    const strange = this.one([0, 0, 0.05, 0.2, 0.6]);
    return this.value(body, '', strange, 0);
  }

  private value(schema: Json, name: string, strange: number, depth: number): string {
    if (this.chance.next() < strange)
      return this.one([...VALUES, JSON.stringify(this.one(TEXTS)), JSON.stringify(this.one(TIMES))]);
    const choices = (schema.oneOf ?? schema.anyOf ?? schema.allOf) as Json[] | undefined;
    if (choices?.length) return this.value(this.one(choices), name, strange, depth);
    if (Array.isArray(schema.enum)) return JSON.stringify(this.one(schema.enum as unknown[]));
    switch (schema.type) {
      case 'object':
        return this.object(schema, strange, depth);
      case 'array':
        return `[${this.times(this.one([0, 1, 1, 2, 120, this.chance.int(20) ? 1 : 15_000]), () => this.value((schema.items ?? {}) as Json, name, strange, depth + 1)).join()}]`;
      case 'integer':
      case 'number':
        return this.one(['0', '1', '10600', '4294967296', '72031']);
      case 'boolean':
        return this.one(['true', 'false']);
      default:
        return JSON.stringify(this.text(schema, name));
    }
  }

  private object(schema: Json, strange: number, depth: number): string {
    const fields = Object.entries((schema.properties ?? {}) as Record<string, Json>);
    const required = (schema.required ?? []) as string[];
    const members = fields
      .filter(([name]) => this.chance.next() > (required.includes(name) ? strange / 2 : 0.5))
      .map(([name, inner]) => `${JSON.stringify(name)}:${this.value(inner, name, strange, depth + 1)}`);
    if (this.chance.next() < strange)
      members.push(`${JSON.stringify(this.one([...TEXTS, 'x'.repeat(60_000)]))}:${this.one(VALUES)}`);
    if (this.chance.next() < strange && members[0]) members.push(members[0]);
    return `{${members.join()}}`;
  }

  private text(schema: Json, name: string): string {
    if (/(^|_)(from|to|until|at|day)$/.test(name)) return this.one(TIMES);
    if (String(schema.pattern ?? '').includes('[0-9a-f]{8}')) return this.one(this.ids);
    return this.one([
      'A1',
      'A1',
      'wxc0b84a53ed8e8d29',
      'https://example.com/',
      '26312000000183259524',
      this.one(TEXTS),
    ]);
  }

  private form(): Buffer {
    const parts = this.times(this.chance.int(6), () => {
      const name = this.one(['order', 'pdf', 'invoice', 'file', 'trip_pdf', 'reinsertion', this.one(TEXTS)]);
      const content = this.one(['{}', '%PDF-1.4', '{"a":1}', this.one(TEXTS), 'x'.repeat(70_000)]);
      return `--b\r\ncontent-disposition: form-data; name="${name}"${this.one(['', '; filename="x"'])}\r\n\r\n${content}\r\n`;
    });
    return Buffer.from(parts.join('') + this.one(['--b--', '--b--\r\n', '', '--b', 'x'.repeat(9000)]));
  }

  /** Small to send, and meant to be costly to read or to answer. */
  private heavy(): Buffer {
    const name = 'n'.repeat(this.one([300, 52_000, 200_000]));
    return Buffer.from(
      this.one([
        () => `{"${name}":[${'1e400,'.repeat(99)}1e400]}`,
        () => `{${this.times(6000, (n) => `"u${n}":1`).join()}}`,
        () => `[${'[],'.repeat(30_000)}[]]`,
        () => `{"invoice":{"items":[${'{"x":1},'.repeat(9000)}{}]}}`,
        () => '\n'.repeat(200_000),
        () => '{}\n'.repeat(600),
        () => `{"a":${'9'.repeat(200_000)}}`,
        () => `"${'\\u0000'.repeat(30_000)}"`,
        () => '['.repeat(200_000),
        () => ' '.repeat(400_000),
      ])(),
    );
  }

  private times<T>(count: number, make: (n: number) => T): T[] {
    return Array.from({ length: count }, (_, n) => make(n));
  }

  private one<T>(from: readonly T[]): T {
    return from[this.chance.int(from.length)] as T;
  }
}

function encoded(text: string): string {
  return encodeURIComponent(text.toWellFormed())
    .slice(0, 3000)
    .replace(/%[0-9A-F]?$/, '');
}
