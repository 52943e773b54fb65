import { Fault, fault } from './fault';
import { looksLike } from './look-alike';
import { findHidden, isReadable } from './rules/odd-characters';

/** What is wrong with a name beside those that there are: nobody is to be taken for somebody else. */
export function faultsOfName(name: string, others: readonly string[]): Fault[] {
  if (!isReadable(name)) {
    return [fault('FIELD-VALUE', '/name', '此名称没有可见字符。', 'The name has no visible character.')];
  }
  const hidden = findHidden(name);
  if (hidden) {
    const zh = `第 ${hidden.at} 个字符 ${hidden.zh} 看不见，请去掉。`;
    return [fault('FIELD-VALUE', '/name', zh, `Character ${hidden.at}, ${hidden.en}, is not seen; leave it out.`)];
  }
  const twin = others.find((other) => other !== name && looksLike(other, name));
  if (twin === undefined) return [];
  const [zh, en] = [
    `此名称与已有的“${twin}”看起来一样，请换一个。`,
    `The name looks like "${twin}", which exists; take another one.`,
  ];
  return [fault('FIELD-VALUE', '/name', zh, en)];
}
