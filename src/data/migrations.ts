import { AccountsAndMerchants1763800000001 } from '../../migrations/1763800000001-accounts-and-merchants';
import { OrdersAndInsertions1763800000002 } from '../../migrations/1763800000002-orders-and-insertions';
import { UniqueAcrossMerchants1763800000003 } from '../../migrations/1763800000003-unique-across-merchants';
import { RolesAndRowSecurity1763800000004 } from '../../migrations/1763800000004-roles-and-row-security';
import { Guards1763800000005 } from '../../migrations/1763800000005-guards';
import { HoldsOperatorsAudit1763800000006 } from '../../migrations/1763800000006-holds-operators-audit';
import { Settlements1763800000020 } from '../../migrations/1763800000020-settlements';
import { IdempotencyKeys1763800000021 } from '../../migrations/1763800000021-idempotency-keys';
import { ActsOfOperators1763800000022 } from '../../migrations/1763800000022-acts-of-operators';
import { RecurringJobs1763800000030 } from '../../migrations/1763800000030-recurring-jobs';
import { Reconciliation1763800000031 } from '../../migrations/1763800000031-reconciliation';
import { Cancellations1763800000032 } from '../../migrations/1763800000032-cancellations';
import { Lineage1763800000033 } from '../../migrations/1763800000033-lineage';
import { Webhooks1763800000040 } from '../../migrations/1763800000040-webhooks';
import { AuditHeads1763800000041 } from '../../migrations/1763800000041-audit-heads';
import { MerchantRules1763800000050 } from '../../migrations/1763800000050-merchant-rules';
import { AccountsAndTemplates1763800000070 } from '../../migrations/1763800000070-accounts-and-templates';
import { AuthorizationsAndCallbacks1763800000071 } from '../../migrations/1763800000071-authorizations-and-callbacks';
import { Tickets1763800000080 } from '../../migrations/1763800000080-tickets';
import { Reimbursements1763800000081 } from '../../migrations/1763800000081-reimbursements';
import { GatewayTokens1763800000082 } from '../../migrations/1763800000082-gateway-tokens';
import { OrderRevisions1763800000097 } from '../../migrations/1763800000097-order-revisions';
import { BulkReinsertions1763800000098 } from '../../migrations/1763800000098-bulk-reinsertions';
import { AttemptsByAnswer1763800000099 } from '../../migrations/1763800000099-attempts-by-answer';
import { EvidenceAfterDenial1763800000100 } from '../../migrations/1763800000100-evidence-after-denial';
import { Reports1763800000105 } from '../../migrations/1763800000105-reports';
import { FromEnvironment1763800000110 } from '../../migrations/1763800000110-from-environment';
import { PushesInOrder1763800000111 } from '../../migrations/1763800000111-pushes-in-order';
import { EarlyTokenDeaths1763800000112 } from '../../migrations/1763800000112-early-token-deaths';
import { Statements1763800000113 } from '../../migrations/1763800000113-statements';
import { UnreadablePushes1763800000116 } from '../../migrations/1763800000116-unreadable-pushes';
import { AuthorizationMessages1763800000117 } from '../../migrations/1763800000117-authorization-messages';
import { CallbacksReceived1763800000118 } from '../../migrations/1763800000118-callbacks-received';
import { OrderConsumed1763800000119 } from '../../migrations/1763800000119-order-consumed';
import { FormerIssuers1763800000120 } from '../../migrations/1763800000120-former-issuers';
import { OrdersByPdf1763800000121 } from '../../migrations/1763800000121-orders-by-pdf';
import { ReportPartsAnew1763800000122 } from '../../migrations/1763800000122-report-parts-anew';
import { BroughtForwardOnce1763800000123 } from '../../migrations/1763800000123-brought-forward-once';
import { OneCardASale1763800000124 } from '../../migrations/1763800000124-one-card-a-sale';
import { WebhookRotations1763800000125 } from '../../migrations/1763800000125-webhook-rotations';
import { AnchorKeys1763800000126 } from '../../migrations/1763800000126-anchor-keys';
import { TakenElsewhere1763800000127 } from '../../migrations/1763800000127-taken-elsewhere';
import { ToldAnew1763800000128 } from '../../migrations/1763800000128-told-anew';
import { ReimbursementTold1763800000130 } from '../../migrations/1763800000130-reimbursement-told';
import { RefusedPushes1763800000145 } from '../../migrations/1763800000145-refused-pushes';
import { StableGatewayTokens1763800000146 } from '../../migrations/1763800000146-stable-gateway-tokens';
import { RestoresRemembered1763800000147 } from '../../migrations/1763800000147-restores-remembered';
import { LivingWorkers1763800000148 } from '../../migrations/1763800000148-living-workers';
import { HeldTemplates1763800000149 } from '../../migrations/1763800000149-held-templates';
import { OperatorMakers1763800000150 } from '../../migrations/1763800000150-operator-makers';
import { AuditVerifications1763800000151 } from '../../migrations/1763800000151-audit-verifications';
import { RedirectDomains1763800000152 } from '../../migrations/1763800000152-redirect-domains';
import { UploadQuota1763800000153 } from '../../migrations/1763800000153-upload-quota';
import { SealingKeys1763800000160 } from '../../migrations/1763800000160-sealing-keys';
import { SealedFiles1763800000161 } from '../../migrations/1763800000161-sealed-files';
import { HeldAccounts1763800000176 } from '../../migrations/1763800000176-held-accounts';
import { Allowances1763800000177 } from '../../migrations/1763800000177-allowances';
import { DoubtsTold1763800000186 } from '../../migrations/1763800000186-doubts-told';
import { DropInAccounts1763800000170 } from '../../migrations/1763800000170-drop-in-accounts';
import { ReportPeriods1763800000171 } from '../../migrations/1763800000171-report-periods';

/** All of them, in the order in which they run. */
export const MIGRATIONS = [
  AccountsAndMerchants1763800000001,
  OrdersAndInsertions1763800000002,
  UniqueAcrossMerchants1763800000003,
  RolesAndRowSecurity1763800000004,
  Guards1763800000005,
  HoldsOperatorsAudit1763800000006,
  Settlements1763800000020,
  IdempotencyKeys1763800000021,
  ActsOfOperators1763800000022,
  RecurringJobs1763800000030,
  Reconciliation1763800000031,
  Cancellations1763800000032,
  Lineage1763800000033,
  Webhooks1763800000040,
  AuditHeads1763800000041,
  MerchantRules1763800000050,
  AccountsAndTemplates1763800000070,
  AuthorizationsAndCallbacks1763800000071,
  Tickets1763800000080,
  Reimbursements1763800000081,
  GatewayTokens1763800000082,
  OrderRevisions1763800000097,
  BulkReinsertions1763800000098,
  AttemptsByAnswer1763800000099,
  EvidenceAfterDenial1763800000100,
  Reports1763800000105,
  FromEnvironment1763800000110,
  PushesInOrder1763800000111,
  EarlyTokenDeaths1763800000112,
  Statements1763800000113,
  UnreadablePushes1763800000116,
  AuthorizationMessages1763800000117,
  CallbacksReceived1763800000118,
  OrderConsumed1763800000119,
  FormerIssuers1763800000120,
  OrdersByPdf1763800000121,
  ReportPartsAnew1763800000122,
  BroughtForwardOnce1763800000123,
  OneCardASale1763800000124,
  WebhookRotations1763800000125,
  AnchorKeys1763800000126,
  TakenElsewhere1763800000127,
  ToldAnew1763800000128,
  ReimbursementTold1763800000130,
  RefusedPushes1763800000145,
  StableGatewayTokens1763800000146,
  RestoresRemembered1763800000147,
  LivingWorkers1763800000148,
  HeldTemplates1763800000149,
  OperatorMakers1763800000150,
  AuditVerifications1763800000151,
  RedirectDomains1763800000152,
  UploadQuota1763800000153,
  SealingKeys1763800000160,
  SealedFiles1763800000161,
  DropInAccounts1763800000170,
  ReportPeriods1763800000171,
  HeldAccounts1763800000176,
  Allowances1763800000177,
  DoubtsTold1763800000186,
];
