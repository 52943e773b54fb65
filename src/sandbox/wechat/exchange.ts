import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyReply } from 'fastify';
import { WIRE_PATHS } from '../../wechat/wire';
import { type Delivery, distort, plain } from '../weather/distort';
import type { FaultRule } from '../weather/faults';
import { processedUnder } from '../weather/modes';
import type { Call, Endpoint } from './call';
import { decide } from './decide';

const DEFAULT_DELAY_MS = 2000;

/** One exchange: the weather before, WeChat's decision, the weather after. */
export async function exchange(call: Call, endpoint: Endpoint, reply: FastifyReply): Promise<void> {
  reply.hijack();
  const fault = call.world.faults.pick(call.record);
  const delivery = fault ? await underFault(call, endpoint, fault) : plain(await decide(call, endpoint));
  if (delivery.kind === 'send') call.record.errcode = delivery.told;
  await put(reply.raw, delivery);
}

async function underFault(call: Call, endpoint: Endpoint, fault: FaultRule): Promise<Delivery> {
  const { world, record, token } = call;
  const processed = processedUnder(fault.mode, fault.applied);
  const delayMs = fault.delay_ms ?? DEFAULT_DELAY_MS;
  record.fault = fault.mode;
  if (fault.mode === 'kill_token' && token) world.tokens.supersede(token);
  const late = fault.mode === 'late_commit';
  if (late && record.path === WIRE_PATHS.insert) call.flightMs = delayMs;
  else if (late || (fault.mode === 'delay' && !processed)) await sleep(delayMs, undefined, { ref: false });
  const answer = processed || fault.mode === 'delay' ? await decide(call, endpoint) : undefined;
  if (fault.mode === 'delay' && processed) await sleep(delayMs, undefined, { ref: false });
  return distort(fault, answer, world, record.order_id);
}

async function put(raw: ServerResponse, delivery: Delivery): Promise<void> {
  if (delivery.kind === 'silence') return;
  if (delivery.kind === 'cut') {
    raw.socket?.destroy();
    return;
  }
  const { status, type, body, location, overMs, overstated } = delivery;
  const headers: Record<string, string | number> = {
    'content-type': type,
    'content-length': Buffer.byteLength(body) + (overstated ? 64 : 0),
  };
  if (location) headers['location'] = location;
  raw.writeHead(status, headers);
  if (overMs !== undefined) await trickle(raw, Buffer.from(body), overMs);
  else if (overstated) raw.write(body, () => raw.socket?.destroySoon());
  else raw.end(body);
}

async function trickle(raw: ServerResponse, body: Buffer, overMs: number): Promise<void> {
  const pieces = 5;
  const size = Math.ceil(body.length / pieces);
  for (let i = 0; i < pieces; i += 1) {
    raw.write(body.subarray(i * size, (i + 1) * size));
    await sleep(overMs / pieces, undefined, { ref: false });
  }
  raw.end();
}
