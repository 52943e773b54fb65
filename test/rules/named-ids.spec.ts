import { checkInvoice } from '../../src/domain/check-invoice';
import { Invoice } from '../../src/domain/invoice';
import { isResidentId, usccProblem } from '../../src/domain/rules/taxpayer-id';
import { digital, NOW } from './invoices';

/** Resident ids of one town and month; one in 31 passes the check of a 统一社会信用代码. */
const residents = Array.from({ length: 3000 }, (_, n) => {
  const body = `110105194912${String(1 + (n % 28)).padStart(2, '0')}${String(n % 1000).padStart(3, '0')}`;
  return [...'0123456789X'].map((check) => body + check).find(isResidentId) as string;
});
const told = (changes: Partial<Invoice>) => checkInvoice(digital(changes), NOW);

describe('an id is named as what it is', () => {
  it('a person’s for an enterprise’s, whether or not it passes the other check', () => {
    const passing = residents.filter((id) => usccProblem(id) === 'none');
    expect(passing.length).toBeGreaterThan(50);
    for (const id of [...passing, ...residents.slice(0, 50)]) {
      for (const field of ['buyerNumber', 'sellerNumber'] as const) {
        const [fault] = told({ [field]: id });
        expect([id, fault?.severity, fault?.message]).toEqual([id, 'error', expect.stringContaining('居民身份证号')]);
      }
      expect(told({ buyerType: 'sole_trader', buyerNumber: id })).toEqual([]);
    }
  });

  it.each([15, 17, 18, 20])('%i zeros, and any other character again and again, are a placeholder', (length) => {
    for (const character of '0189X') {
      const id = character.repeat(length);
      for (const field of ['buyerNumber', 'sellerNumber'] as const) {
        expect(told({ [field]: id })).toMatchObject([
          { severity: 'error', message: expect.stringContaining(`${length} 个 ${character}，是占位`) },
        ]);
      }
      const [ofPerson] = told({ buyerType: 'individual', buyerNumber: id, title: '个人' });
      expect(ofPerson).toMatchObject({ severity: 'warning', message: expect.stringContaining('留空') });
    }
  });

  it('every two digits at the end of a legacy code: a kind, a paper, or neither', () => {
    const legacy: Partial<Invoice> = { kind: 'vat_ordinary', number: '39324919', checkCode: '16197833567414507415' };
    const errors = Array.from({ length: 100 }, (_, n) => String(n).padStart(2, '0')).map((end) => [
      end,
      told({ ...legacy, issuedAt: NOW - 86_400, code: `0310019001${end}` })
        .filter(({ severity, pointer }) => severity === 'error' && pointer === '/invoice/code')
        .map(({ code }) => code),
    ]);
    expect(errors.filter(([, codes]) => codes?.length === 0).map(([end]) => end)).toEqual(['11', '12', '13']);
  });
});
