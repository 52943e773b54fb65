import { CanActivate, createParamDecorator, ExecutionContext, Injectable, SetMetadata } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { FastifyRequest } from 'fastify';
import { Operator, OperatorRole } from '../data/entities/operator';
import { KnownRequest } from '../http/held-bodies';
import { Problem } from '../http/problems';
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
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<KnownRequest & { operator: Operator }>();
    const key = /^Bearer ([\x21-\x7e]{1,512})$/i.exec(request.headers.authorization ?? '')?.[1];
    const operator = key ? await this.operators.operatorOf(key) : null;
    if (!operator) throw new Problem('unauthorized');
    const role = this.reflector.get<OperatorRole | undefined>(ROLE, context.getHandler());
    if (!role || !mayActAs(operator, role)) throw new Problem('forbidden');
    request.operator = operator;
    request.knownAs = operator.id;
    return true;
  }
}
