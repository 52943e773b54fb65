import { Outcome } from '../domain/outcome';
import { Answer } from './answer';
import { errcodeFact } from './errcodes';
import { ANYWHERE } from './judgements';
import { TokenAccount, TokenManager } from './tokens';

/** What WeChat answered, or why there was no token to ask with: then nothing was sent. */
export type AccountAnswer = { answer: Answer } | { answer: null; outcome: Outcome };

/**
 * One call in an account's name. WeChat looks at the token before anything else, so a call it refuses for its token was not
 * executed: the token is replaced once and the call sent once more. A second refusal is the answer.
 */
export async function withToken(
  tokens: TokenManager,
  account: TokenAccount,
  send: (accessToken: string) => Promise<Answer>,
): Promise<AccountAnswer> {
  let held = await tokens.get(account);
  for (let round = 0; ; round += 1) {
    if (!held.token) return { answer: null, outcome: held.outcome };
    const answer = await send(held.token.value);
    const refused = isTokenRefusal(answer);
    if (answer.kind === 'answered' && !refused) tokens.accepted(account);
    if (!refused || round > 0) return { answer };
    held = await tokens.invalidate(account, held.token.generation);
  }
}

function isTokenRefusal(answer: Answer): boolean {
  const fact = answer.kind === 'answered' ? errcodeFact(answer.errcode) : undefined;
  return fact !== undefined && ANYWHERE[fact.name] === 'tokenRefused';
}
