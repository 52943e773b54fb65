import { DoorHandler } from '../token-gateway/wechat-door';
import { ReimburserDoors } from '../token-gateway/reimburser-doors';
import { WIRE_PATHS } from '../wechat/wire';
import { Admission } from './admission';

/** reimburse/*, in the name of the one account that reads and locks cards. */
export class Reimbursing {
  constructor(
    private readonly admission: Admission,
    private readonly reimburser: ReimburserDoors,
  ) {}

  doors(): Record<string, DoorHandler> {
    const { admission, reimburser } = this;
    const [read, write] = ['reimbursements:read', 'reimbursements:write'] as const;
    return {
      [WIRE_PATHS.getinvoiceinfo]: admission.json(read, ({ caller, json }) => reimburser.getinvoiceinfo(caller, json)),
      [WIRE_PATHS.getinvoicebatch]: admission.json(read, ({ caller, json }) =>
        reimburser.getinvoicebatch(caller, json),
      ),
      [WIRE_PATHS.updateinvoicestatus]: admission.json(write, ({ caller, json }) =>
        reimburser.updateinvoicestatus(caller, json),
      ),
      [WIRE_PATHS.updatestatusbatch]: admission.json(write, ({ caller, json }) =>
        reimburser.updatestatusbatch(caller, json),
      ),
    };
  }
}
