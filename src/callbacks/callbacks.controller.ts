import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { FastifyReply } from 'fastify';
import { RequestBody } from '../http/body-parser';
import { CallbackDoor } from '../wechat/callback-message';
import { ReceiveCallbacks } from './receive';

type RawQuery = Record<string, string | string[] | undefined>;

const ECHO = /^[\x20-\x7e]{1,256}$/;

/** Where WeChat pushes to. What is refused gets one and the same answer, which tells nothing. */
@ApiExcludeController()
@Controller('wechat')
export class CallbacksController {
  constructor(private readonly callbacks: ReceiveCallbacks) {}

  @Get('callbacks/:appid')
  async check(@Param('appid') appid: string, @Query() query: RawQuery, @Res() reply: FastifyReply): Promise<void> {
    const given = single(query);
    const door = await this.doorOf(appid);
    const echo = given.echostr ?? '';
    const genuine = door !== null && ECHO.test(echo) && this.callbacks.answersCheck(door, given);
    await say(reply, genuine ? 200 : 403, genuine ? echo : 'refused');
  }

  @Post('callbacks/:appid')
  @HttpCode(200)
  async push(
    @Param('appid') appid: string,
    @Query() query: RawQuery,
    @Body() body: RequestBody | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.take(await this.doorOf(appid), query, body, reply);
  }

  @Post('component/callbacks')
  @HttpCode(200)
  async component(
    @Query() query: RawQuery,
    @Body() body: RequestBody | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.take(await this.callbacks.doorOf(null), query, body, reply);
  }

  private async take(
    door: CallbackDoor | null,
    query: RawQuery,
    body: RequestBody | undefined,
    reply: FastifyReply,
  ): Promise<void> {
    const taken = door !== null && body?.kind === 'raw' && (await this.callbacks.take(door, single(query), body.text));
    await say(reply, taken ? 200 : 403, taken ? 'success' : 'refused');
  }

  private async doorOf(appid: string): Promise<CallbackDoor | null> {
    return /^[\w-]{1,64}$/.test(appid) ? this.callbacks.doorOf(appid) : null;
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
