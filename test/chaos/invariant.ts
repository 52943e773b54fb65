import { InsertRequest, OurAttempt, OurOrder, Story } from './story';

export interface CheckOptions {
  /** IN_DOUBT_QUIET_SECONDS of the service. */
  quietSeconds: number;
  /** Faults have stopped and everything had its time: every order must have come to rest (V7's second half). */
  settled?: boolean;
}

/** One promise of the service, and what in a story breaks it. */
export interface Invariant {
  id: string;
  name: string;
  broken: (story: Story, options: CheckOptions) => string[];
}

/** An invariant that speaks of orders we know; of the others V7 speaks. */
export function ofOurs(
  id: string,
  name: string,
  broken: (ours: OurOrder, story: Story, options: CheckOptions) => string[],
): Invariant {
  return { id, name, broken: (story, options) => (story.ours ? broken(story.ours, story, options) : []) };
}

/** Nobody can say whether these inserted: a card may exist. */
const DOUBTFUL = ['unclear', 'orphaned'];
/** These say that the attempt put no card anywhere. */
const DENYING = ['later', 'tokenRefused', 'held', 'mediaGone', 'awaitingAuthorization', 'refused', 'rejected'];

export function isDoubtful({ outcome }: OurAttempt): boolean {
  return DOUBTFUL.includes(outcome);
}

export function isDenying({ outcome }: OurAttempt): boolean {
  return DENYING.includes(outcome);
}

/** The requests of one attempt: its hash is of the very bytes, and each attempt has a nonce of its own. */
export function requestsOf(requestSha256: string, { requests }: Story): InsertRequest[] {
  return requests.filter(({ sha256 }) => sha256 === requestSha256);
}

export function list(...findings: (string | false | undefined | null)[]): string[] {
  return findings.filter((finding) => typeof finding === 'string');
}
