import { Readable } from 'node:stream';
import { byteLines } from '../http/byte-lines';
import { parseJsonBytes } from '../http/body-parser';
import { Problem, ProblemBody } from '../http/problems';
import { SchemaChecks } from '../http/schema-check';
import { Caller } from '../merchants/merchants';
import { readOrderJson } from './order-body';
import { OrderView } from './orders.api';
import { PostOrders } from './post-orders';

const MAX_LINES = 500;
const MAX_BYTES = 64 * 1024 * 1024;
/** Lines on their way at the same time: enough to fill a commit, few enough to hold in memory. */
const IN_FLIGHT = 32;

/** What line n of the answer says about line n of the request. */
export interface LineAnswer {
  line: number;
  status: number;
  order?: OrderView;
  problem?: ProblemBody;
}

interface BatchContext {
  posts: PostOrders;
  checks: SchemaChecks;
  caller: Caller;
  maxLineBytes: number;
  problemOf: (error: unknown) => Problem;
  requestId: string;
}

/**
 * NDJSON in, NDJSON out, streamed: each line is an order with its own transaction and its own answer, in order; a bad
 * line stops nothing. Beyond 500 lines or 64 MiB one last line says so and the rest is not read.
 */
export async function* answerBatch(stream: Readable, context: BatchContext): AsyncGenerator<string> {
  const running: Promise<LineAnswer>[] = [];
  let line = 0;
  for await (const text of byteLines(stream as AsyncIterable<Buffer>, context.maxLineBytes, MAX_BYTES)) {
    // Empty lines are passed over.
    if (text.length === 0) continue;
    line += 1;
    if (line > MAX_LINES || text === 'too_much') {
      for (const answer of running) yield written(await answer);
      yield written({ line, ...refused(new Problem('batch_too_large'), context) });
      return;
    }
    running.push(answerLine(text, line, context));
    if (running.length >= IN_FLIGHT) yield written(await (running.shift() as Promise<LineAnswer>));
  }
  for (const answer of running) yield written(await answer);
}

async function answerLine(text: Buffer | 'too_long', line: number, context: BatchContext): Promise<LineAnswer> {
  try {
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
