import { Invoice } from '../../src/domain/invoice';

/** One invoice and why it stands here. */
export type Example = [why: string, invoice: Invoice];

/** What the book says about one rule: examples it lets pass, refuses, and the last on either side of its edge. */
export interface RuleExamples {
  accepts: Example[];
  refuses: Example[];
  /** `refused` says on which side of the edge it lies. */
  borderline: [...Example, side: 'accepted' | 'refused'][];
}
