import { DatabaseError } from 'pg';
import { QueryRunnerAlreadyReleasedError } from 'typeorm';
import { databaseIsAway } from '../../src/database-away';

/** What passes, and is worth repeating, against what a repetition meets again. */
test.each([
  ['a connection that broke under a prepared query', new QueryRunnerAlreadyReleasedError(), true],
  ['a server that is shut down', sqlstate('57P01'), true],
  ['a statement that was cancelled', sqlstate('57014'), true],
  ['no connection left', sqlstate('53300'), true],
  ['a standby', sqlstate('25006'), true],
  ['a refused connection', Object.assign(new Error('x'), { code: 'ECONNREFUSED' }), true],
  ['a broken rule of the database', sqlstate('23514'), false],
  ['a missing column', sqlstate('42703'), false],
  ['a mistake of ours', new TypeError('x is not a function'), false],
])('%s', (_, error, away) => expect(databaseIsAway(error)).toBe(away));

function sqlstate(code: string): DatabaseError {
  return Object.assign(new DatabaseError('refused', 0, 'error'), { code });
}
