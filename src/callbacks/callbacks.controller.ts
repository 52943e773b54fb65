import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { FastifyReply } from 'fastify';
import { RequestBody } from '../http/body-parser';
import { TakesBody } from '../http/takes';
import { ReceiveCallbacks } from './receive';

type RawQuery = Record<string, string | string[] | undefined>;

const APPID = /^[\w-]{1,64}$/;
const ECHO = /^[\x20-\x7e]{1,256}$/;

/** Where WeChat pushes to. What is refused gets one and the same answer, which tells nothing. */
@ApiExcludeController()
@Controller('wechat')
export class CallbacksController {
  constructor(private readonly callbacks: ReceiveCallbacks) {}

  @Get('callbacks/:appid')
  async check(@Param('appid') appid: string, @Query() query: RawQuery, @Res() reply: FastifyReply): Promise<void> {
    const given = single(query);
    const echo = given.echostr ?? '';
    const readable = APPID.test(appid) && ECHO.test(echo);
    const genuine = readable && (await this.callbacks.answersCheck(appid, given));
    await say(reply, genuine ? 200 : 403, genuine ? echo : 'refused');
  }

  @Post('callbacks/:appid')
  @TakesBody({ kinds: ['raw'] })
  @HttpCode(200)
  async push(
    @Param('appid') appid: string,
    @Query() query: RawQuery,
    @Body() body: RequestBody | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    // What can be no appid is looked for nowhere, and named in no log.
    await this.take(APPID.test(appid) ? appid : 'none', query, body, reply);
  }

  @Post('component/callbacks')
  @TakesBody({ kinds: ['raw'] })
  @HttpCode(200)
  async component(
    @Query() query: RawQuery,
    @Body() body: RequestBody | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.take(null, query, body, reply);
  }

  private async take(
    appid: string | null,
    query: RawQuery,
    body: RequestBody | undefined,
    reply: FastifyReply,
  ): Promise<void> {
    const text = body?.kind === 'raw' ? body.text : undefined;
    const taken = await this.callbacks.take(appid, single(query), text);
    await say(reply, taken ? 200 : 403, taken ? 'success' : 'refused');
  }
}

function say(reply: FastifyReply, status: number, text: string): FastifyReply {
  return reply
    .status(status)
    .header('content-type', 'text/plain; charset=utf-8')
    .header('x-content-type-options', 'nosniff')
    .header('cache-control', 'no-store')
    .send(text);
}

function single(query: RawQuery): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(query).map(([name, value]) => [name, typeof value === 'string' ? value : '']),
  );
}
