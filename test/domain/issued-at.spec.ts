import { parseIssuedAt } from '../../src/domain/issued-at';

describe('开票时间', () => {
  it.each([
    ['2026-11-20T10:00:00+08:00', 1795140000],
    ['2026-11-20T02:00:00Z', 1795140000],
    ['2026-11-19T18:00:00-08:00', 1795140000],
    ['2026-11-20T10:00:00.123+08:00', 1795140000],
    ['2026-11-20', 1795104000],
    [1554464373, 1554464373],
    ['1554464373', 1554464373],
  ])('%s is %i', (given, seconds) => {
    expect(parseIssuedAt(given)).toBe(seconds);
  });

  it.each([
    ['2026-11-20T10:00:00', 'INVOICE-TIME-02'],
    ['2020-08-25 09:37:03', 'INVOICE-TIME-02'],
    [1554464373000, 'INVOICE-TIME-03'],
    ['2026-02-30', 'INVOICE-TIME-01'],
    ['2026-13-01T00:00:00Z', 'INVOICE-TIME-01'],
    ['2026-11-20T25:00:00Z', 'INVOICE-TIME-01'],
    ['1970-01-01', 'INVOICE-TIME-01'],
    [-1, 'INVOICE-TIME-01'],
    [1.5, 'INVOICE-TIME-01'],
    ['', 'INVOICE-TIME-01'],
    ['yesterday', 'INVOICE-TIME-01'],
    ['１５５４４６４３７３', 'INVOICE-TIME-01'],
  ])('%s is refused as %s', (given, code) => {
    expect(parseIssuedAt(given)).toMatchObject({ code, pointer: '/invoice/issued_at', severity: 'error' });
  });
});
