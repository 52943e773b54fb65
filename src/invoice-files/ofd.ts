import { kindOf } from '../domain/invoice';
import { Fact, FactList } from '../domain/invoice-facts';
import { readFaceText } from './face-text';
import { openOfd } from './ofd-package';
import { charactersIn, textsById } from './ofd-text';
import { checkCodeOf, codeOf, dayOf, idOf, moneyOf, nameOf, numberOf } from './printed';
import { Element, findAll } from './safe-xml';
import { legacyFacts, readXmlInvoice } from './xml-invoice';

/**
 * What an OFD (GB/T 33190) says: its custom data, the fields that its tags name, the invoice's XML where it is attached,
 * and the text of its page on its template.
 */
export async function readOfd(bytes: Buffer): Promise<Fact[]> {
  const { root, pages, tags, attachments } = await openOfd(bytes);
  const texts = textsById(pages.flat());
  return [
    ...customFacts(root),
    ...tags.flatMap((tag) => legacyFacts(filled(tag, texts), 'ofd')),
    ...attachments.flatMap((attachment) => readXmlInvoice(attachment, 'ofd') ?? []),
    ...readFaceText(pages.map(charactersIn), 'ofd'),
  ];
}

/** Makers put what they like behind these names: only what has the shape of its field is one. */
function customFacts(root: Element): Fact[] {
  const data = new Map(findAll(root, 'CustomData').map(({ attributes, text }) => [attributes.Name ?? '', text]));
  const value = (name: string) => data.get(name) ?? '';
  const list = new FactList('ofd');
  const [number, code] = [numberOf(value('发票号码')), codeOf(value('发票代码'))];
  list.add('number', number);
  list.add('code', code);
  list.add('checkCode', checkCodeOf(value('校验码')));
  list.add('issuedOn', dayOf(value('开票日期')));
  const [net, tax, fee] = ['合计金额', '合计税额', '价税合计'].map((name) => moneyOf(value(name)));
  list.add('feeWithoutTax', net);
  list.add('tax', tax);
  list.add('fee', fee);
  // What is not among the custom data follows from the other two.
  if (net != null && tax != null && fee == null) list.add('fee', net + tax, 'likely');
  if (net != null && fee != null && tax == null) list.add('tax', fee - net, 'likely');
  list.add('title', nameOf(value('购买方名称')));
  list.add('buyerNumber', idOf(value('购买方纳税人识别号')));
  list.add('sellerName', nameOf(value('销售方名称')));
  list.add('sellerNumber', idOf(value('销售方纳税人识别号')));
  if (number && code) list.add('kind', kindOf(number, code), 'likely');
  return list.facts;
}

/** A tag with the texts of the objects it refers to in their place. */
function filled(tag: Element, texts: ReadonlyMap<string, string>): Element {
  const references = tag.children.filter(({ name }) => name === 'ObjectRef');
  if (references.length === 0) return { ...tag, children: tag.children.map((child) => filled(child, texts)) };
  return { ...tag, text: references.map(({ text }) => texts.get(text) ?? '').join(''), children: [] };
}
