/**
 * What WeChat's answers mean, written down from the published codes and from what was seen in the wild, apart from the
 * program: the fault matrix holds the program against it.
 */

/** Classes of answers to insertinvoice. */
export type InsertClass =
  | 'token'
  | 'configuration'
  | 'day'
  | 'minute'
  | 'busy'
  | 'template'
  | 'data'
  | 'authorisation'
  | 'rejected'
  | 'media'
  | 'unclear'
  | 'consumed'
  | 'wallet'
  | 'nowhere';

const span = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, n) => from + n);

export const INSERT_CODES: Record<InsertClass, number[]> = {
  // Decided before any business logic.
  token: [40001, 40014, 42001],
  configuration: [
    ...[
      40002, 40013, 40033, 40066, 40125, 40164, 40243, 41001, 41002, 41004, 42002, 42003, 42007, 43001, 43002, 43003,
      43004,
    ],
    ...[44002, 48001, 48004, 50001, 50002, 50004, 50005, 50007, 61003, 61004, 61007, 61023, 72015, 72022, 72027, 72028],
    ...[72029, 72030, 72051, 72063, 72076, 72084, 72085, 72086, 72087, 73103, 89501, 89503, 89506, 89507],
  ],
  day: [45009, 72057],
  minute: [45011, 61005, 61006, 73104],
  busy: [72036, 72059, 72062, 72091, ...span(73200, 73204), 9001001, 9001999],
  template: [40078],
  data: [
    ...[40003, 40004, 40005, 40006, 40009, 40035, 40097, 40101, 41011, 41012, 45001, 45002, 45021, 47001, 72017, 72024],
    ...[72025, 72031, 72037, 72040, 72041, 72043, 72045, 72046, 72047, 72055, 72060, 72061, 72067, 72068, 72071, 72072],
    ...[72073, 72077, 72078, 72080, 72082, 72093],
    // A wrong card_id comes with one order: it must not hold all the others of the account.
    ...[40073, 45030, 72001],
  ],
  authorisation: [72013, 72038, 72048, 72049, 72050, 72053],
  rejected: [72035],
  media: [40007, 72081, 72083],
  unclear: [-1, 49004, 72054, 72058, 72064, 72065, 72069, 72074, 72079],
  consumed: [72018, 72056, 72075],
  wallet: [72042],
  // Codes of other calls, and codes nobody has published.
  nowhere: [72023, 72039, 72044, 72052, 72070, 73000, 73105, 71000, 72999, 73999, 88888, 123456, -7],
};

/** What is true after an attempt that had the order's upload at hand: without, and with, a doubt about an earlier one. */
export interface Expected {
  state: string;
  doubt: boolean;
  counted?: boolean;
  waits?: [least: number, most: number];
}

const FIRST_WAIT = 5;
const QUIET = 75;

export const INSERT_EXPECTED: Record<InsertClass, { fresh: Expected; doubtful: Expected }> = {
  token: both({ waits: [0, 0] }),
  configuration: both({ waits: [0, 0] }),
  day: both({ waits: [0, 0] }),
  minute: both({ waits: [60, 90] }),
  busy: both({ counted: true, waits: [30, 60] }),
  template: both({ counted: true, waits: [600, 900] }),
  data: { fresh: { state: 'refused', doubt: false }, doubtful: { state: 'needs_human', doubt: true } },
  authorisation: {
    fresh: { state: 'awaiting_authorization', doubt: false, waits: [60, 60] },
    doubtful: { state: 'in_doubt', doubt: true, waits: [QUIET, 9999] },
  },
  rejected: { fresh: { state: 'rejected', doubt: false }, doubtful: { state: 'needs_human', doubt: true } },
  media: {
    fresh: { state: 'accepted', doubt: false, waits: [0, 0] },
    doubtful: { state: 'in_doubt', doubt: true, waits: [0, 0] },
  },
  unclear: inDoubt(),
  consumed: { fresh: { state: 'needs_human', doubt: false }, doubtful: { state: 'inserted', doubt: false } },
  wallet: {
    fresh: { state: 'needs_human', doubt: false },
    doubtful: { state: 'likely_inserted', doubt: true, waits: [QUIET, 9999] },
  },
  nowhere: {
    fresh: { state: 'in_doubt', doubt: true, waits: [QUIET, 9999] },
    doubtful: { state: 'needs_human', doubt: true },
  },
};

/** Not executed: back to where it stood. */
function both(more: Pick<Expected, 'counted' | 'waits'>): { fresh: Expected; doubtful: Expected } {
  return {
    fresh: { state: 'uploaded', doubt: false, counted: false, ...more },
    doubtful: { state: 'in_doubt', doubt: true, counted: false, ...more },
  };
}

/** Executed or not, nobody can tell: nothing is sent before the quiet period is over. */
function inDoubt(): { fresh: Expected; doubtful: Expected } {
  const expected: Expected = { state: 'in_doubt', doubt: true, waits: [QUIET, 9999] };
  return { fresh: expected, doubtful: expected };
}

/** Ways of not answering with WeChat's JSON, and what they mean for insert. */
export const SILENCES: [name: string, answer: { sent: boolean; reason: string }][] = [
  ...['econnrefused', 'enotfound', 'eai_again', 'ehostunreach', 'tls', 'connect_timeout'].map(
    (reason): [string, { sent: boolean; reason: string }] => [`not sent: ${reason}`, { sent: false, reason }],
  ),
  ...['timeout', 'econnreset', 'closed', 'cut', 'parser', 'too_large', 'aborted'].map(
    (reason): [string, { sent: boolean; reason: string }] => [`sent: ${reason}`, { sent: true, reason }],
  ),
];

export const NOT_SENT = {
  fresh: { state: 'uploaded', doubt: false, counted: true, waits: [FIRST_WAIT, FIRST_WAIT * 1.5] },
  doubtful: { state: 'in_doubt', doubt: true, counted: true, waits: [FIRST_WAIT, FIRST_WAIT * 1.5] },
} satisfies Record<string, Expected>;
export const SENT_IN_VAIN = INSERT_EXPECTED.unclear;

/** What a fault on the way means for one call: of bytes that never left, of an answer that says nothing, of an edge. */
export type Fate = 'unsent' | 'vain' | 'edge' | 'too_large';

const UPLOAD_AGAIN = {
  fresh: { ...NOT_SENT.fresh, state: 'accepted' },
  doubtful: NOT_SENT.doubtful,
};
/** Nothing was tried: the order stays where it is and burns no try. */
const NOT_TRIED = (waits: [number, number]) => ({
  fresh: { state: 'accepted', doubt: false, counted: false, waits },
  doubtful: { state: 'in_doubt', doubt: true, counted: false, waits },
});
const WITHOUT_TOKEN = NOT_TRIED([5, 60]);
const HELD = NOT_TRIED([0, 0]);

/** Each remote call × what became of it: an upload and a token may be repeated, an insert only where nothing was sent. */
export const FATES: Record<'insert' | 'setpdf' | 'token', Record<Fate, Record<'fresh' | 'doubtful', Expected>>> = {
  insert: {
    unsent: NOT_SENT,
    vain: SENT_IN_VAIN,
    edge: INSERT_EXPECTED.configuration,
    too_large: INSERT_EXPECTED.configuration,
  },
  setpdf: { unsent: UPLOAD_AGAIN, vain: UPLOAD_AGAIN, edge: HELD, too_large: INSERT_EXPECTED.data },
  token: { unsent: WITHOUT_TOKEN, vain: WITHOUT_TOKEN, edge: HELD, too_large: HELD },
};

/** HTTP around WeChat: an edge that refuses proves that nothing was executed; everything else proves nothing. */
/** A success whose every id is named twice. */
const DOUBLED =
  '{"errcode":0,"code":"1","code":"2","openid":"oX","s_media_id":"7","s_media_id":"8",' +
  '"access_token":"T","access_token":"U","expires_in":7200}';

export const BODIES: [name: string, httpStatus: number, text: string, expected: 'edge' | 'vain'][] = [
  ...[500, 501, 502, 503, 504, 520].map(status(`<html>`, 'vain')),
  ...[301, 302, 307].map(status('', 'vain')),
  ...[408, 499].map(status('', 'vain')),
  ...[400, 401, 403, 404, 405, 411, 412, 413, 414, 429, 431].map(status('<html>', 'edge')),
  ['200, HTML', 200, '<html>hello</html>', 'vain'],
  ['200, empty', 200, '', 'vain'],
  ['200, blanks', 200, ' \r\n', 'vain'],
  ['200, text', 200, 'ok', 'vain'],
  ['200, half a JSON', 200, '{"errcode":0,"errm', 'vain'],
  ['200, an array', 200, '[0]', 'vain'],
  ['200, null', 200, 'null', 'vain'],
  ['200, somebody else’s JSON', 200, '{"code":500,"msg":"upstream error"}', 'vain'],
  ['200, errcode null', 200, '{"errcode":null,"code":"1"}', 'vain'],
  ['200, errcode 0.5', 200, '{"errcode":0.5}', 'vain'],
  ['200, a refusal and a success', 200, '{"errcode":72031,"errcode":0,"code":"186921658591","openid":"oX"}', 'vain'],
  ['200, a success and a refusal', 200, '{"errcode":0,"code":"186921658591","openid":"oX","errcode":72031}', 'vain'],
  ['200, the same errcode twice', 200, '{"errcode":0,"errcode":0,"s_media_id":"7","access_token":"T"}', 'vain'],
  ['200, errcode twice, one escaped', 200, String.raw`{"errcode":40001,"err\u0063ode":0,"code":"1"}`, 'vain'],
  ['200, two cards, media, tokens', 200, DOUBLED, 'vain'],
  ['412 with errcode twice', 412, '{"errcode":47001,"errcode":0}', 'vain'],
  ['502 with a success in it', 502, '{"errcode":0,"code":"186921658591"}', 'vain'],
];

function status(text: string, expected: 'edge' | 'vain') {
  return (httpStatus: number): [string, number, string, 'edge' | 'vain'] => [
    `HTTP ${httpStatus}`,
    httpStatus,
    text,
    expected,
  ];
}

/** setpdf may be repeated without harm: what is not refused is tried again, and nothing of it is ever doubt. */
export const UPLOAD_CODES: Record<'tokenRefused' | 'held' | 'refused' | 'later', number[]> = {
  tokenRefused: INSERT_CODES.token,
  held: [...INSERT_CODES.configuration, ...INSERT_CODES.day],
  refused: [40004, 40005, 40006, 40009, 45001, 45002, 47001, 72031, 72040, 72082],
  later: [-1, 49004, 45011, 72036, 72054, 72042, 72056, 72999, 123456, 9001001],
};

/** Where a token is fetched 40001 speaks of appid and secret; no order is at fault, so none is refused. */
export const TOKEN_CODES: Record<'held' | 'later', number[]> = {
  held: [40001, 40002, 40013, 40125, 40164, 40243, 41002, 41004, 45009, 50004, 50007, 89501, 89503, 89506, 89507],
  later: [-1, 45011, 61005, 72999, 123456],
};
