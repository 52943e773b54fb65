import { CLASS_WORDS, FINDING_STATE_WORDS } from '../reconciliation/finding-words';
import { FindingPage, FindingView } from '../reconciliation/reconciliations.api';
import { Command, required, text } from './command';
import { EXIT } from './exit';
import { columns } from './output';
import { limitOf } from './pages';
import { path, query } from './service';
import { time } from './words';

const FINDINGS = '/v1/admin/findings';
const LIST: Command = {
  name: 'findings list',
  args: '',
  about: [
    '对账差异，最新的在前；默认只列未处理的',
    'differences, newest first; those that are open unless told otherwise',
  ],
  options: {
    state: {
      type: 'string',
      value: 'STATE',
      about: ['open、accepted、resolved、gone 或 all', 'in this state, or all'],
    },
    class: { type: 'string', value: 'CLASS', about: ['只看此类', 'of this class only'] },
    merchant: { type: 'string', value: 'ID', about: ['此商户', 'of this merchant'] },
    limit: {
      type: 'string',
      value: 'N',
      about: ['最多几条，默认 50；all 为全部', 'how many at most, default 50; all for every one'],
    },
  },
  examples: ['piaoka findings list', 'piaoka findings list --state all --class amount --limit all --json'],
  async run({ values, out, service }) {
    const state = text(values, 'state') ?? 'open';
    const filter = {
      state: state === 'all' ? undefined : state,
      class: text(values, 'class'),
      merchant: text(values, 'merchant'),
    };
    const head = ['id', '类别 class', '状态 state', '订单号 order_id', '自 since', '说明 explanation'];
    let left = limitOf(values);
    let cursor: string | undefined;
    do {
      const page = query({ ...filter, limit: String(Math.min(left, 200)), cursor });
      const { data } = await service.call<FindingPage>('GET', FINDINGS + page);
      out.rows(data.items, columns([...(cursor === undefined ? [head] : []), ...data.items.map(rowOf)]));
      left -= data.items.length;
      cursor = data.next_cursor ?? undefined;
    } while (cursor !== undefined && left > 0);
    return EXIT.ok;
  },
};

const ACCEPT = decision('accept', 'acceptance', ['接受此差异，不再处理', 'let a difference be']);
const RESOLVE = decision('resolve', 'resolution', [
  '说明已处理；若仍存在，下次对账会重新打开',
  'say that it is settled; if it still holds, the next run opens it anew',
]);

export const FINDING_COMMANDS = [LIST, ACCEPT, RESOLVE];

function decision(verb: string, resource: string, about: Command['about']): Command {
  return {
    name: `findings ${verb}`,
    args: '<finding_id>',
    about,
    options: { reason: { type: 'string', value: 'TEXT', about: ['原因，记入审计', 'why; kept in the audit trail'] } },
    examples: [`piaoka findings ${verb} 0199… --reason "…"`],
    async run({ args: [id = ''], values, out, service }) {
      const json = { reason: required(values, 'reason') };
      const { data } = await service.call<FindingView>('POST', FINDINGS + path`/${id}/${resource}`, { json });
      out.result(data, [`✓ ${FINDING_STATE_WORDS[data.state]} ${data.state}  ${data.order_id}`]);
      return EXIT.ok;
    },
  };
}

function rowOf({ id, class: kind, state, order_id, since, explanation }: FindingView): string[] {
  return [
    id,
    `${CLASS_WORDS[kind]} ${kind}`,
    `${FINDING_STATE_WORDS[state]} ${state}`,
    order_id,
    time(since),
    explanation,
  ];
}
