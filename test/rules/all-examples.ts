import { RuleExamples } from './examples';
import { AMOUNT_EXAMPLES } from './examples-amounts';
import { NUMBER_EXAMPLES } from './examples-numbers';
import { PARTY_EXAMPLES } from './examples-parties';
import { TEXT_EXAMPLES } from './examples-texts';

export const EXAMPLES: Record<string, RuleExamples> = {
  ...NUMBER_EXAMPLES,
  ...PARTY_EXAMPLES,
  ...AMOUNT_EXAMPLES,
  ...TEXT_EXAMPLES,
};

/** Found while the time is read, before there is an invoice. */
export const UNREADABLE = {
  'INVOICE-TIME-01': ['2026-02-30', '20261120', 'yesterday', ''],
  'INVOICE-TIME-02': ['2026-11-20T10:00:00', '2026-11-20 10:00'],
  'INVOICE-TIME-03': ['1468306058000', 1468306058000],
};
