import { CanActivate, createParamDecorator, ExecutionContext, Injectable, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { FastifyRequest } from 'fastify';
import { KnownRequest } from '../http/held-bodies';
import { Problem } from '../http/problems';
import { bearerOf, WrongKeys } from '../http/wrong-keys';
import { Caller, Merchants, MerchantScope } from './merchants';
import { RequestLimits } from './request-limits';

const SCOPE = 'piaoka:scope';

/** The scopes of which a merchant key needs one for a route. A route without any is refused: nothing is open by oversight. */
export const NeedsScope = (...scopes: MerchantScope[]) => SetMetadata(SCOPE, scopes);

/** The merchant that calls. */
export const CallerParam = createParamDecorator((_: unknown, context: ExecutionContext): Caller => {
  return context.switchToHttp().getRequest<FastifyRequest & { caller: Caller }>().caller;
});

/** `Authorization: Bearer <key>`. Unknown, revoked and expired keys get one and the same answer. */
@Injectable()
export class MerchantGuard implements CanActivate {
  constructor(
    private readonly merchants: Merchants,
    private readonly reflector: Reflector,
    private readonly limits: RequestLimits,
    private readonly wrongKeys: WrongKeys,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<KnownRequest & { caller: Caller }>();
    const shown = { door: 'merchant', address: request.ip, key: bearerOf(request) } as const;
    const admitted = await this.wrongKeys.admit(shown, (key, asking) => this.merchants.judge(key, asking));
    if ('refused' in admitted) throw admitted.refused;
    const { owner: caller } = admitted;
    const scopes = this.reflector.get<MerchantScope[] | undefined>(SCOPE, context.getHandler()) ?? [];
    if (!scopes.some((scope) => caller.scopes.includes(scope))) throw new Problem('forbidden');
    const retryAfter = await this.limits.admit(caller.merchantId);
    if (retryAfter !== null) throw new Problem('rate_limited', { retryAfter });
    request.caller = caller;
    request.knownAs = caller.merchantId;
    return true;
  }
}
