import { findFlaw } from './draft.ts';
import { readNetworks } from './networks.ts';
import type { Bar } from './reader.ts';
import { type Annotations, pick } from './reading.ts';
import { judgeSnippet } from './snippet.ts';
import { parseTruth } from './times.ts';

const guards: readonly { readonly names: readonly string[]; readonly what: string; readonly cure: string }[] = [
  {
    names: ['auth-url', 'auth-signin', 'auth-type', 'auth-secret'],
    what: 'nginx asks who the client is',
    cure: 'let the backend ask at the handshake, or keep this Ingress',
  },
  {
    names: ['auth-tls-secret', 'auth-tls-verify-client'],
    what: 'nginx asks for a certificate of the client',
    cure: 'keep this Ingress, or let the backend end TLS',
  },
  {
    names: ['denylist-source-range'],
    what: 'networks are kept out',
    cure: 'name those that may come in spec.allowedSources of a route, or keep this Ingress',
  },
  {
    names: ['modsecurity-snippet'],
    what: 'a firewall looks at each handshake',
    cure: 'keep this Ingress, or set the firewall up for the whole controller',
  },
];

/** What makes an Ingress of ingress-nginx one that no route may take the place of. */
export function findCommunityBars(annotations: Annotations): readonly Bar[] {
  const bars: Bar[] = guards.flatMap(({ names, what, cure }) => {
    const found = pick(annotations, names);
    return found.length === 0 ? [] : [{ names: found, because: `${what}, and a route would be open without it`, cure }];
  });
  const isOn = (name: string) => parseTruth(annotations.get(name)) === true;
  if (isOn('canary')) {
    bars.push({
      names: ['canary'],
      because:
        'it takes a share of the requests of another Ingress, and a route serves all of its host and path or none',
      cure: 'finish the canary first: its main Ingress becomes a route',
    });
  }
  if (isOn('ssl-passthrough')) {
    bars.push({
      names: ['ssl-passthrough'],
      because: 'the backend ends TLS by itself, and nginx sees neither path nor upgrade',
      cure: 'keep this Ingress, or let nginx end TLS',
    });
  }
  if (isOn('enable-modsecurity') || isOn('enable-owasp-core-rules')) {
    bars.push({
      names: pick(annotations, ['enable-modsecurity', 'enable-owasp-core-rules']),
      because: 'a firewall looks at each handshake, and a route would be open without it',
      cure: 'keep this Ingress, or set the firewall up for the whole controller',
    });
  }
  for (const name of ['permanent-redirect', 'temporal-redirect']) {
    if (annotations.get(name) === undefined) continue;
    const because = 'it answers with a redirect, which no WebSocket client follows';
    bars.push({ names: [name], because, cure: 'keep this Ingress' });
  }
  return [...bars, ...findSourceBars(annotations), ...findProtocolBars(annotations), ...findSnippetBars(annotations)];
}

/**
 * ingress-nginx lets nobody in where it cannot read the list, or a part of it, and where there is none under the newer name
 * (internal/ingress/annotations/ipallowlist/main.go, a denied location); the older name without a value is as if it were missing.
 */
function findSourceBars(annotations: Annotations): readonly Bar[] {
  const [name] = pick(annotations, ['allowlist-source-range', 'whitelist-source-range']);
  const text = annotations.get(name ?? '') ?? '';
  if (name === undefined || (text === '' && name === 'whitelist-source-range')) return [];
  if (text.split(',').some((part) => part.trim() === '')) {
    const because = `ingress-nginx answers 503 to everybody, because of ${text === '' ? 'no network' : 'an empty one'} in it, and a route would be open`;
    return [{ names: [name], because, cure: 'name the networks that may come, or remove it where everybody may' }];
  }
  const flaw = findFlaw({ allowedSources: readNetworks(text) });
  if (flaw === undefined) return [];
  const because = `it names who may come, no route takes it (${flaw}), and a route would be open without it`;
  return [{ names: [name], because, cure: 'correct the list, or join its networks to fewer' }];
}

function findProtocolBars(annotations: Annotations): readonly Bar[] {
  const name = 'backend-protocol';
  const protocol = annotations.get(name)?.trim().toUpperCase();
  if (protocol === undefined || protocol === 'HTTP') return [];
  if (protocol === 'HTTPS') return findAuthorityBars(annotations);
  const because = `nginx speaks ${protocol} to the backend, which is no WebSocket`;
  return [{ names: [name], because, cure: 'keep this Ingress' }];
}

/** ingress-nginx takes Secrets of other namespaces only where it is told to, a route never does. */
function findAuthorityBars(annotations: Annotations): readonly Bar[] {
  const [namespace, name] = annotations.get('proxy-ssl-secret')?.split('/') ?? [];
  if (annotations.get('proxy-ssl-verify') !== 'on' || name === undefined || namespace === annotations.namespace)
    return [];
  const because = 'the backend is verified by a Secret of another namespace, and a route would not verify it';
  return [{ names: ['proxy-ssl-secret'], because, cure: "copy its ca.crt into a Secret of the route's namespace" }];
}

function findSnippetBars(annotations: Annotations): readonly Bar[] {
  return pick(annotations, ['configuration-snippet', 'server-snippet', 'auth-snippet']).flatMap((name) => {
    const { guard } = judgeSnippet(annotations.get(name) ?? '');
    if (guard === undefined) return [];
    return [
      {
        names: [name],
        because: `its "${guard.word}" may keep clients out, and a route would be open without it`,
        cure: guard.cure,
      },
    ];
  });
}
