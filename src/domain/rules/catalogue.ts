import { AMOUNTS } from './amounts.rules';
import { BUYER } from './buyer.rules';
import { CHECK_CODE } from './check-code';
import { DAMAGED_TEXTS } from './damaged-texts';
import { DIGITAL_NUMBER } from './digital-number';
import { ITEMS } from './items.rules';
import { LEGACY_CODE } from './legacy-code.rules';
import { LEGACY_NUMBER } from './legacy-number';
import { OTHER_WAYS } from './other-ways';
import { Rule } from './rule';
import { SELLER } from './seller';
import { TEXTS } from './texts';
import { TIMES } from './times';
import { TITLE } from './title';

/** Changes whenever a rule comes, goes, or judges otherwise: kept with each verdict, it says by which book it was reached. */
export const RULES_VERSION = '2026-11-30';

/** The whole book in the reading order of the face: what `GET /v1/rules` and the documentation are made from. */
export const RULES: readonly Rule[] = [
  OTHER_WAYS,
  DIGITAL_NUMBER,
  LEGACY_NUMBER,
  LEGACY_CODE,
  CHECK_CODE,
  TIMES,
  TITLE,
  BUYER,
  SELLER,
  ITEMS,
  AMOUNTS,
  TEXTS,
  DAMAGED_TEXTS,
].flatMap((chapter): Rule[] => Object.values(chapter));
