import { Controller, Get, Headers, Param, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { FastifyReply } from 'fastify';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pageHtml } from './page-html';
import { Problem } from './problems';

/** Beside the compiled program, in a checkout and in the image. */
const PAGES = join(__dirname, '../../../docs/errors');

/** The pages that a problem's `type` leads to: as HTML for a browser, as the Markdown they are for everybody else. */
@ApiExcludeController()
@Controller('docs/errors')
export class ErrorPagesController {
  @Get()
  async start(@Res() reply: FastifyReply): Promise<void> {
    await reply.redirect('/docs/errors/index', 302);
  }

  @Get(':code')
  async show(
    @Param('code') code: string,
    @Headers('accept') accept: string | undefined,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const name = code.replace(/\.md$/, '').replace(/^index/, 'README');
    // Names of pages only: no path leads out of the directory.
    const markdown = /^[A-Za-z0-9_-]+(\.zh-CN)?$/.test(name) && (await pageOf(name));
    if (!markdown) throw new Problem('not_found');
    const html = accept?.includes('text/html');
    await reply
      .header('content-type', `${html ? 'text/html' : 'text/markdown'}; charset=utf-8`)
      .header('content-security-policy', `default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'`)
      .header('cache-control', 'public, max-age=300')
      .header('vary', 'accept')
      .send(html ? pageHtml(markdown) : markdown);
  }
}

async function pageOf(name: string): Promise<string | null> {
  return readFile(join(PAGES, `${name}.md`), 'utf8').catch(() => null);
}
