import { ByteLine, byteLines } from '../http/byte-lines';
import { parseJsonBytes, RequestBody } from '../http/body-parser';
import { Problem, ProblemBody } from '../http/problems';
import { ProcessorTurns } from '../http/processor-turns';
import { SchemaChecks } from '../http/schema-check';
import { Caller } from '../merchants/merchants';
import { readOrderJson } from './order-body';
import { OrderView } from './orders.api';
import { PostOrders } from './post-orders';

const MAX_LINES = 500;
const MAX_BYTES = 64 * 1024 * 1024;
/** Lines on their way at the same time: enough to fill a commit, few enough to hold in memory. */
const IN_FLIGHT = 32;
/** Empty lines are passed over; so many of them are no batch. */
const MAX_BLANK = 10_000;

/** What line n of the answer says about line n of the request. */
export interface LineAnswer {
  line: number;
  status: number;
  order?: OrderView;
  problem?: ProblemBody;
}

type Lines = Extract<RequestBody, { kind: 'ndjson' | 'csv' }>;

interface BatchContext {
  posts: PostOrders;
  checks: SchemaChecks;
  floor: ProcessorTurns;
  caller: Caller;
  maxLineBytes: number;
  problemOf: (error: unknown) => Problem;
  requestId: string;
}

/**
 * NDJSON in, NDJSON out, streamed: each line is an order with its own transaction and its own answer, in order; a bad
 * line stops nothing. Beyond 500 lines or 64 MiB, or where this process has no room for more, one last line says so and the
 * rest is not read.
 */
export async function* answerBatch(lines: Lines, context: BatchContext): AsyncGenerator<string> {
  const running: Promise<LineAnswer>[] = [];
  let line = 0;
  let end: Problem | null = null;
  try {
    for await (const text of filledLines(lines, context.maxLineBytes)) {
      if (line === MAX_LINES || text === 'too_much') throw new Problem('batch_too_large');
      line += 1;
      const held = text === 'too_long' ? 0 : text.length;
      running.push(answerLine(text, line, context).finally(() => lines.hold.give(held)));
      if (running.length >= IN_FLIGHT) yield written(await (running.shift() as Promise<LineAnswer>));
    }
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    end = error;
  }
  for (const answer of running) yield written(await answer);
  if (end) yield written({ line: line + 1, ...refused(end, context) });
}

async function* filledLines({ stream, hold }: Lines, maxLineBytes: number): AsyncGenerator<ByteLine> {
  let blank = 0;
  for await (const text of byteLines(stream as AsyncIterable<Buffer>, { maxLineBytes, maxBytes: MAX_BYTES, hold })) {
    if (typeof text === 'string' || text.length > 1 || (text.length === 1 && text[0] !== 13)) {
      yield text;
      continue;
    }
    hold.give(text.length);
    blank += 1;
    if (blank > MAX_BLANK) yield 'too_much';
  }
}

async function answerLine(
  text: Exclude<ByteLine, 'too_much'>,
  line: number,
  context: BatchContext,
): Promise<LineAnswer> {
  try {
    await context.floor.take(context.caller.merchantId);
    if (text === 'too_long') throw new Problem('body_too_large');
    const { value, length } = parseJsonBytes(text);
    const { status, view } = await context.posts.post(readOrderJson(value, length, context.checks), context.caller);
    return { line, status, order: view };
  } catch (error) {
    return { line, ...refused(context.problemOf(error), context) };
  }
}

function refused(problem: Problem, { requestId }: BatchContext) {
  return { status: problem.status, problem: problem.body(requestId) };
}

function written(answer: LineAnswer): string {
  return `${JSON.stringify(answer)}\n`;
}
