/** The words of an SMS: short, and of the letters that fit 160 to a message (GSM 03.38), so without « ’ ». */
import { timeOf } from '../domain/calendar.ts';
import type { Sms } from '../domain/message.ts';
import type { OutgoingSms, Sender } from './ports.ts';

/**
 * The code comes first, where a notification shows it; the last line binds it to the host, so that phones offer it
 * there and nowhere else (WICG, « Origin-bound one-time codes delivered via SMS »).
 */
export function composeSms(id: string, sms: Sms, sender: Sender): OutgoingSms {
  const until = timeOf(sms.expiresAt, sender.timeZone);
  const words = `${sms.code} est votre code ${sender.name}, valable jusqu'à ${until}. Ne le donnez à personne.`;
  return {
    id,
    caisseId: sender.caisseId,
    to: sms.to,
    text: `${words}\n\n@${new URL(sender.issuer).hostname} #${sms.code}`,
  };
}
