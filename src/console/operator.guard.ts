import { CanActivate, createParamDecorator, ExecutionContext, Injectable, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { FastifyRequest } from 'fastify';
import { Operator, OperatorRole } from '../data/entities/operator';
import { KnownRequest } from '../http/held-bodies';
import { Problem } from '../http/problems';
import { bearerOf, WrongKeys } from '../http/wrong-keys';
import { mayActAs, Operators } from './operators';

const ROLE = 'piaoka:role';

/** The least role a route needs. A route without one is refused: nothing is open by oversight. */
export const NeedsRole = (role: OperatorRole) => SetMetadata(ROLE, role);

/** The operator who acts. */
export const OperatorParam = createParamDecorator((_: unknown, context: ExecutionContext): Operator => {
  return context.switchToHttp().getRequest<FastifyRequest & { operator: Operator }>().operator;
});

/** `Authorization: Bearer <admin key>`. A merchant's key is an unknown key here. */
@Injectable()
export class OperatorGuard implements CanActivate {
  constructor(
    private readonly operators: Operators,
    private readonly reflector: Reflector,
    private readonly wrongKeys: WrongKeys,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<KnownRequest & { operator: Operator }>();
    const shown = { door: 'operator', address: request.ip, key: bearerOf(request) } as const;
    const admitted = await this.wrongKeys.admit(shown, (key, asking) => this.operators.judge(key, asking));
    if ('refused' in admitted) throw admitted.refused;
    const { owner: operator } = admitted;
    const role = this.reflector.get<OperatorRole | undefined>(ROLE, context.getHandler());
    if (!role || !mayActAs(operator, role)) throw new Problem('forbidden');
    request.operator = operator;
    request.knownAs = operator.id;
    return true;
  }
}
