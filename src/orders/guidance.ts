export type Text = readonly [zh: string, en: string];

/** What is to be done now, for those who see only their order and for those who can act on all of them. */
export interface Guidance {
  merchant: Text;
  operator: Text;
}

/** Advice as answers carry it. */
export interface Advice {
  advice: string;
  advice_en: string;
}

export function adviceOf([advice, adviceEn]: Text): Advice {
  return { advice, advice_en: adviceEn };
}

/** Sentences one after the other. */
export function joined(...texts: Text[]): Text {
  return [texts.map(([zh]) => zh).join(''), texts.map(([, en]) => en).join(' ')];
}
