/** Names as in Mozilla's guidelines, and in `spec.tls.profile`. "Old" is no choice: it brings TLS 1.0 and 1.1 back. */
export type TlsProfileName = 'Intermediate' | 'Modern';

/** What a server offers, in OpenSSL's names. */
export interface TlsProfile {
  /** Oldest first, as nginx writes them. */
  readonly protocols: readonly ('TLSv1.2' | 'TLSv1.3')[];
  /** Of TLS 1.2, equal in preference: the client chooses. Empty where the profile has no TLS 1.2. */
  readonly ciphers: readonly string[];
  /** Suites of TLS 1.3; every TLS library has exactly these on by default, and nginx no directive of its own for them. */
  readonly suites: readonly string[];
  /** Groups of the key exchange, the first preferred. X25519MLKEM768 needs OpenSSL 3.5: older ones refuse a list that has it. */
  readonly curves: readonly string[];
}

const suites = ['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256'] as const;
const curves = ['X25519MLKEM768', 'X25519', 'prime256v1', 'secp384r1'] as const;

/**
 * Mozilla's server-side TLS guidelines, version 6.0 (https://ssl-config.mozilla.org/guidelines/6.0.json). Unlike 5.7, Intermediate
 * has no DHE, and both have a group that a quantum computer does not break.
 */
export const tlsProfiles = {
  Intermediate: {
    protocols: ['TLSv1.2', 'TLSv1.3'],
    ciphers: [
      'ECDHE-ECDSA-AES128-GCM-SHA256',
      'ECDHE-RSA-AES128-GCM-SHA256',
      'ECDHE-ECDSA-AES256-GCM-SHA384',
      'ECDHE-RSA-AES256-GCM-SHA384',
      'ECDHE-ECDSA-CHACHA20-POLY1305',
      'ECDHE-RSA-CHACHA20-POLY1305',
    ],
    suites,
    curves,
  },
  Modern: { protocols: ['TLSv1.3'], ciphers: [], suites, curves },
} as const satisfies Record<TlsProfileName, TlsProfile>;

/**
 * Seconds for which a client may resume a session without a new key exchange. The guidelines themselves have no such value; it is that
 * of the configurations that Mozilla's generator writes (https://github.com/mozilla/ssl-config-generator, templates/partials/nginx.hbs).
 */
export const sessionTimeoutSeconds = 86_400;
