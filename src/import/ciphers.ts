import { tlsProfiles } from '../route/tls-profile.ts';
import { type Annotations, carry, drop, leave, type Reading, remark } from './reading.ts';
import { parseTruth } from './times.ts';

/** What Intermediate had besides, in Mozilla's guidelines before 6.0. */
const older = /^DHE-RSA-(AES(128|256)-GCM-SHA(256|384)|CHACHA20-POLY1305)$/;

/** A list of ciphers that is one of Mozilla's. `isPreferredByDefault`: whether the server chooses where nothing is said. */
export function readCiphers(annotations: Annotations, isPreferredByDefault: boolean): readonly Reading[] {
  const name = 'ssl-ciphers';
  const preference = annotations.get('ssl-prefer-server-ciphers');
  const isPreferred = parseTruth(preference) ?? isPreferredByDefault;
  const text = annotations.get(name);
  if (text === undefined) return preference === undefined ? [] : [judgePreference(isPreferred, isPreferredByDefault)];
  const part = { tls: { profile: 'Intermediate' } };
  const named = text.split(':').filter((cipher) => cipher !== '' && !cipher.startsWith('TLS_'));
  const wanted: readonly string[] = tlsProfiles.Intermediate.ciphers;
  const others = named.filter((cipher) => !wanted.includes(cipher));
  if (!wanted.every((cipher) => named.includes(cipher)) || !others.every((cipher) => older.test(cipher))) {
    const names = ['ssl-ciphers', ...(preference === undefined ? [] : ['ssl-prefer-server-ciphers'])];
    const cure = 'set spec.tls.profile to Intermediate, if nothing asks for these very ciphers';
    return [leave(names, "it is none of Mozilla's lists, and a route has no other", cure)];
  }
  const readings = [
    others.length === 0
      ? carry(name, 'spec.tls.profile', part)
      : leave(
          name,
          `it is an older Intermediate of Mozilla's, and the present one is written, without ${others.join(', ')}`,
          'nothing, unless clients from before 2014 come',
          part,
        ),
  ];
  const chosen = 'with the profile the client chooses among the ciphers, as Mozilla advises';
  if (preference === undefined)
    return isPreferred ? [...readings, remark('ssl-prefer-server-ciphers', chosen)] : readings;
  if (!isPreferred) return [...readings, drop('ssl-prefer-server-ciphers', 'the profile does it')];
  return [...readings, leave('ssl-prefer-server-ciphers', chosen, 'nothing')];
}

function judgePreference(isPreferred: boolean, isDefault: boolean): Reading {
  const name = 'ssl-prefer-server-ciphers';
  if (isPreferred === isDefault) return drop(name, "it is the controller's default");
  return leave(name, 'a route says who chooses the cipher by its profile only', 'set spec.tls.profile to Intermediate');
}
