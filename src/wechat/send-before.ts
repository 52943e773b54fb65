import { DecoratorHandler, Dispatcher } from 'undici';

/** The reason of an answer that did not come because its request would have left too late: nothing was written. */
export const TOO_LATE = 'too_late';

export type DispatchOptions = Dispatcher.RequestOptions & { sendBefore: number };

/**
 * Looks at the clock where a request's head is about to be written. A process that was paused, a connection that took its
 * time or a busy turn of the loop may lie between the decision to send and that moment, and a timer that should have
 * stopped the request then runs after it.
 */
export const notTooLate: Dispatcher.DispatcherComposeInterceptor = (dispatch) => (options, handler) =>
  dispatch(options, new SendBefore(handler, (options as DispatchOptions).sendBefore));

class SendBefore extends DecoratorHandler {
  constructor(
    handler: Dispatcher.DispatchHandler,
    /** Monotonic milliseconds. */
    private readonly sendBefore: number,
  ) {
    super(handler);
  }

  /** undici calls this with its connection at hand, right before it writes. */
  onRequestStart(controller: Dispatcher.DispatchController, context: unknown): void {
    const parent = DecoratorHandler.prototype as Dispatcher.DispatchHandler;
    parent.onRequestStart?.call(this, controller, context);
    if (performance.now() > this.sendBefore) controller.abort(new Error(TOO_LATE));
  }
}
