/** The key of a new second factor as people take it over: a QR code, the key in clear, an address for the phone itself. */
import { encode } from 'uqr';
import { groupSecret, totpUri } from '../../domain/second-factor.ts';
import type { FieldError } from '../../http/screens.ts';
import type { QrCode, SetUpFactor } from '../../http/screens-second-factor.ts';
import type { Caisse } from '../../tenant/directory.ts';

export const CODE_REFUSED: FieldError = {
  field: 'code',
  message:
    'Ce code n’est pas valable. Attendez que l’application en affiche un nouveau, puis recopiez-le. Vérifiez aussi que l’heure de votre téléphone est exacte.',
};

export const CODE_MISSING: FieldError = { field: 'code', message: 'Saisissez le code à 6\u00a0chiffres.' };

export function shownSetUp(
  caisse: Caisse,
  email: string,
  secret: string,
): Pick<SetUpFactor, 'label' | 'qr' | 'key' | 'uri'> {
  const uri = totpUri({ issuer: caisse.name, label: email, secret });
  return { label: `${caisse.name} (${email})`, qr: qrOf(uri), key: groupSecret(secret), uri };
}

/** ISO/IEC 18004 wants four light modules around. */
function qrOf(text: string): QrCode {
  const { data, size } = encode(text, { ecc: 'M', border: 4 });
  const path = data.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : [])));
  return { size, path: path.join('') };
}
