import { yuanOf } from '../domain/yuan';
import { Cell } from './report-table';

const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';
const TYPE = 'application/vnd.openxmlformats-officedocument.spreadsheetml';

export const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>';

/** How a sheet looks: the widths of its columns in characters, and how many rows stay in sight. */
export interface Look {
  widths?: readonly number[];
  frozenRows?: number;
}

/** Of `cellXfs` below. */
const STYLES = { plain: 0, yuan: 1, heading: 2, count: 3 } as const;

/** Formats 3 and 4 are every spreadsheet's own: thousands, with two places or none (ECMA-376 §18.8.30). */
const STYLESHEET = `<styleSheet xmlns="${MAIN}"><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz
  val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill
  patternType="gray125"/></fill></fills><borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders><cellStyleXfs
  count="1"><xf/></cellStyleXfs><cellXfs count="4"><xf numFmtId="0" fontId="0"/><xf numFmtId="4" fontId="0" applyNumberFormat="1"/><xf
  numFmtId="0" fontId="1" applyFont="1"/><xf numFmtId="3" fontId="0" applyNumberFormat="1"/></cellXfs></styleSheet>`;

export function sheetHead({ widths = [], frozenRows = 0 }: Look): string {
  const pane = `<pane ySplit="${frozenRows}" topLeftCell="A${frozenRows + 1}" activePane="bottomLeft" state="frozen"/>`;
  const view = frozenRows > 0 ? `<sheetViews><sheetView workbookViewId="0">${pane}</sheetView></sheetViews>` : '';
  const each = widths
    .map((width, n) => `<col min="${n + 1}" max="${n + 1}" width="${width}" customWidth="1"/>`)
    .join('');
  return `${XML}<worksheet xmlns="${MAIN}">${view}${each && `<cols>${each}</cols>`}<sheetData>`;
}

export const SHEET_END = '</sheetData></worksheet>';

/** Strings are inline: a table of shared ones would have to be held to the end. No cell is ever a formula. */
export function rowXml(n: number, cells: readonly Cell[], isHeading: boolean): string {
  const xml = cells.map((cell, column) => {
    if (cell === null) return '';
    // Sheets here have fewer columns than the alphabet letters.
    const at = `${String.fromCharCode(65 + column)}${n}`;
    if (typeof cell === 'number')
      return `<c r="${at}"${Number.isInteger(cell) ? style('count') : ''}><v>${cell}</v></c>`;
    if (typeof cell === 'object') return `<c r="${at}"${style('yuan')}><v>${yuanOf(cell.fen)}</v></c>`;
    const look = isHeading ? style('heading') : '';
    return `<c r="${at}"${look} t="inlineStr"><is><t xml:space="preserve">${escaped(cell)}</t></is></c>`;
  });
  return `<row r="${n}">${xml.join('')}</row>`;
}

function style(name: keyof typeof STYLES): string {
  return ` s="${STYLES[name]}"`;
}

/** What tells a reader which sheets there are. */
export function partsAround(names: string[]): Record<string, string> {
  const each = (xml: (name: string, n: number) => string) => names.map((name, n) => xml(name, n + 1)).join('');
  const sheets = each((name, n) => `<sheet name="${escaped(name)}" sheetId="${n}" r:id="rId${n}"/>`);
  const links = each(
    (_, n) => `<Relationship Id="rId${n}" Type="${OFFICE}/worksheet" Target="worksheets/sheet${n}.xml"/>`,
  );
  const looks = `<Relationship Id="styles" Type="${OFFICE}/styles" Target="styles.xml"/>`;
  const types = each(
    (_, n) => `<Override PartName="/xl/worksheets/sheet${n}.xml" ContentType="${TYPE}.worksheet+xml"/>`,
  );
  const linked = (inside: string) => `<Relationships xmlns="${PACKAGE}/relationships">${inside}</Relationships>`;
  return {
    'xl/workbook.xml': `<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><sheets>${sheets}</sheets></workbook>`,
    'xl/styles.xml': STYLESHEET,
    'xl/_rels/workbook.xml.rels': linked(links + looks),
    '_rels/.rels': linked(`<Relationship Id="rId1" Type="${OFFICE}/officeDocument" Target="xl/workbook.xml"/>`),
    '[Content_Types].xml': `<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels"
      ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml"
      ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${TYPE}.sheet.main+xml"/><Override
      PartName="/xl/styles.xml" ContentType="${TYPE}.styles+xml"/>${types}</Types>`,
  };
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Other people's words as XML 1.0 may hold them (§2.2): a character it has no way to write becomes U+FFFD. */
function escaped(text: string): string {
  return text
    .toWellFormed()
    .replace(FORBIDDEN, '\ufffd')
    .replace(/[&<>"]/g, (character) => ENTITIES[character] as string);
}

// eslint-disable-next-line no-control-regex
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g;
