import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readDocuments } from '../../../src/cli/documents.ts';
import { formatProblems, renderDocuments } from '../../../src/cli/offline.ts';

const route = `
apiVersion: wssroute.dev/v1alpha1
kind: WssRoute
metadata: { name: chat }
spec:
  hosts: [chat.example.com]
  ingressClassName: nginx
  tls: { secretName: chat-tls }
  paths: [{ path: /ws, service: { name: chat, port: 8080 } }]
`;

/** The kinds that are emitted, and the lines that are said. */
function render(
  text: string,
  controller = 'k8s.io/ingress-nginx',
): { readonly kinds: readonly string[]; readonly lines: readonly string[] } {
  const renderings = renderDocuments(readDocuments(text, 'file'), { controller });
  return {
    kinds: renderings.flatMap(({ objects }) => objects.map(({ kind }) => kind)),
    lines: renderings.flatMap(formatProblems),
  };
}

describe('offline', () => {
  test('a route becomes its objects', () => {
    assert.deepEqual(render(route), { kinds: ['Ingress'], lines: [] });
  });

  test('documents of other kinds are passed over', () => {
    assert.deepEqual(render(`${route}---\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: x }\n---\nversion: 3\n`), {
      kinds: ['Ingress'],
      lines: [],
    });
  });

  test('nothing is rendered where there is no route', () => {
    assert.deepEqual(render('apiVersion: v1\nkind: ConfigMap\nmetadata: { name: x }\n'), { kinds: [], lines: [] });
  });

  test('a misspelt kind or version of the group is not passed over', () => {
    for (const wrong of [route.replace('kind: WssRoute', 'kind: WSRoute'), route.replace('/v1alpha1', '/v1')]) {
      assert.match(render(wrong).lines.join(), /must be "(WssRoute|wssroute\.dev\/v1alpha1)"/);
    }
  });

  test('the class of a route with a namespace is found, although classes have none', () => {
    const ingressClass =
      'apiVersion: networking.k8s.io/v1\nkind: IngressClass\nmetadata: { name: nginx }\nspec: { controller: example.com/other }\n';
    const { kinds, lines } = render(
      `${route.replace('name: chat }\n', 'name: chat, namespace: chat }\n')}---\n${ingressClass}`,
    );
    assert.deepEqual(kinds, []);
    assert.match(lines.join(), /spec\.ingressClassName: .*spec\.controller "example\.com\/other"/);
  });

  test('a class that is not among the documents is of the controller that is named', () => {
    assert.match(
      render(route, 'example.com/other').lines.join(),
      /spec\.ingressClassName: found "nginx", .*example\.com\/other/,
    );
  });

  for (const [says, document] of [
    [
      'a Gateway whose listeners are text',
      'apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: { name: x }\nspec: { listeners: text }\n',
    ],
    [
      'an HTTPRoute with a null among its rules',
      'apiVersion: gateway.networking.k8s.io/v1\nkind: HTTPRoute\nmetadata: { name: x }\nspec: { rules: [null] }\n',
    ],
    [
      'an Ingress whose rules are text',
      'apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: { name: x }\nspec: { rules: text }\n',
    ],
    [
      'an Ingress with a null among its rules',
      'apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: { name: x }\nspec: { rules: [null] }\n',
    ],
    [
      'an Ingress with owners that are no list',
      'apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: { name: x, ownerReferences: y }\n',
    ],
    [
      'a Certificate whose conditions are text',
      'apiVersion: cert-manager.io/v1\nkind: Certificate\nmetadata: { name: x }\nspec: { secretName: x }\nstatus: { conditions: text }\n',
    ],
    [
      'a Certificate whose Secret is a number',
      'apiVersion: cert-manager.io/v1\nkind: Certificate\nmetadata: { name: x }\nspec: { secretName: 5 }\n',
    ],
    [
      'a Service whose ports are a number',
      'apiVersion: v1\nkind: Service\nmetadata: { name: x }\nspec: { ports: 5 }\n',
    ],
  ] as const) {
    test(`${says} is refused, and the route is rendered`, () => {
      const { kinds, lines } = render(`${route}---\n${document}`);
      assert.deepEqual(kinds, ['Ingress']);
      assert.match(lines.join(), /^file, document 2: \w+ x: /);
    });
  }

  for (const [says, text] of [
    [
      'an apiVersion that is an object with a toString of its own',
      'apiVersion: { toString: x }\nkind: WssRoute\nmetadata: { name: x }\n',
    ],
    [
      'a name that is an object',
      'apiVersion: wssroute.dev/v1alpha1\nkind: WssRoute\nmetadata: { name: { toString: x }, namespace: [] }\n',
    ],
    ['a kind that is a list', 'apiVersion: wssroute.dev/v1alpha1\nkind: [WssRoute]\nmetadata: text\n'],
    ['metadata that is null', 'apiVersion: wssroute.dev/v1alpha1\nkind: WssRoute\nmetadata:\n'],
    [
      'a name that would colour the terminal',
      'apiVersion: wssroute.dev/v1alpha1\nkind: WssRoute\nmetadata: { name: "\\e[31mred\\e[0m" }\n',
    ],
    [
      'a name that hides characters',
      'apiVersion: wssroute.dev/v1alpha1\nkind: WssRoute\nmetadata: { name: "a\\u202eb\\u200bc\\u2028d\\x85e" }\n',
    ],
  ] as const) {
    test(`${says} is refused in visible characters`, () => {
      const { kinds, lines } = render(text);
      assert.deepEqual(kinds, []);
      assert.ok(lines.length > 0);
      for (const line of lines) assert.match(line, /^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+$/u);
    });
  }
});
