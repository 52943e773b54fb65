import { applyDecorators } from '@nestjs/common';
import { ApiResponse } from '@nestjs/swagger';

/** Documents what an operation may answer because it asks WeChat before it answers. Its own answers stand above it. */
export const AsksWechat = () =>
  applyDecorators(
    ApiResponse({ status: 409, description: 'account_unknown, account_not_ready or wechat_conflict' }),
    ApiResponse({ status: 422, description: 'invalid_request, or wechat_refused with WeChat’s errcode' }),
    ApiResponse({ status: 502, description: 'wechat_unclear: the change may have been made' }),
    ApiResponse({ status: 503, description: 'wechat_unavailable: nothing was changed; send it again later' }),
  );
