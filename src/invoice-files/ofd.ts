import { kindOf } from '../domain/invoice';
import { Fact, FactList } from '../domain/invoice-facts';
import { fenOf } from '../domain/yuan';
import { readFaceText } from './face-text';
import { dayOf } from './printed';
import { Element, find, findAll, parseXml } from './safe-xml';
import { TextPiece } from './text-lines';
import { readXmlInvoice } from './xml-invoice';
import { readEntries } from './zip-entries';

const WANTED = /^OFD\.xml$|original_invoice\.xml$|Attachs\/[^/]+\.xml$|Pages\/Page_0\/Content\.xml$/i;

/** What an OFD (GB/T 33190) says: its custom data, the invoice's XML where it is attached, and the text of its page. */
export async function readOfd(bytes: Buffer): Promise<Fact[]> {
  const entries = await readEntries(bytes, (name) => WANTED.test(name));
  const facts: Fact[] = [];
  for (const [name, content] of entries) {
    if (/Attachments\.xml$/i.test(name)) continue;
    const root = parseXml(content);
    if (/^OFD\.xml$/i.test(name)) facts.push(...customFacts(root));
    else if (/Content\.xml$/i.test(name)) facts.push(...readFaceText(piecesOf(root), 'ofd').map(asLikely));
    else facts.push(...(readXmlInvoice(root, 'ofd') ?? []));
  }
  return facts;
}

function customFacts(root: Element): Fact[] {
  const data = new Map(findAll(root, 'CustomData').map(({ attributes, text }) => [attributes.Name ?? '', text]));
  const value = (name: string) => data.get(name) ?? '';
  const list = new FactList('ofd');
  const number = value('发票号码');
  const code = value('发票代码');
  list.add('number', number);
  list.add('code', code);
  list.add('checkCode', value('校验码').replace(/\s/g, ''));
  list.add('issuedOn', dayOf(value('开票日期')));
  const [net, tax] = [fenOf(value('合计金额')), fenOf(value('合计税额'))];
  list.add('feeWithoutTax', net);
  list.add('tax', tax);
  // The gross amount is not among the custom data.
  if (net !== null && tax !== null) list.add('fee', net + tax, 'likely');
  list.add('buyerNumber', value('购买方纳税人识别号').toUpperCase());
  list.add('sellerNumber', value('销售方纳税人识别号').toUpperCase());
  if (number) list.add('kind', kindOf(number, code), 'likely');
  return list.facts;
}

/** Drawn text in millimetres, y downwards; `Boundary` is where an object stands. */
function piecesOf(root: Element): TextPiece[] {
  return findAll(root, 'TextObject').flatMap((object) => {
    const [x = 0, y = 0, width = 0, height = 0] = (object.attributes.Boundary ?? '').split(/\s+/).map(Number);
    const size = Number(object.attributes.Size) || height;
    const text = findAll(object, 'TextCode')
      .map((code) => code.text)
      .join('');
    const start = Number(find(object, 'TextCode')?.attributes.X) || 0;
    return text ? [{ text, x: x + start, y: -(y + height), width, height: size }] : [];
  });
}

function asLikely(fact: Fact): Fact {
  return { ...fact, confidence: 'likely' };
}
