/** Mail by SMTP (RFC 5321). Nothing is added that would tell whether a mail was read. */
import { createTransport } from 'nodemailer';
import { DeliveryFailure, type MailPort, type OutgoingMail } from './ports.ts';

export type SmtpOptions = {
  /** `smtp://` or `smtps://`, user and password in it. */
  readonly url: string;
  /** Refuse to speak without TLS; with `smtp://` by STARTTLS. */
  readonly requireTls: boolean;
};

export type Smtp = { readonly send: MailPort; readonly close: () => void };

const CONNECTIONS = 4;
// Together shorter than what the outbox grants a sender before it counts as dead.
const TIMEOUTS = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 30_000 };

export function openSmtp({ url, requireTls }: SmtpOptions): Smtp {
  const transport = createTransport({
    url,
    pool: true,
    maxConnections: CONNECTIONS,
    requireTLS: requireTls,
    disableFileAccess: true,
    disableUrlAccess: true,
    ...TIMEOUTS,
  });
  return {
    async send(mail) {
      await transport.sendMail(envelopeOf(mail)).catch((error: unknown) => {
        throw failureOf(error);
      });
    },
    close: () => transport.close(),
  };
}

function envelopeOf({ id, from, replyTo, to, subject, text, html, attachments = [] }: OutgoingMail) {
  return {
    from,
    // As an object: a comma in an address must not make two of it.
    to: { name: '', address: to },
    ...(replyTo ? { replyTo } : {}),
    subject,
    text,
    html,
    attachments: attachments.map(({ filename, contentType, content }) => ({
      filename,
      contentType,
      content: Buffer.from(content),
    })),
    messageId: `<${id}@${from.address.slice(from.address.lastIndexOf('@') + 1)}>`,
    // RFC 3834: keeps absence notices from answering.
    headers: { 'Auto-Submitted': 'auto-generated' },
  };
}

type SmtpError = { readonly code?: string; readonly responseCode?: number; readonly command?: string };

/**
 * Permanent when the server refuses this recipient or this content (5yz, RFC 5321 section 4.2.1). Everything else,
 * a refused login or sender included, is for the operator to mend while the messages wait.
 */
function failureOf(error: unknown): DeliveryFailure {
  const { code, responseCode, command } = (error ?? {}) as SmtpError;
  if (responseCode === undefined) return new DeliveryFailure('smtp_away', { code: code ?? 'unknown' });
  const permanent = responseCode >= 500 && (command === 'RCPT TO' || command === 'DATA');
  return new DeliveryFailure(permanent ? 'smtp_refused' : 'smtp_deferred', {
    code: String(responseCode),
    permanent,
  });
}
