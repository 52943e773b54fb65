import { toShanghai } from '../domain/shanghai';
import { ReinsertionView, ResolutionView } from './order-acts.api';
import { ReinsertionRow } from './reinsertions';
import { ResolutionRow } from './resolutions';

export function reinsertionView(row: ReinsertionRow): ReinsertionView {
  return { ...row, created_at: toShanghai(row.created_at) };
}

export function resolutionView({ version: _, ...row }: ResolutionRow): ResolutionView {
  return {
    ...row,
    created_at: toShanghai(row.created_at),
    settled_at: row.settled_at && toShanghai(row.settled_at),
  };
}
