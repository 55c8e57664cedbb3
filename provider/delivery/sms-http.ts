/**
 * SMS through an HTTP service. The port is ours, since operators' differ: whoever runs the product puts a few lines of
 * glue in front of his, or an operator that speaks it already.
 *
 * Request: `POST <url>`, `Authorization: Bearer <token>`, `Content-Type: application/json`,
 * `Idempotency-Key: <id>`: the same at every try of one message, so that a try whose answer was lost sends no second
 * SMS. Body: `{ "to": "+33612345678", "text": "…", "reference": "<caisse>" }`; `to` is E.164, `text` holds line
 * breaks, and the reference tells the caisses apart on the bill.
 *
 * Answer, within 10 seconds, its body not read:
 * - any 2xx: taken in charge;
 * - 400, 404, 410, 422: this message will never do (the number does not exist …); it is not tried again;
 * - anything else (401 and 403, 408, 409, 429, 5xx), or none: tried again later, with longer and longer rests, as
 *   long as the code is valid.
 */
import { DeliveryFailure, type SmsPort } from './ports.ts';

export type SmsOptions = { readonly url: string; readonly token: string };

const PATIENCE = 10_000;
const PERMANENT: readonly number[] = [400, 404, 410, 422];

export function openSms({ url, token }: SmsOptions): SmsPort {
  return async ({ id, caisseId, to, text }) => {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        Authorization: `Bearer ${token}`,
        'Content-Type': 'application/json',
        'Idempotency-Key': id,
      },
      body: JSON.stringify({ to, text, reference: caisseId }),
      // A redirect would take the token and the code elsewhere.
      redirect: 'manual',
      signal: AbortSignal.timeout(PATIENCE),
    }).catch(() => {
      throw new DeliveryFailure('sms_away');
    });
    await response.body?.cancel();
    if (response.ok) return;
    const permanent = PERMANENT.includes(response.status);
    throw new DeliveryFailure(permanent ? 'sms_refused' : 'sms_deferred', {
      code: String(response.status),
      permanent,
    });
  };
}
