import { Controller, Get, Headers, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { FastifyReply } from 'fastify';
import { createHash } from 'node:crypto';
import { ruleBook } from './rule-book';
import { RuleBookView } from './rule-book.api';

/** For everybody: what it tells is in the documentation too. */
@ApiTags('rules')
@Controller('v1/rules')
export class RuleBookController {
  private readonly text = JSON.stringify(ruleBook());
  private readonly etag = `"${createHash('sha256').update(this.text).digest('base64url')}"`;

  @Get()
  @ApiOperation({
    summary: 'The rules about invoices and every error code, as data; send If-None-Match to ask for news',
  })
  @ApiResponse({ status: 200, type: RuleBookView })
  @ApiResponse({ status: 304, description: 'unchanged' })
  async show(@Headers('if-none-match') known: string | undefined, @Res() reply: FastifyReply): Promise<void> {
    void reply.header('etag', this.etag).header('cache-control', 'public, max-age=300');
    const unchanged = known?.split(',').some((tag) => [this.etag, '*'].includes(tag.trim().replace(/^W\//, '')));
    if (unchanged) await reply.status(304).send();
    else await reply.header('content-type', 'application/json; charset=utf-8').send(this.text);
  }
}
