import { digitalSheet } from '../../bench/corpus/digital-sheet';
import type { Paper } from '../../bench/corpus/paper';
import { Mark, widthOf } from '../../bench/corpus/sheet';
import { yuanOf } from '../../src/domain/yuan';
import { FACE } from './face';

export interface OfdMaking {
  /** Where the form with its labels lies; null: there is none, and no label is anywhere. */
  template: string | null;
  /** Custom tags name the objects of the fields. */
  tags?: boolean;
  /** Custom data of the document; false: none. */
  custom: Record<string, string> | false;
  /** What is on the page instead of the made-up invoice. */
  page?: Mark[];
}

const MM = 25.4 / 72;
const LABEL =
  /[：:]$|^[购买方销售信息备注合计项目名称规格型号单位数量价金额税率/征收（小大写）]+$|^电子发票|^价税合计|^合 /;

/** The made-up invoice as the files of an OFD: form and entries apart, or entries alone. */
export function ofdParts({ template, tags, custom, page }: OfdMaking): Record<string, string> {
  const paper: Paper = { ...FACE, code: '', checkCode: '', day: FACE.issuedOn };
  const { marks, height } = digitalSheet(paper, 'report');
  const labels = marks.filter(({ text }) => LABEL.test(text));
  const entries = page ?? marks.filter((one) => !labels.includes(one));
  const parts: Record<string, string> = {
    'OFD.xml': ofd(
      'OFD',
      `<ofd:DocBody><ofd:DocInfo>${custom ? customData(custom) : ''}</ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody>`,
    ),
    'Doc_0/Document.xml': ofd(
      'Document',
      `<ofd:CommonData>${template ? `<ofd:TemplatePage ID="2" BaseLoc="${template}/Content.xml"/>` : ''}</ofd:CommonData>` +
        `<ofd:Pages><ofd:Page ID="1" BaseLoc="Pages/Page_0/Content.xml"/></ofd:Pages>` +
        (tags ? '<ofd:CustomTags>Tags/CustomTags.xml</ofd:CustomTags>' : ''),
    ),
    'Doc_0/Pages/Page_0/Content.xml': ofd(
      'Page',
      `${template ? '<ofd:Template TemplateID="2" ZOrder="Background"/>' : ''}${layer(entries, height, 100)}`,
    ),
  };
  if (template) parts[`Doc_0/${template}/Content.xml`] = ofd('Page', layer(labels, height, 1000));
  if (tags) {
    parts['Doc_0/Tags/CustomTags.xml'] = ofd(
      'CustomTags',
      '<ofd:CustomTag TypeID="root"><ofd:FileLoc>CustomTag.xml</ofd:FileLoc></ofd:CustomTag>',
    );
    parts['Doc_0/Tags/CustomTag.xml'] = ofd('root', tagsOf(entries));
  }
  return parts;
}

function layer(marks: Mark[], height: number, firstId: number): string {
  const objects = marks.map(({ text, x, y, size }, n) => {
    const [left, top] = [x * MM, (height - y - size) * MM];
    const advances = [...text].slice(0, -1).map((char) => (widthOf(char, size) * MM).toFixed(4));
    const boundary = `${left.toFixed(3)} ${top.toFixed(3)} ${(widthOf(text, size) * MM).toFixed(3)} ${(size * MM).toFixed(3)}`;
    return `<ofd:TextObject ID="${firstId + n}" Boundary="${boundary}" Size="${(size * MM).toFixed(4)}"><ofd:TextCode X="0" Y="${(size * MM).toFixed(3)}" DeltaX="${advances.join(' ')}">${text}</ofd:TextCode></ofd:TextObject>`;
  });
  return `<ofd:Content><ofd:Layer ID="9">${objects.join('')}</ofd:Layer></ofd:Content>`;
}

/** Which object holds which field; an amount is its digits and, before them, the sign of the currency. */
function tagsOf(entries: Mark[]): string {
  const objects = (...texts: string[]) =>
    texts
      .map(
        (text) => `<ofd:ObjectRef PageRef="1">${100 + entries.findIndex((one) => one.text === text)}</ofd:ObjectRef>`,
      )
      .join('');
  const tag = (name: string, ...texts: string[]) => `<ofd:${name}>${objects(...texts)}</ofd:${name}>`;
  const party = (side: string, { name, taxId = '' }: typeof FACE.buyer) =>
    `<ofd:${side}>${tag(`${side}Name`, name)}${tag(`${side}TaxID`, taxId)}</ofd:${side}>`;
  return [
    ...[
      tag('InvoiceNo', FACE.number),
      tag('IssueDate', '2026年11月20日'),
      party('Buyer', FACE.buyer),
      party('Seller', FACE.seller),
    ],
    tag('TaxInclusiveTotalAmount', '¥', yuanOf(FACE.gross)),
    tag('TaxExclusiveTotalAmount', yuanOf(FACE.net)),
    tag('TaxTotalAmount', yuanOf(FACE.tax)),
  ].join('');
}

function ofd(root: string, content: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?><ofd:${root} xmlns:ofd="http://www.ofdspec.org/2016">${content}</ofd:${root}>`;
}

function customData(data: Record<string, string>): string {
  const each = Object.entries(data).map(([name, value]) => `<ofd:CustomData Name="${name}">${value}</ofd:CustomData>`);
  return `<ofd:CustomDatas>${each.join('')}</ofd:CustomDatas>`;
}
